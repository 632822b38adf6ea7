/**
 * What controllers said last, heard on the bus. A controller that says that it leaves, or nothing for ten seconds, is
 * gone, and with it what it said.
 */
import { type Bus, type ControllerReport, followReports } from '@openvnet/feed'
import { currentReports } from './current.ts'

export interface Reports {
  /** The reports of the controllers that are alive. */
  live(): readonly ControllerReport[]
  /** Calls `handler` after every report; returns the function that ends it. */
  onReport(handler: () => void): () => void
  /** Asks all controllers to report now. */
  request(): void
  close(): void
}

/** Milliseconds of silence after which a controller is gone. */
const SILENCE = 10_000
/** Milliseconds after which the next report is overdue: controllers report every two seconds. */
const OVERDUE = 3000

export const createReports = (bus: Bus, silence = SILENCE): Reports => {
  const heard = new Map<string, { readonly report: ControllerReport; readonly at: number }>()
  const handlers = new Set<() => void>()
  const unsubscribe = followReports(bus, (report) => {
    if (report.leaving === true) heard.delete(report.controller)
    else heard.set(report.controller, { report, at: performance.now() })
    for (const handler of [...handlers]) handler()
  })
  const request = () => bus.publish('report_request', {})
  const endGap = bus.onGap(request)
  request()

  const live = () => {
    const oldest = performance.now() - silence
    for (const [controller, { at }] of heard) if (at < oldest) heard.delete(controller)
    const expected = performance.now() - OVERDUE
    const split = Map.groupBy(heard.values(), ({ at }) => (at < expected ? 'overdue' : 'fresh'))
    const of = (key: 'fresh' | 'overdue') => (split.get(key) ?? []).map(({ report }) => report)
    return currentReports(of('fresh'), of('overdue'))
  }
  return {
    live,
    onReport: (handler) => {
      handlers.add(handler)
      return () => {
        handlers.delete(handler)
      }
    },
    request,
    close: () => {
      unsubscribe()
      endGap()
      handlers.clear()
    },
  }
}
