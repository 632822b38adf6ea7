/**
 * Which groups of a switch are ours. Groups have no cookie, so the id tells: ours have 0x4 in the top four bits
 * (0x40000000 to 0x4fffffff). All others belong to somebody else and are never touched.
 */

/** Top bits of every group id of ours. */
export const GROUP_SPACE = 0x40000000
/** Bits of a group id that say whose it is. */
export const GROUP_SPACE_MASK = 0xf0000000

/** @param group_id 0 to 0xffffffff */
export function isOurGroup(group_id: number): boolean {
  return (group_id & GROUP_SPACE_MASK) >>> 0 === GROUP_SPACE
}

/** Bit of a group id that tells the parts of a flood group from flood groups. */
const PART = 0x0800_0000
const PART_BITS = 7

/**
 * The group that floods a network: 0x40000000 + network id.
 * @throws when the network id is above 2^27 − 1
 */
export function floodGroup(network: number): number {
  if (network >= PART) throw new RangeError(`network id ${network} does not fit into a group id`)
  return GROUP_SPACE + network
}

/**
 * A part of a flood group that is too large for one: 0x48000000 + network id × 128 + part.
 * @param part 0 to 127
 * @throws when the network id is above 2^20 − 1, or the part does not fit
 */
export function floodGroupPart(network: number, part: number): number {
  const id = network * 2 ** PART_BITS + part
  if (part >= 2 ** PART_BITS || id >= PART)
    throw new RangeError(`part ${part} of network id ${network} does not fit into a group id`)
  return GROUP_SPACE + PART + id
}
