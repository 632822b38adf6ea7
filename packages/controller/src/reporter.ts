/**
 * Tells on the bus what this controller knows of its switches: all of it at the start and when somebody asks, and then
 * what is different, so that one switch of a thousand costs the report of one. Nobody asks as long as nothing is lost.
 * A sign of life comes all the same, with a few switches in turn, since what merely counts up is not told by itself.
 */
import type { Bus, ControllerReport, DatapathStatus, OvsdbStatus } from '@openvnet/feed'

export interface ReporterOptions {
  readonly bus: Bus
  /** Random identity of this process. */
  readonly identity: string
  /** What the replica follows; empty before it has a store. */
  readonly store: () => string
  readonly revision: () => number
  readonly statuses: () => readonly DatapathStatus[]
  readonly status: (dpid: string) => DatapathStatus | undefined
  readonly databases: () => readonly OvsdbStatus[]
  /** Of all of them. */
  readonly dpids: () => Iterable<string>
}

/** Switches that go with a sign of life. */
const IN_TURN = 64

export class Reporter {
  readonly #options: ReporterOptions
  /** Switches that are different since the last report. */
  readonly #different = new Set<string>()
  /** Those whose turn is still to come. */
  #turns: string[] = []
  #sequence = 0
  #isWhole = true
  #isPlanned = false
  #hasLeft = false

  constructor(options: ReporterOptions) {
    this.#options = options
  }

  /** All that is known now. */
  get report(): ControllerReport {
    const { identity, store, revision, statuses, databases } = this.#options
    return {
      controller: identity,
      store: store(),
      revision: revision(),
      sequence: this.#sequence,
      datapaths: statuses(),
      ovsdb: databases(),
    }
  }

  /** Something is different: of this switch, or the revision. Told soon, once for all that comes until then. */
  changed(dpid?: string): void {
    if (dpid !== undefined) this.#different.add(dpid)
    this.#plan()
  }

  /** To be called every two seconds. */
  beat(): void {
    if (this.#turns.length === 0) this.#turns = [...this.#options.dpids()]
    for (const dpid of this.#turns.splice(0, IN_TURN)) this.#different.add(dpid)
    this.#plan()
  }

  /** Tells all of it soon. */
  tellAll(): void {
    this.#isWhole = true
    this.#plan()
  }

  /** The last words: what is planned is not told any more, since whoever hears it takes this controller for alive. */
  leave(): void {
    this.#hasLeft = true
    this.#options.bus.publish('report', { ...this.report, leaving: true })
  }

  #plan(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    setImmediate(() => {
      this.#isPlanned = false
      if (this.#hasLeft) return
      if (this.#isWhole) this.#tellAll()
      else this.#tellDifference()
    })
  }

  #tellAll(): void {
    this.#isWhole = false
    this.#different.clear()
    this.#options.bus.publish('report', this.report)
  }

  #tellDifference(): void {
    const { bus, identity, store, revision, status } = this.#options
    const datapaths = [...this.#different].map(status).filter((one) => one !== undefined)
    if (datapaths.length < this.#different.size) {
      // One was forgotten, and only the whole can say so.
      this.#tellAll()
      return
    }
    this.#different.clear()
    this.#sequence += 1
    bus.publish('report_change', {
      controller: identity,
      store: store(),
      revision: revision(),
      sequence: this.#sequence,
      datapaths,
    })
  }
}
