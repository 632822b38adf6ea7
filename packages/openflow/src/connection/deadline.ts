/**
 * A timeout that what came in time meets: when it is due, the sockets are read once more before it fires. A process
 * that was held up (a long computation, SIGSTOP) finds its timers due first, while the answers wait to be read.
 */

/** The longest timer that Node.js has: one beyond is due at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

export class Deadline {
  /** `null` for never. */
  readonly #timer: NodeJS.Timeout | null
  readonly #onDue: () => void
  #last: NodeJS.Immediate | null = null

  /** @param milliseconds until `onDue`, which is called once, unless it is stopped before; Infinity: never */
  constructor(milliseconds: number, onDue: () => void) {
    this.#onDue = onDue
    this.#timer = milliseconds > MAX_TIMER_MS ? null : setTimeout(() => this.#readOnce(), milliseconds)
  }

  /** Does not keep the process running. */
  unref(): void {
    this.#timer?.unref()
  }

  /** Starts over. */
  refresh(): void {
    this.#forget()
    this.#timer?.refresh()
  }

  stop(): void {
    this.#forget()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  /** Immediates come after the sockets have been read. */
  #readOnce(): void {
    this.#last = setImmediate(this.#onDue)
  }

  #forget(): void {
    if (this.#last !== null) clearImmediate(this.#last)
    this.#last = null
  }
}
