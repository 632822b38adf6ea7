/**
 * Controllers tell each other on the bus where things are, so that guests of hosts behind different controllers reach each
 * other: all of it at the start and when somebody asks, and then what is different, numbered. Who misses a number asks for
 * all; a sign of life every two seconds says the last number, so that a lost one is missed in any case. A controller that
 * is silent is believed as to where things are; its switches count as away until somebody says that they are there.
 */
import type { Bus, HeldClaim, PlaceChange, PlaceReport } from '@openvnet/feed'
import type { Places } from './places.ts'

export interface PlaceSharingOptions {
  readonly bus: Bus
  /** Random identity of this process. */
  readonly identity: string
  readonly places: Pick<Places, 'own' | 'hear' | 'hearAll' | 'silent'>
  /** Who has what several switches claim. */
  readonly held: () => readonly HeldClaim[]
  /** Another controller says who has what. */
  readonly onHeld: (held: readonly HeldClaim[]) => void
  /** Milliseconds between signs of life (2,000). */
  readonly beatInterval?: number
  /** Milliseconds after which another controller that says nothing is taken for gone (10,000). */
  readonly silence?: number
}

interface Heard {
  /** `null`: all of it has been asked for, and has not come. */
  sequence: number | null
  at: number
}

const BEAT_MS = 2000
const SILENCE_MS = 10_000
/**
 * Between two reports of all: after a failure of the bus every controller asks every other, and one answer is for all who
 * have asked until then.
 */
const WHOLE_MS = 250
/** The question may be lost, as anything on the bus. */
const ASK_AGAIN_MS = 1000

export class PlaceSharing {
  readonly #options: PlaceSharingOptions
  readonly #heard = new Map<string, Heard>()
  /** When a controller was asked for all. */
  readonly #asked = new Map<string, number>()
  readonly #ends: readonly (() => void)[]
  readonly #beat: NodeJS.Timeout
  #pending: PlaceChange[] = []
  #sequence = 0
  #isWhole = true
  /** When all was told last. */
  #toldAll = -Infinity
  #tellingAll: NodeJS.Timeout | undefined
  #isPlanned = false

  constructor(options: PlaceSharingOptions) {
    this.#options = options
    const { bus, identity, beatInterval = BEAT_MS } = options
    this.#ends = [
      bus.subscribe('places', (report) => this.#hear(report)),
      bus.subscribe('places_request', ({ of }) => {
        if (of === undefined || of === identity) this.#tellAll()
      }),
      // Others may have missed what was said, and this one what they said.
      bus.onGap(() => {
        this.#tellAll()
        this.ask()
      }),
    ]
    this.#beat = setInterval(() => this.#onBeat(), beatInterval).unref()
    this.ask()
  }

  /** Something that this controller has found out. */
  tell(change: PlaceChange): void {
    this.#pending.push(change)
    this.#plan()
  }

  /** Asks all others for all that they know. */
  ask(): void {
    this.#options.bus.publish('places_request', {})
  }

  close(): void {
    clearInterval(this.#beat)
    clearTimeout(this.#tellingAll)
    for (const end of this.#ends) end()
  }

  /** At once, or soon where that was done a moment ago. */
  #tellAll(): void {
    const wait = this.#toldAll + WHOLE_MS - performance.now()
    this.#tellingAll ??= setTimeout(
      () => {
        this.#tellingAll = undefined
        this.#isWhole = true
        this.#plan()
      },
      Math.max(0, wait),
    ).unref()
  }

  #plan(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    setImmediate(() => {
      this.#isPlanned = false
      this.#publish()
    })
  }

  #publish(): void {
    const { bus, identity: controller, places } = this.#options
    const changes = this.#pending.splice(0)
    if (changes.length > 0) this.#sequence += 1
    const sequence = this.#sequence
    // What was said last of it may be lost, and is said again soon.
    const held = this.#isWhole || changes.length === 0 ? this.#options.held() : []
    const report = { controller, sequence, ...(held.length > 0 && { held }) }
    if (this.#isWhole) this.#toldAll = performance.now()
    if (this.#isWhole) bus.publish('places', { ...report, whole: true, changes: places.own })
    else bus.publish('places', { ...report, changes })
    this.#isWhole = false
  }

  #hear(report: PlaceReport): void {
    if (report.controller === this.#options.identity) return
    this.#hearPlaces(report)
    if (report.held !== undefined) this.#options.onHeld(report.held)
  }

  #hearPlaces({ controller, sequence, whole, changes }: PlaceReport): void {
    const { places } = this.#options
    const at = performance.now()
    const known = this.#heard.get(controller)
    if (whole === true) {
      this.#heard.set(controller, { sequence, at })
      this.#asked.delete(controller)
      places.hearAll(controller, changes)
      return
    }
    if (known !== undefined) known.at = at
    const before = known?.sequence ?? null
    if (before !== null && sequence === before + Math.min(changes.length, 1)) {
      known!.sequence = sequence
      for (const change of changes) places.hear(controller, change)
    } else this.#askFor(controller, at)
  }

  #askFor(controller: string, now: number): void {
    const known = this.#heard.get(controller)
    if (known !== undefined) known.sequence = null
    if (now - (this.#asked.get(controller) ?? -Infinity) < ASK_AGAIN_MS) return
    this.#asked.set(controller, now)
    this.#options.bus.publish('places_request', { of: controller })
  }

  #onBeat(): void {
    this.#plan()
    const oldest = performance.now() - (this.#options.silence ?? SILENCE_MS)
    for (const [controller, { at }] of this.#heard) {
      if (at >= oldest) continue
      this.#heard.delete(controller)
      this.#options.places.silent(controller)
    }
    for (const [controller, at] of this.#asked) if (at < oldest) this.#asked.delete(controller)
  }
}
