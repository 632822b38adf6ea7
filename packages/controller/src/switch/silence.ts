/**
 * Notices a switch that owes an answer and says nothing at all: sooner than the probes of the connection would, which
 * begin to count when it was heard last. Time is counted in beats, so that a process that was frozen or busy does not
 * take its own silence for the switch's.
 */

export interface SilenceOptions {
  /** Of the socket, so far. */
  readonly bytesRead: () => number
  /** Whether the switch owes an answer. */
  readonly isWaiting: () => boolean
  /** Milliseconds between beats. */
  readonly beatInterval: number
  /** Milliseconds of silence after which the switch is given up; 0: never. */
  readonly patience: number
  /** It is silent for so many seconds; 0: it is not any more. */
  readonly onSilent: (seconds: number) => void
  readonly onDead: (seconds: number) => void
}

/** Seconds of silence before it is worth to be told. */
const NOTICEABLE = 2

export class Silence {
  readonly #options: SilenceOptions
  #heard = 0
  #beats = 0
  #told = 0

  constructor(options: SilenceOptions) {
    this.#options = options
  }

  beat(): void {
    const { bytesRead, isWaiting } = this.#options
    const heard = bytesRead()
    const isSilent = heard === this.#heard && isWaiting()
    this.#heard = heard
    this.#beats = isSilent ? this.#beats + 1 : 0
    this.#tell()
  }

  #tell(): void {
    const { beatInterval, onDead, onSilent, patience } = this.#options
    // The question may be as young as the first silent beat.
    const milliseconds = Math.max(0, this.#beats - 1) * beatInterval
    const seconds = Math.floor(milliseconds / 1000)
    if (patience > 0 && milliseconds >= Math.max(patience, beatInterval)) {
      onDead(seconds)
      return
    }
    const told = seconds < NOTICEABLE ? 0 : seconds
    if (told === this.#told) return
    this.#told = told
    onSilent(told)
  }
}
