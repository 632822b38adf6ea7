/** Waits until a revision is applied, or until the time is over or the API closes. So many at a time and no more. */
import type { Slots } from '../http/slots.ts'
import { type Applied, applied, appliedState } from './applied.ts'
import type { Reports } from './reports.ts'

export interface Waited extends Applied {
  readonly isRefused?: true
}

export interface Waiter {
  /**
   * @param seconds 0: the state right now
   * @param client who waits, see `Slots`
   * @returns the state when it became applied, or as it is when the time is over; at once and with `isRefused` where
   * too many wait already; never rejects
   */
  wait(revision: number, seconds: number, client: string): Promise<Waited>
  /** How many wait. */
  waiting(): number
  /** Ends all waits with the state as it is. */
  close(): void
}

export interface WaiterOptions {
  readonly reports: Reports
  /** Of the store. */
  readonly identity: string
  readonly slots: Slots
}

export const createWaiter = ({ reports, identity, slots }: WaiterOptions): Waiter => {
  const ends = new Set<() => void>()
  const state = (revision: number) =>
    reports.isApplied(identity, revision)
      ? applied(revision)
      : appliedState(reports.live(), identity, revision)

  const wait: Waiter['wait'] = async (revision, seconds, client) => {
    if (seconds === 0 || reports.isApplied(identity, revision)) return state(revision)
    const giveBack = slots.take(client)
    if (giveBack === null)
      return { ...state(revision), reason: 'too many requests wait already', isRefused: true }
    return await new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        unsubscribe()
        ends.delete(end)
        giveBack()
        resolve(state(revision))
      }
      const timer = setTimeout(end, seconds * 1000)
      const unsubscribe = reports.onReport(() => {
        if (reports.isApplied(identity, revision)) end()
      })
      ends.add(end)
    })
  }
  return {
    wait,
    waiting: () => slots.taken(),
    close: () => {
      for (const end of [...ends]) end()
    },
  }
}
