/** Looks regularly whether a retention is due, and has it done. Looking costs nothing while nothing changes. */
import type { Logger } from 'pino'
import type { Reading } from '../store/reading.ts'
import type { WriteClient } from '../writing/client.ts'
import { nextExpiry } from './expiry.ts'

export interface TimerOptions {
  readonly store: Reading
  readonly writer: Pick<WriteClient, 'expire'>
  readonly log: Logger
  /** Milliseconds between looks (1,000). */
  readonly interval?: number | undefined
}

const INTERVAL = 1000

/** @returns the function that ends it */
export const startRetention = ({ store, writer, log, interval = INTERVAL }: TimerOptions): (() => void) => {
  let known: { readonly revision: number; readonly next: number | undefined } | undefined
  let isBusy = false
  /** One failure is one line, however often it is met. */
  let isFailing = false

  const isDue = (): boolean => {
    const revision = store.revision()
    if (known?.revision !== revision) known = { revision, next: store.read(nextExpiry) }
    return known.next !== undefined && known.next <= Date.now()
  }
  const look = async (): Promise<void> => {
    if (isBusy) return
    isBusy = true
    try {
      if (isDue()) await writer.expire()
      isFailing = false
    } catch (error) {
      if (!isFailing)
        log.warn({ err: error }, 'the leases whose time is over could not be ended; it is tried again')
      isFailing = true
    } finally {
      isBusy = false
    }
  }
  const timer = setInterval(look, interval)
  timer.unref()
  void look()
  return () => clearInterval(timer)
}
