/** Guests whose port several switches have, or one after the other: who has them, who would, and what to say of it. */
import type { Logger } from 'pino'
import type { Dispute, Holding } from '../model/claims.ts'
import type { Model } from '../model/model.ts'
import type { Ports } from '../model/ports.ts'
import { type Rivalry, rivalGuest, rivalryOf } from '../model/rivalry.ts'
import type { Touch } from '../model/touch.ts'

export interface MovesOptions {
  readonly ports: Ports
  readonly model: () => Model
  /** Does it at the beginning of the next pass. */
  readonly input: (input: (touch: Touch) => void) => void
  readonly log: Logger
}

export class Moves {
  readonly #options: MovesOptions

  constructor(options: MovesOptions) {
    this.#options = options
  }

  readonly #hasGuest = (dispute: Dispute): boolean => rivalGuest(dispute, this.#options.model()) !== undefined

  /** When `settle` has something to do, in milliseconds of the engine's `now`; `null`: not as far as is known. */
  get nextChange(): number | null {
    return this.#options.ports.claims.nextChange
  }

  /** Lets guests move that moved too often a while ago. */
  settle(): void {
    this.#options.input((touch) => this.#options.ports.claims.settle(touch))
  }

  /** Who has what several switches claim. */
  holdings(): Holding[] {
    return [...this.#options.ports.claims.holdings()]
  }

  /** See `Claims.agree`. */
  agree(holdings: readonly Holding[]): void {
    if (holdings.length === 0) return
    this.#options.input((touch) => {
      for (const holding of holdings) this.#options.ports.claims.agree(holding, touch)
    })
  }

  /** Makes it so, as far as the same claim it: what somebody remembers. */
  restore(holdings: readonly Holding[]): void {
    this.#options.input((touch) => {
      for (const holding of holdings) this.#options.ports.claims.restore(holding, touch)
    })
  }

  /** Switches of which `rivals` says something else since they were asked for last. */
  takeConcerned(): ReadonlySet<string> {
    return this.#options.ports.claims.takeConcerned(this.#hasGuest)
  }

  /** Guests that a switch and others claim. */
  rivals(dpid: string): Rivalry[] {
    return [...this.#options.ports.disputes(dpid, this.#hasGuest)].flatMap(
      (dispute) => rivalryOf(dispute, this.#options.model()) ?? [],
    )
  }

  /** To be called after each pass. */
  tellRefused(): void {
    for (const dispute of this.#options.ports.claims.takeRefused()) {
      const rivalry = rivalryOf({ ...dispute, claimants: [] }, this.#options.model())
      if (rivalry === null) continue
      const { interface: uuid, holder, refusals } = rivalry
      this.#options.log.warn(
        { interface: uuid, port: dispute.key, holder, refusals },
        'an interface moved twice in ten seconds and would move again: it has to wait',
      )
    }
  }
}
