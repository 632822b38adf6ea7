/**
 * What controllers said last, heard on the bus. A controller that says that it leaves, or nothing for ten seconds, is
 * gone, and with it what it said.
 */
import { type Bus, type ControllerReport, followReports, type HeardReport } from '@openvnet/feed'
import { appliedState } from './applied.ts'
import { currentReports } from './current.ts'
import { Settled } from './settled.ts'

export interface Reports {
  /** The reports of the controllers that are alive. */
  live(): readonly ControllerReport[]
  /** Calls `handler` after every report; returns the function that ends it. */
  onReport(handler: () => void): () => void
  /**
   * Whether all that count have a revision. Does not look at every datapath.
   * @param store identity of the store that made it
   */
  isApplied(store: string, revision: number): boolean
  close(): void
}

/** Milliseconds of silence after which a controller is gone. */
const SILENCE = 10_000
/** Milliseconds after which the next sign of life is overdue: controllers give one every two seconds. */
const OVERDUE = 3000

export const createReports = (bus: Bus, silence = SILENCE): Reports => {
  const heard = new Map<string, { readonly report: HeardReport; readonly at: number }>()
  const settled = new Settled()
  const handlers = new Set<() => void>()
  const forget = (controller: string) => {
    heard.delete(controller)
    settled.gone(controller)
  }
  const unsubscribe = followReports(bus, (report, news) => {
    if (report.leaving === true) forget(report.controller)
    else {
      heard.set(report.controller, { report, at: performance.now() })
      settled.heard(report, news)
    }
    for (const handler of [...handlers]) handler()
  })
  const request = () => bus.publish('report_request', {})
  const endGap = bus.onGap(request)
  request()

  const forgetTheSilent = () => {
    const oldest = performance.now() - silence
    for (const [controller, { at }] of heard) if (at < oldest) forget(controller)
  }
  const isOverdue = ({ at }: { readonly at: number }) => at < performance.now() - OVERDUE

  const live = () => {
    forgetTheSilent()
    const split = Map.groupBy(heard.values(), (each) => (isOverdue(each) ? 'overdue' : 'fresh'))
    const of = (key: 'fresh' | 'overdue') => (split.get(key) ?? []).map(({ report }) => report)
    return currentReports(of('fresh'), of('overdue'))
  }
  const isApplied = (store: string, revision: number) => {
    forgetTheSilent()
    // What an overdue one says counts in part: `current.ts`.
    if ([...heard.values()].some(isOverdue)) return appliedState(live(), store, revision).applied
    return settled.isApplied(store, revision)
  }
  return {
    live,
    onReport: (handler) => {
      handlers.add(handler)
      return () => {
        handlers.delete(handler)
      }
    },
    isApplied,
    close: () => {
      unsubscribe()
      endGap()
      handlers.clear()
    },
  }
}
