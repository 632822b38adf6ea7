/**
 * All switches: who is connected, by datapath id. Knows nothing of their flows; that is each session's business.
 *
 * A datapath has one session: a second connection replaces the first, which is most likely a dead one that has not
 * been noticed. Records outlive connections, so that counters go on and a lost switch is still in the status.
 */
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import type { DesiredSwitch, SwitchFacts, TablesChange } from '../engine/desired.ts'
import { type ListenAddress, listen } from './listener.ts'
import { createRecord, type SwitchRecord, type SwitchStatus, statusOf } from './record.ts'
import { Session } from './session.ts'

export type { ListenAddress } from './listener.ts'
export type { SwitchStatus } from './record.ts'

export interface SwitchesOptions {
  readonly listen: readonly ListenAddress[]
  /** Hears of connected switches and of their ports. */
  readonly facts: SwitchFacts
  /** What a switch should hold; `undefined`: it is left as it is. */
  readonly desired: (dpid: string) => DesiredSwitch | undefined
  readonly log: Logger
  /** What `statuses` says is different now. */
  readonly onStatus: () => void
  /**
   * Milliseconds of silence before a switch is asked whether it lives; it is given up after the same again (5,000).
   * A new connection has as long to say who it is.
   */
  readonly probeInterval?: number
  /** Milliseconds between looks for changes that others made to our flows (10,000); 0: never. */
  readonly auditInterval?: number
}

export interface Switches {
  /** Where it listens, ports filled in. */
  readonly addresses: readonly ListenAddress[]
  /**
   * The engine finished a pass. To be called for each switch after `SwitchFacts.connected`, also when nothing changed:
   * a switch is not touched before, and acknowledges the revision after.
   */
  changed(dpid: string, change: TablesChange): void
  /** All switches seen since the start. */
  statuses(): SwitchStatus[]
  /** Stops listening and ends all sessions; flows stay. Resolves when all sockets are closed. */
  close(): Promise<void>
}

const PROBE_INTERVAL_MS = 5000
const AUDIT_INTERVAL_MS = 10_000
/** Disconnected switches that are remembered; the longest known go first. */
const MAX_DISCONNECTED = 1000

interface Known {
  readonly record: SwitchRecord
  session: Session | undefined
}

class Registry {
  readonly #options: SwitchesOptions
  readonly #known = new Map<string, Known>()
  /** All that are open, identified or not. */
  readonly #sessions = new Set<Session>()

  constructor(options: SwitchesOptions) {
    this.#options = options
  }

  readonly accept = (socket: Socket): void => {
    const { facts, desired, log, onStatus, probeInterval, auditInterval } = this.#options
    const session = new Session({
      socket,
      facts,
      desired,
      log,
      onStatus,
      probeInterval: probeInterval ?? PROBE_INTERVAL_MS,
      auditInterval: auditInterval ?? AUDIT_INTERVAL_MS,
      onIdentified: (identified, dpid) => this.#identify(identified, dpid),
      onEnd: (ended) => this.#end(ended),
    })
    this.#sessions.add(session)
  }

  #identify(session: Session, dpid: string): SwitchRecord {
    const known = this.#known.get(dpid) ?? { record: createRecord(dpid), session: undefined }
    this.#known.set(dpid, known)
    void known.session?.close('replaced by a newer connection of the same switch')
    known.session = session
    return known.record
  }

  #end(session: Session): void {
    this.#sessions.delete(session)
    const known = this.#known.get(session.dpid ?? '')
    if (known?.session !== session) return
    known.session = undefined
    Object.assign(known.record, { connected: false, peer: null, since: new Date() })
    this.#forget()
  }

  #forget(): void {
    const gone = [...this.#known.values()].filter(({ session }) => session === undefined)
    for (const { record } of gone.slice(0, -MAX_DISCONNECTED)) this.#known.delete(record.dpid)
  }

  changed(dpid: string, change: TablesChange): void {
    this.#known.get(dpid)?.session?.changed(change)
  }

  statuses(): SwitchStatus[] {
    return [...this.#known.values()].map(({ record }) => {
      const tables = this.#options.desired(record.dpid)?.tables
      return statusOf(record, { flows: tables?.flows.size ?? 0, groups: tables?.groups.size ?? 0 })
    })
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.close('the controller stops')))
  }
}

/** @throws the system's error (e.g. EADDRINUSE) when an address cannot be listened on. */
export async function createSwitches(options: SwitchesOptions): Promise<Switches> {
  const registry = new Registry(options)
  const listener = await listen({
    addresses: options.listen,
    onSocket: registry.accept,
    onError: (error, address) => options.log.error({ err: error, address }, 'listening for switches fails'),
  })
  return {
    addresses: listener.addresses,
    changed: (dpid, change) => registry.changed(dpid, change),
    statuses: () => registry.statuses(),
    close: async () => {
      const closed = listener.close()
      await registry.close()
      await closed
    },
  }
}
