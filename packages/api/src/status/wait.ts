/** Waits until a revision is applied, or until the time is over or the API closes. */
import { type Applied, applied, appliedState } from './applied.ts'
import type { Reports } from './reports.ts'

export interface Waiter {
  /**
   * @param seconds 0: the state right now
   * @returns the state when it became applied, or as it is when the time is over; never rejects
   */
  wait(revision: number, seconds: number): Promise<Applied>
  /** Ends all waits with the state as it is. */
  close(): void
}

/** @param identity that of the store */
export const createWaiter = (reports: Reports, identity: string): Waiter => {
  const ends = new Set<() => void>()
  const state = (revision: number) =>
    reports.isApplied(identity, revision)
      ? applied(revision)
      : appliedState(reports.live(), identity, revision)

  const wait = async (revision: number, seconds: number): Promise<Applied> => {
    if (seconds === 0 || reports.isApplied(identity, revision)) return state(revision)
    return await new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        unsubscribe()
        ends.delete(end)
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
    close: () => {
      for (const end of [...ends]) end()
    },
  }
}
