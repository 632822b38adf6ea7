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
