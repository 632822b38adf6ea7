/** For things that may happen often and are to be logged now and then. */

/**
 * Counts, and tells when to log.
 * @param interval milliseconds in which it tells at most once
 * @returns to be called each time; how many times it happened since it told the last time, or `undefined`: not now
 */
export function createTally(interval: number): () => number | undefined {
  let toldAt = -Infinity
  let count = 0
  return () => {
    count += 1
    const now = performance.now()
    if (now - toldAt < interval) return undefined
    toldAt = now
    const told = count
    count = 0
    return told
  }
}
