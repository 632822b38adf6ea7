/** Waiting for things that happen in other programs. */

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

export interface UntilOptions {
  /** Milliseconds; 10 s when absent. */
  readonly timeout?: number
  /** Milliseconds between two looks; 20 when absent. */
  readonly interval?: number
  /** Adds to the error what it looked like at the end. */
  readonly describe?: () => string | Promise<string>
}

/**
 * Asks until the answer is something else than `undefined` or `false`.
 * @throws when that does not happen in time
 */
export const until = async <T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  { timeout = 10_000, interval = 20, describe }: UntilOptions = {},
): Promise<T> => {
  const end = performance.now() + timeout
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > end) {
      const state = describe === undefined ? '' : `: ${await describe()}`
      throw new Error(`${what}: not within ${timeout} ms${state}`)
    }
    await sleep(interval)
  }
}
