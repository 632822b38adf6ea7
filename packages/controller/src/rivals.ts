/**
 * What other controllers say on the bus: which switches are connected to them too. A hint, which decides who acts for a
 * switch at first; whether the one that acts lives is asked of the switch (`switch/role.ts`).
 */
import { type Bus, followReports } from '@openvnet/feed'

export interface Rivals {
  /** Whether another controller says that this switch is connected to it. */
  claim(dpid: string): boolean
  close(): void
}

/** Milliseconds for which a report is believed: they come every two seconds. */
const BELIEVED_MS = 5000
/** The way out of a bus may come up a little later than the way in. */
const AGAIN_MS = 250

/** @param identity of this controller */
export function createRivals(bus: Bus, identity: string): Rivals {
  const heard = new Map<string, { readonly at: number; readonly dpids: ReadonlySet<string> }>()
  const unsubscribe = followReports(bus, ({ controller, datapaths, leaving }) => {
    if (controller === identity) return
    const connected = datapaths.filter((datapath) => datapath.connected).map(({ dpid }) => dpid)
    if (leaving === true) heard.delete(controller)
    else heard.set(controller, { at: performance.now(), dpids: new Set(connected) })
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
      for (const [controller, { at, dpids }] of heard) {
        if (at < oldest) heard.delete(controller)
        else if (dpids.has(dpid)) return true
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
