/**
 * The controller: a replica that follows the feed, the engine, the switches, and the reports on them.
 * Wiring only.
 */
import { randomUUID } from 'node:crypto'
import { type Bus, type ControllerReport, type FeedSource, follow } from '@openvnet/feed'
import type { Logger } from 'pino'
import { Engine } from './engine/engine.ts'
import { FEATURES } from './features/index.ts'
import { createRivals } from './rivals.ts'
import { createSwitches, type ListenAddress } from './switch/switches.ts'

export interface ControllerOptions {
  /** Where the replica is filled and repaired from. */
  readonly feed: FeedSource
  readonly bus: Bus
  /** Addresses on which switches are expected. */
  readonly listen: readonly ListenAddress[]
  readonly log: Logger
  /** Time between reports when nothing happens, in milliseconds (2,000). */
  readonly reportInterval?: number
  /** Time between checks of what switches hold, in milliseconds (10,000). */
  readonly auditInterval?: number
  /** Time between echo requests on a silent connection, in milliseconds (5,000). */
  readonly probeInterval?: number
}

export interface Controller {
  /** Where it listens, ports filled in. */
  readonly addresses: readonly ListenAddress[]
  /** What it reports now. */
  report(): ControllerReport
  close(): Promise<void>
}

/** Time until the rows are read again after the engine failed. */
const RESTART_DELAY_MS = 1000

/** Calls `action` soon after it was asked for, once for any number of calls. */
const coalesced = (action: () => void): (() => void) => {
  let planned = false
  return () => {
    if (planned) return
    planned = true
    setImmediate(() => {
      planned = false
      action()
    })
  }
}

/** @throws when an address cannot be listened on. */
export const createController = async (options: ControllerOptions): Promise<Controller> => {
  const { feed, bus, log } = options
  const identity = randomUUID()
  let store = ''
  const engine: Engine = new Engine({
    features: FEATURES,
    log,
    onChange: (dpid, change) => switches.changed(dpid, change),
    onFailure: () => {
      stopFollowing()
      restart = setTimeout(() => {
        stopFollowing = startFollowing()
      }, RESTART_DELAY_MS)
    },
  })
  const rivals = createRivals(bus, identity)
  // Others tell what they have, so that this controller knows before a switch connects.
  bus.publish('report_request', {})
  const publish = coalesced(() => bus.publish('report', report()))
  const switches = await createSwitches({
    listen: options.listen,
    facts: engine,
    desired: (dpid) => engine.desired(dpid),
    log,
    onStatus: publish,
    isContended: (dpid) => rivals.claim(dpid),
    ...(options.auditInterval !== undefined && { auditInterval: options.auditInterval }),
    ...(options.probeInterval !== undefined && { probeInterval: options.probeInterval }),
  })
  const report = (): ControllerReport => ({
    controller: identity,
    store,
    revision: engine.revision,
    datapaths: switches.statuses().map((status) => ({ ...status, uuid: engine.datapathUuid(status.dpid) })),
  })
  const startFollowing = () =>
    follow({
      source: feed,
      bus,
      log,
      onSnapshot: (snapshot) => {
        store = snapshot.store
        engine.load(snapshot)
        publish()
      },
      onChange: (change) => {
        engine.apply(change)
        publish()
      },
    })
  let restart: NodeJS.Timeout | undefined
  let stopFollowing = startFollowing()
  const unsubscribe = bus.subscribe('report_request', publish)
  const timer = setInterval(publish, options.reportInterval ?? 2000)
  timer.unref()
  return {
    addresses: switches.addresses,
    report,
    close: async () => {
      clearInterval(timer)
      clearTimeout(restart)
      unsubscribe()
      rivals.close()
      stopFollowing()
      await switches.close()
      bus.publish('report', { ...report(), leaving: true })
    },
  }
}
