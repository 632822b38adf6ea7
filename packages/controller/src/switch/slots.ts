/**
 * How many switches are worked on at once. A thousand that connect in one moment, or that one change concerns, would
 * each take its few milliseconds in the same turn of the event loop, and nobody else would be heard for seconds.
 *
 * Who waits for a slot comes in turn. A slot is held until the work is done, but not longer than some milliseconds: it
 * stands for work of ours, and a switch that is far away or silent leaves it to the next.
 */
import type { AuditLoad } from './audit.ts'

export interface SlotsOptions {
  readonly slots: number
  /** Milliseconds after which a slot is free again, whether or not the work is done. */
  readonly hold: number
}

export class Slots {
  readonly #hold: number
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor({ slots, hold }: SlotsOptions) {
    this.#free = slots
    this.#hold = hold
  }

  /** Does the work when there is a slot: at once, where there is one. @throws what the work throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    const release = this.#slot()
    try {
      return await work()
    } finally {
      release()
    }
  }

  /** @returns what frees the slot, if it is not free again already */
  #slot(): () => void {
    let isHeld = true
    const release = () => {
      clearTimeout(timer)
      if (isHeld) this.#pass()
      isHeld = false
    }
    const timer = setTimeout(release, this.#hold)
    return release
  }

  /** To the one that has waited longest, in a turn of its own. */
  #pass(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free += 1
    else setImmediate(next)
  }
}

/** What switches of one controller take slots for. Each has its own, so that none waits for what is less urgent. */
export interface Pace {
  /** Reading a switch and giving it what it should hold, until it has all for the first time. */
  readonly first: Slots
  /** What a change means to a switch that had everything. */
  readonly change: Slots
  /** Looking whether it still holds what it acknowledged. */
  readonly audit: Slots
  readonly load: AuditLoad
}

export const createPace = (): Pace => ({
  first: new Slots({ slots: 6, hold: 20 }),
  change: new Slots({ slots: 6, hold: 20 }),
  audit: new Slots({ slots: 2, hold: 10 }),
  load: { flows: 0 },
})
