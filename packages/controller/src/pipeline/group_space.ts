/**
 * Which groups of a switch are ours. Groups have no cookie, so the id tells: ours have 0x4 in the top four bits
 * (0x40000000 to 0x4fffffff). All others belong to somebody else and are never touched.
 */

import { segmentOfDomain } from './domain.ts'

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
/** Bit that tells those of segments from those of networks. */
const OF_SEGMENT = 0x0400_0000
const PART_BITS = 7
/** Bit that tells groups of other switches from flood groups. */
const REMOTE = 0x0200_0000
/** Above the id of a domain that has ways to other switches, see `tunnelKey`. */
const KEYS = 2 ** 23

/** Parts of a domain's group of other switches. */
export const REMOTE_PARTS = 3

/** @throws when the id is `limit` or more */
const place = (domain: number, limit: number): { readonly id: number; readonly base: number } => {
  const segment = segmentOfDomain(domain)
  const id = segment ?? domain
  if (id >= limit)
    throw new RangeError(`${segment === null ? 'network' : 'segment'} id ${id} does not fit into a group id`)
  return { id, base: GROUP_SPACE + (segment === null ? 0 : OF_SEGMENT) }
}

/**
 * The group that floods a domain: 0x40000000 + network id, 0x44000000 + segment id.
 * @param domain see `pipeline/domain.ts`
 * @throws when the id is above 2^25 − 1
 */
export function floodGroup(domain: number): number {
  const { id, base } = place(domain, REMOTE)
  return base + id
}

/**
 * A part of a flood group that is too large for one: 0x48000000 + network id × 128 + part, 0x4c000000 + segment id × 128 + part.
 * @param part 0 to 127
 * @throws when the id is above 2^19 − 1, or the part does not fit
 */
export function floodGroupPart(domain: number, part: number): number {
  const { id, base } = place(domain, OF_SEGMENT / 2 ** PART_BITS)
  if (part >= 2 ** PART_BITS) throw new RangeError(`part ${part} does not fit into a group id`)
  return base + PART + id * 2 ** PART_BITS + part
}

/**
 * The group that sends a packet of a domain to the other switches: 0x42000000 + part × 2^23 + network id, 0x46000000 for
 * segments. Part 0 is the one to use, the others serve it where there are many switches.
 * @param part 0 to `REMOTE_PARTS`
 * @throws when the domain has no key, or the part does not fit
 */
export function remoteFloodGroup(domain: number, part: number): number {
  const { id, base } = place(domain, KEYS)
  if (part > REMOTE_PARTS) throw new RangeError(`part ${part} does not fit into a group id`)
  return base + REMOTE + part * KEYS + id
}

/** Whether it is a group that `remoteFloodGroup` names. */
export const isRemoteFloodGroup = (group_id: number): boolean =>
  isOurGroup(group_id) && (group_id & (PART | REMOTE)) === REMOTE
