/** For things that may happen often and are to be logged now and then. */

/**
 * Counts, and tells when to log.
 * @param interval milliseconds in which it tells at most `most` times
 * @returns to be called each time; how many times it happened since it told the last time, or `undefined`: not now
 */
export function createTally(interval: number, most = 1): () => number | undefined {
  let began = -Infinity
  let told = 0
  let count = 0
  return () => {
    count += 1
    const now = performance.now()
    if (now - began >= interval) {
      began = now
      told = 0
    }
    if (told === most) return undefined
    told += 1
    const untold = count
    count = 0
    return untold
  }
}
