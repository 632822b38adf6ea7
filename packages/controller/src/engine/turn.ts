/** Long work in short turns, so that the event loop is never held for longer than a few milliseconds. */
import { setImmediate } from 'node:timers/promises'

export class Turn {
  readonly #length: number
  #since = performance.now()

  /** @param length milliseconds after which a turn is over */
  constructor(length: number) {
    this.#length = length
  }

  /** To be asked after each piece of work; then, when it says so, `next` to be awaited. */
  get isOver(): boolean {
    return performance.now() - this.#since >= this.#length
  }

  /** Lets everything else have its turn. */
  async next(): Promise<void> {
    await setImmediate()
    this.#since = performance.now()
  }
}
