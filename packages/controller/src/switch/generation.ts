/**
 * Generation ids: how a switch orders the requests of controllers to be its primary (OpenFlow 1.3.5 §6.3.6). A switch
 * refuses an id that is behind the last one (by signed difference), takes an equal one, and tells the last one to
 * whoever asks, so controllers need nothing in common but the switch:
 *
 *     63                                        16 15           0
 *    | term: one more with each claim and renewal | who: 1–0xfffe, or 0xffff: somebody stands by |
 *
 * `who` settles claims of the same term. Ids of foreign controllers are taken as they are: what follows is ahead.
 */

/** What a switch answers that was never given one. */
export const NO_GENERATION = 0xffff_ffff_ffff_ffffn

const WHO_BITS = 16n
const STANDS_BY = 0xffffn

/** Of one process, so that two that claim at once differ. */
export const randomWho = (): number => 1 + Math.floor(Math.random() * 0xfffe)

export const termOf = (generation_id: bigint): bigint => generation_id >> WHO_BITS

/** The first of the next term. @param who 1 to 0xfffe */
export const nextGeneration = (generation_id: bigint, who: number): bigint =>
  BigInt.asUintN(64, ((termOf(generation_id) + 1n) << WHO_BITS) | BigInt(who))

/** The last id of the same term: it disturbs nobody, and the primary sees that it is not alone. */
export const standsBy = (generation_id: bigint): bigint => generation_id | STANDS_BY
