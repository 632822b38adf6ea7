/** How long things hold, in milliseconds. */
export interface Times {
  /** Between questions that nobody answers; RETRANS_TIMER of RFC 4861 §10. */
  readonly retransmit: number
  /** For which a neighbour that answered is believed to be there; REACHABLE_TIME of RFC 4861 §10. See `reachableFor`. */
  readonly reachable: number
  /** After which a neighbour that no packet went to is not asked any more; `gc_stale_time` of Linux. */
  readonly unused: number
  /** For which it is remembered that nobody has an address. */
  readonly failed: number
  /** For which a MAC address stays after it has changed; `locktime` of Linux. */
  readonly settled: number
  /** For which a packet waits at most, also where questions have to wait. */
  readonly waiting: number
}

/** MAX_MULTICAST_SOLICIT and MAX_UNICAST_SOLICIT of RFC 4861 §10. */
export const TRIES = 3

/** @param reachable see `Times` */
export const timesOf = (reachable = 30_000): Times => ({
  ...{ retransmit: 1000, reachable, unused: 2 * reachable, failed: 5000, settled: 1000, waiting: 10_000 },
})

/** Half to three halves of it, at random, so that not all are asked at once: RFC 4861 §6.3.2. */
export const reachableFor = ({ reachable }: Times, random: () => number): number =>
  reachable * (0.5 + random())
