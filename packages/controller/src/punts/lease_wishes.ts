/**
 * Wishes of programs for leases, on their way to the API: few at a time, one for each interface, and not again at once. Who
 * wished is answered when it asks again and the lease is a row; without an API nothing else suffers.
 */
import type { LeaseGiver } from '@openvnet/feed'
import type { Logger } from 'pino'
import type { LeaseWish } from '../engine/packet.ts'
import { createTally } from '../switch/tally.ts'

/** Under way at a time. */
const MOST = 32
/** Time until a wish for the same interface is heard again: what was given is a row by then. */
const REST_MS = 1000
const LOG_INTERVAL_MS = 10_000

export class LeaseWishes {
  readonly #give: LeaseGiver
  readonly #log: Logger
  readonly #now: () => number
  readonly #failures = createTally(LOG_INTERVAL_MS)
  /** Interfaces whose wish is under way. */
  readonly #underWay = new Set<string>()
  /** When a wish was over, the oldest first: those of the last second. */
  readonly #over = new Map<string, number>()

  constructor(give: LeaseGiver, log: Logger, now: () => number = () => performance.now()) {
    this.#give = give
    this.#log = log
    this.#now = now
  }

  /** @returns whether it is passed on */
  add(wish: LeaseWish): boolean {
    this.#forget()
    const { interface: guest } = wish
    if (this.#underWay.size >= MOST || this.#underWay.has(guest) || this.#over.has(guest)) return false
    this.#underWay.add(guest)
    void this.#pass(wish)
    return true
  }

  async #pass(wish: LeaseWish): Promise<void> {
    try {
      await this.#give(wish)
    } catch (error) {
      const failures = this.#failures()
      if (failures !== undefined)
        this.#log.warn(
          { err: error, ...wish, failures },
          'A lease policy gave no address to who asked by DHCP',
        )
    } finally {
      this.#underWay.delete(wish.interface)
      this.#over.set(wish.interface, this.#now())
    }
  }

  #forget(): void {
    const before = this.#now() - REST_MS
    for (const [guest, at] of this.#over) {
      if (at > before) return
      this.#over.delete(guest)
    }
  }
}
