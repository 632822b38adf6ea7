/**
 * The connections of one datapath: one is used, the others stand by until it ends.
 *
 * A switch dials a second time for two reasons: it has two controller targets that lead here, or its connection died
 * unnoticed on this side. So the one in use is asked at once whether it lives; only if it does not, it is replaced.
 * Were the newer one always preferred, two targets would push each other out for ever. The record goes on over all
 * connections, and only the one in use counts and reports there.
 */

import type { FlowStats } from '@openvnet/openflow'
import type { Logger } from 'pino'
import type { TablesChange } from '../engine/desired.ts'
import { createRecord, type SwitchRecord, type SwitchStatus, statusOf, type WantedCounts } from './record.ts'
import type { FlowsOfTable, ProgramAnswer } from './service.ts'
import type { Session } from './session.ts'

export interface ConnectionsOptions {
  readonly dpid: string
  readonly log: Logger
  /** Something in the status is different. */
  readonly onStatus: (dpid: string) => void
  /** The last connection that could be used is gone. */
  readonly onGone: () => void
}

/** Connections of one datapath that may stand by; further ones are closed. */
const MAX_STAND_BY = 4

export class Connections {
  readonly #options: ConnectionsOptions
  readonly #record: SwitchRecord
  #active: Session | undefined
  /** Came while the one in use is being asked. */
  #newcomers: Session[] = []
  /** The longest first. */
  #standBy: Session[] = []
  #asking = false

  constructor(options: ConnectionsOptions) {
    this.#options = options
    this.#record = createRecord(options.dpid)
  }

  get isConnected(): boolean {
    return this.#active !== undefined
  }

  /** The session completed its handshake. */
  join(session: Session): void {
    if (this.#active === undefined || this.#active.ended) {
      this.#use(session)
      return
    }
    if (this.#newcomers.length + this.#standBy.length < MAX_STAND_BY) this.#newcomers.push(session)
    else void session.close(`${MAX_STAND_BY} other connections of the switch stand by already`)
    if (!this.#asking) void this.#ask(this.#active)
  }

  /** A session that joined has ended. */
  leave(session: Session): void {
    this.#remove(session)
    if (this.#active !== session) return
    this.#active = undefined
    const next = [...this.#standBy, ...this.#newcomers].find(({ ended }) => !ended)
    if (next !== undefined) {
      this.#use(next)
      return
    }
    // What is written from now on it has not: the revision of the last change that it acknowledged stays.
    const gone = { connected: false, current: false, peer: null, role: null, since: new Date() }
    Object.assign(this.#record, gone)
    this.#options.onGone()
  }

  /** What a program says later than in the turn of the packet. */
  deliver(answer: ProgramAnswer): void {
    this.#active?.deliver(answer)
  }

  /** See `Service`; `undefined` where there is no connection. */
  flows(which: FlowsOfTable): Promise<FlowStats[]> | undefined {
    return this.#active?.flows(which)
  }

  /** The engine finished a pass. */
  changed(change: TablesChange): void {
    this.#active?.changed(change)
  }

  status(wanted: WantedCounts): SwitchStatus {
    const status = statusOf(this.#record, wanted)
    return { ...status, warnings: [...status.warnings, ...standByWarning(this.#standBy)] }
  }

  #use(session: Session): void {
    this.#remove(session)
    this.#active = session
    session.use(this.#record)
  }

  #remove(session: Session): void {
    this.#newcomers = this.#newcomers.filter((each) => each !== session)
    this.#standBy = this.#standBy.filter((each) => each !== session)
  }

  /** Settles what becomes of the newcomers. Never rejects. */
  async #ask(asked: Session): Promise<void> {
    this.#asking = true
    const lives = await asked.answers()
    this.#asking = false
    if (!lives && this.#active === asked) this.#replace(asked)
    for (const session of this.#newcomers) {
      const { peer } = session
      this.#options.log.info({ peer }, 'a further connection of the switch stands by')
    }
    this.#standBy.push(...this.#newcomers.splice(0))
    this.#options.onStatus(this.#options.dpid)
  }

  /** By one that is known to live, because it came just now, rather than by one that may have died with it. */
  #replace(dead: Session): void {
    const next = [...this.#newcomers, ...this.#standBy].find(({ ended }) => !ended)
    if (next === undefined) return
    const reason = 'no answer when the switch connected again'
    this.#record.last_error = reason
    this.#use(next)
    void dead.close(reason)
  }
}

function standByWarning(sessions: readonly Session[]): string[] {
  const peers = sessions.map(({ peer }) => peer)
  const hint = 'one controller target is enough (two bridges would need two datapath ids)'
  if (peers.length === 0) return []
  if (peers.length === 1) return [`a second connection from ${peers[0]} stands by; ${hint}`]
  return [`${peers.length} more connections, from ${peers.join(' and ')}, stand by; ${hint}`]
}
