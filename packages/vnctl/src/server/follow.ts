/** Looks again whenever the server says that something was written, and where that is not all, also from time to time. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../command.ts'

/** Milliseconds before a stream that ended is opened again. */
const RETRY = 1000

/**
 * Calls `look` now and after changes, never twice at once: what comes meanwhile is one more look. Goes on over
 * interruptions until the signal ends it; the first connection must succeed.
 * @param every milliseconds after which it looks without being told, or `null`
 * @throws {Failure}
 */
export const follow = async (
  { client, signal }: Context,
  look: () => Promise<void>,
  every: number | null = null,
): Promise<void> => {
  let woken = Promise.withResolvers<void>()
  let failure: unknown
  let isSeen = false
  const wake = () => woken.resolve()
  const listen = async () => {
    let known = false
    while (!signal.aborted) {
      try {
        for await (const _event of client.events(null, signal)) {
          known = true
          wake()
        }
      } catch (error) {
        if (!known) throw error
      }
      await sleep(RETRY, undefined, { signal }).catch(() => undefined)
    }
  }
  signal.addEventListener('abort', wake, { once: true })
  void listen().catch((error: unknown) => {
    failure = error
    wake()
  })
  for (;;) {
    const timer = every === null ? undefined : setTimeout(wake, every)
    await woken.promise
    clearTimeout(timer)
    if (failure !== undefined) throw failure
    if (signal.aborted) return
    woken = Promise.withResolvers()
    try {
      await look()
    } catch (error) {
      // A server that is away for a while is looked at again when it is back.
      if (!isSeen) throw error
      continue
    }
    isSeen = true
  }
}
