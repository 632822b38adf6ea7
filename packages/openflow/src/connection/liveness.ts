/**
 * Notices a peer that has gone silent: after one interval without a message an echo request, after a second one the
 * end. One timer per connection, however many messages there are.
 */
import { Deadline } from './deadline.ts'

export interface LivenessOptions {
  /** Milliseconds of silence before the probe, and again before the end. 0: never. */
  readonly intervalMs: number
  /** True while nothing is read, and silence tells nothing. */
  readonly isPaused: () => boolean
  readonly sendProbe: () => void
  readonly onSilent: () => void
}

export class Liveness {
  readonly #options: LivenessOptions
  #lastHeard = 0
  #probed = false
  #deadline: Deadline | null = null

  constructor(options: LivenessOptions) {
    this.#options = options
  }

  start(): void {
    this.heard()
    this.#arm(this.#options.intervalMs)
  }

  /** A whole message came, or nothing can be expected to. */
  heard(): void {
    this.#lastHeard = performance.now()
    this.#probed = false
  }

  stop(): void {
    this.#deadline?.stop()
  }

  #arm(delayMs: number): void {
    if (this.#options.intervalMs <= 0) return
    this.#deadline = new Deadline(delayMs, () => this.#check())
    this.#deadline.unref()
  }

  #check(): void {
    if (this.#options.isPaused()) this.heard()
    const deadline = this.#options.intervalMs * (this.#probed ? 2 : 1)
    const left = deadline - (performance.now() - this.#lastHeard)
    if (left > 0.5) {
      this.#arm(left)
      return
    }
    if (this.#probed) {
      this.#options.onSilent()
      return
    }
    this.#probed = true
    this.#arm(this.#options.intervalMs)
    this.#options.sendProbe()
  }
}
