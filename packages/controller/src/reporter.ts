/**
 * Tells on the bus what this controller knows of its switches: all of it now and then and when somebody asks, and in
 * between what is different, so that one switch of a thousand costs the report of one.
 */
import type { Bus, ControllerReport, DatapathStatus } from '@openvnet/feed'

export interface ReporterOptions {
  readonly bus: Bus
  /** Random identity of this process. */
  readonly identity: string
  /** What the replica follows; empty before it has a store. */
  readonly store: () => string
  readonly revision: () => number
  readonly statuses: () => readonly DatapathStatus[]
  readonly status: (dpid: string) => DatapathStatus | undefined
}

export class Reporter {
  readonly #options: ReporterOptions
  /** Switches that are different since the last report. */
  readonly #different = new Set<string>()
  #sequence = 0
  #isWhole = true
  #isPlanned = false
  #hasLeft = false

  constructor(options: ReporterOptions) {
    this.#options = options
  }

  /** All that is known now. */
  get report(): ControllerReport {
    const { identity, store, revision, statuses } = this.#options
    return {
      controller: identity,
      store: store(),
      revision: revision(),
      sequence: this.#sequence,
      datapaths: statuses(),
    }
  }

  /** Something is different: of this switch, or the revision. Told soon, once for all that comes until then. */
  changed(dpid?: string): void {
    if (dpid !== undefined) this.#different.add(dpid)
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
