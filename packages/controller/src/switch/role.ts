/**
 * The role of this controller at one switch (OpenFlow 1.3.5 §6.3.6): primary, so that it acts, or secondary, so that it
 * stands by and the switch refuses whatever it would change.
 *
 * The switch is the only arbiter, and the only way in which controllers hear of each other's life:
 *
 * - the primary renews its claim with the next generation id as long as it has a reason to believe that others are there;
 * - who stands by asks for the id, says in it that somebody stands by, and claims the role when the id stands still;
 * - who was replaced while it was frozen or cut off finds that out with its next request, which changes nothing.
 *
 * What other controllers say elsewhere (`isContended`) only saves a needless replacement after a start. A switch without
 * roles counts as equal: there this controller acts.
 */

import type { DatapathRole } from '@openvnet/feed'
import { type Connection, ConnectionClosed, OFPCR, OpenFlowError, type RoleReply } from '@openvnet/openflow'
import type { Logger } from 'pino'
import { NO_GENERATION, nextGeneration, standsBy, termOf } from './generation.ts'

export interface RoleOptions {
  readonly connection: Connection
  /** Tells this process from others: 1 to 0xfffe. */
  readonly who: number
  /** Whether another controller says that it has the switch. */
  readonly isContended: () => boolean
  readonly log: Logger
  readonly onRole: (role: DatapathRole) => void
  /** The switch does not answer as it should. */
  readonly onStuck: (reason: string) => void
}

/** Beats in which the id must stand still before somebody who stands by claims the role. */
const PATIENCE = 3
/** Beats between two looks of a primary that seems to be alone; it renews nothing before it has looked. */
const BEATS_ALONE = 12
/** How long a sign of others is believed, in milliseconds. */
const CONTENTION_MS = 10_000
/**
 * A primary that lives and is replaced more often than this in a minute is on a slow path: before it replaces others,
 * it waits longer from now on, up to 8 times.
 */
const MAX_LOSSES = 4
const LOSSES_MS = 60_000
const MAX_DOUBLINGS = 3

const isStale = (error: Error): boolean =>
  error instanceof OpenFlowError && error.errorName === 'OFPRRFC_STALE'

export class Role {
  readonly #options: RoleOptions
  #role: DatapathRole | null = null
  #mayAct = false
  #asking = false
  #stopped = false
  /** The id that we set last, while primary. */
  #own = NO_GENERATION
  /** The term that was seen last, while secondary; whether it was renewed since then, and how often it was not. */
  #term = NO_GENERATION
  #isRenewed = false
  #still = 0
  #beats = 0
  #contendedUntil = 0
  #losses = 0
  #lostAt = 0

  constructor(options: RoleOptions) {
    this.#options = options
  }

  /** `null` until it is settled. */
  get current(): DatapathRole | null {
    return this.#role
  }

  /** Whether an answer of the switch is awaited. */
  get isWaiting(): boolean {
    return this.#asking
  }

  get isContended(): boolean {
    return this.#options.isContended() || performance.now() < this.#contendedUntil
  }

  /** It is known what the switch should hold, so that this controller may act. */
  allow(): void {
    if (this.#mayAct) return
    this.#mayAct = true
    this.check()
  }

  /** To be called every 400 milliseconds. */
  beat(): void {
    this.#beats += 1
    const isAlone = this.#role === 'primary' && !this.isContended
    if (!isAlone || this.#beats % BEATS_ALONE === 0) this.check()
  }

  /** Asks the switch; nothing while an answer is awaited. */
  check(): void {
    if (this.#mayAct && !this.#asking && !this.#stopped && this.#role !== 'equal') void this.#turn()
  }

  /** OFPT_ROLE_STATUS: another controller became primary. */
  replaced(generation_id: bigint): void {
    this.#seeOthers()
    this.#becomeSecondary(generation_id)
  }

  stop(): void {
    this.#stopped = true
  }

  /** Never rejects. */
  async #turn(): Promise<void> {
    this.#asking = true
    try {
      await this.#step()
    } catch (error) {
      this.#onFailure(error as Error)
    } finally {
      this.#asking = false
    }
  }

  #onFailure(error: Error): void {
    if (this.#stopped || error instanceof ConnectionClosed) return
    // Somebody was faster; who it is shows in the next turn.
    if (isStale(error)) this.#seeOthers()
    else if (error instanceof OpenFlowError) this.#become('equal')
    else this.#options.onStuck(error.message)
  }

  #request(role: number, generation_id: bigint): Promise<RoleReply> {
    return this.#options.connection.request({ type: 'role_request', role, generation_id })
  }

  async #step(): Promise<void> {
    const { role, generation_id } = await this.#request(OFPCR.NOCHANGE, 0n)
    if (role === OFPCR.PRIMARY) await this.#keep(generation_id)
    else if (role === OFPCR.SECONDARY) await this.#watch(generation_id)
    else if (generation_id !== NO_GENERATION && this.isContended) await this.#standBy(generation_id)
    else await this.#claim(generation_id)
  }

  async #claim(generation_id: bigint): Promise<void> {
    this.#own = nextGeneration(generation_id, this.#options.who)
    await this.#request(OFPCR.PRIMARY, this.#own)
    this.#become('primary')
  }

  async #keep(generation_id: bigint): Promise<void> {
    if (generation_id !== this.#own) this.#seeOthers()
    if (this.isContended) await this.#claim(generation_id)
    else this.#become('primary')
  }

  async #standBy(generation_id: bigint): Promise<void> {
    await this.#request(OFPCR.SECONDARY, standsBy(generation_id))
    this.#becomeSecondary(generation_id)
  }

  async #watch(generation_id: bigint): Promise<void> {
    if (this.#role === 'secondary') this.#seeTerm(generation_id)
    else this.#becomeSecondary(generation_id)
    if (this.#still >= this.#patience) {
      this.#seeOthers()
      await this.#claim(generation_id)
    } else if (standsBy(generation_id) !== generation_id)
      await this.#request(OFPCR.SECONDARY, standsBy(generation_id))
  }

  get #patience(): number {
    if (performance.now() - this.#lostAt > LOSSES_MS) this.#losses = 0
    const doublings = Math.min(Math.max(this.#losses - MAX_LOSSES, 0), MAX_DOUBLINGS)
    // Until it has looked, the primary does not know that somebody stands by.
    return PATIENCE * 2 ** doublings + (this.#isRenewed ? 0 : BEATS_ALONE)
  }

  #seeTerm(generation_id: bigint): void {
    const term = termOf(generation_id)
    this.#isRenewed ||= term !== this.#term
    this.#still = term === this.#term ? this.#still + 1 : 0
    this.#term = term
  }

  #seeOthers(): void {
    this.#contendedUntil = performance.now() + CONTENTION_MS
  }

  #becomeSecondary(generation_id: bigint): void {
    this.#term = termOf(generation_id)
    this.#isRenewed = false
    this.#still = 0
    this.#become('secondary')
  }

  #become(role: DatapathRole): void {
    if (this.#stopped || this.#role === role) return
    if (this.#role === 'primary') {
      this.#losses += 1
      this.#lostAt = performance.now()
    }
    this.#role = role
    this.#options.log.info({ role }, 'role of this controller at the switch')
    this.#options.onRole(role)
  }
}
