/**
 * A time limit that what came in time meets: when it is due, the sockets are read once more before it fires. A process
 * that was held up finds its timers due first, while the answers wait to be read.
 */

export class Deadline {
  readonly #timer: NodeJS.Timeout
  #last: NodeJS.Immediate | undefined

  /** @param milliseconds until `onDue`, which is called once unless it is stopped before */
  constructor(milliseconds: number, onDue: () => void) {
    this.#timer = setTimeout(() => {
      this.#last = setImmediate(onDue)
    }, milliseconds)
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#last)
  }
}
