/**
 * What other controllers say on the bus: which switches are connected to them too. A hint, which decides who acts for a
 * switch at first; whether the one that acts lives is asked of the switch (`switch/role.ts`).
 */
import { type Bus, followReports, type HeardReport } from '@openvnet/feed'

export interface Rivals {
  /** Whether another controller says that this switch is connected to it. */
  claim(dpid: string): boolean
  close(): void
}

/** Milliseconds for which a report is believed: they come every two seconds. */
const BELIEVED_MS = 5000
/** The way out of a bus may come up a little later than the way in. */
const AGAIN_MS = 250

interface Heard {
  readonly at: number
  readonly report: HeardReport
}

/** @param identity of this controller */
export function createRivals(bus: Bus, identity: string): Rivals {
  const heard = new Map<string, Heard>()
  const unsubscribe = followReports(bus, (report) => {
    if (report.controller === identity) return
    if (report.leaving === true) heard.delete(report.controller)
    else heard.set(report.controller, { at: performance.now(), report })
  })
  // Asked at once, others are known before the first switch connects.
  const ask = () => bus.publish('report_request', {})
  let again: NodeJS.Timeout | undefined
  const endGap = bus.onGap(() => {
    ask()
    clearTimeout(again)
    again = setTimeout(ask, AGAIN_MS).unref()
  })
  ask()
  return {
    claim(dpid) {
      const oldest = performance.now() - BELIEVED_MS
      for (const [controller, rival] of heard) {
        if (rival.at < oldest) heard.delete(controller)
        else if (rival.report.datapath(dpid)?.connected === true) return true
      }
      return false
    },
    close() {
      clearTimeout(again)
      unsubscribe()
      endGap()
    },
  }
}
