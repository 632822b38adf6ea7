/**
 * The reports of all controllers, as they are now: each whole one, with the changes since. A change that does not follow
 * on what is known is not taken: then the whole report is asked for.
 */
import type { Bus } from './bus.ts'
import type { ControllerReport, DatapathStatus, OvsdbStatus, ReportChange } from './status.ts'

/** A report as it is now: it goes along with what its controller says. */
export interface HeardReport extends ControllerReport {
  /** The same array as long as no datapath changes. Put together when it is asked for. */
  readonly datapaths: readonly DatapathStatus[]
  /** One of them, without a look at the others. */
  datapath(dpid: string): DatapathStatus | undefined
}

/** What is different of a datapath. */
export interface DatapathNews {
  readonly before: DatapathStatus | undefined
  readonly after: DatapathStatus
}

/**
 * @param report of the controller that said something
 * @param news what it said; `null`: all of it is new
 */
export type ReportHandler = (report: HeardReport, news: readonly DatapathNews[] | null) => void

/** Milliseconds after which a controller that said nothing more has died: they say something every few seconds. */
const FORGOTTEN_MS = 60_000
/** The question for a whole report may be lost, as anything on the bus. */
const ASK_AGAIN_MS = 1000

/** A report to which changes can be added without looking at every datapath. */
class Known implements HeardReport {
  readonly controller: string
  readonly leaving?: true
  store: string
  revision: number
  sequence: number
  readonly ovsdb: readonly OvsdbStatus[]
  /** When it was heard last. */
  at = performance.now()
  readonly #datapaths: Map<string, DatapathStatus>
  #listed: readonly DatapathStatus[] | undefined

  constructor(report: ControllerReport) {
    const { controller, store, revision, sequence = Number.NaN, leaving, datapaths, ovsdb = [] } = report
    this.controller = controller
    this.store = store
    this.revision = revision
    this.sequence = sequence
    this.ovsdb = ovsdb
    if (leaving === true) this.leaving = true
    this.#datapaths = new Map(datapaths.map((datapath) => [datapath.dpid, datapath]))
    this.#listed = datapaths
  }

  get datapaths(): readonly DatapathStatus[] {
    this.#listed ??= [...this.#datapaths.values()]
    return this.#listed
  }

  datapath(dpid: string): DatapathStatus | undefined {
    return this.#datapaths.get(dpid)
  }

  /** @returns what it changes, or `undefined`: it does not follow on what is known */
  add({ datapaths, store, revision, sequence }: ReportChange): DatapathNews[] | undefined {
    if (sequence !== this.sequence + 1) return undefined
    Object.assign(this, { store, revision, sequence, at: performance.now() })
    if (datapaths.length > 0) this.#listed = undefined
    return datapaths.map((after) => {
      const before = this.#datapaths.get(after.dpid)
      this.#datapaths.set(after.dpid, after)
      return { before, after }
    })
  }
}

/**
 * Calls `onReport` with the whole report of a controller whenever it said something.
 * @returns the function that ends it
 */
export function followReports(bus: Bus, onReport: ReportHandler): () => void {
  const heard = new Map<string, Known>()
  /** When a controller was asked for all that it knows. */
  const asked = new Map<string, number>()

  const forgetTheDead = (): void => {
    const oldest = performance.now() - FORGOTTEN_MS
    for (const [controller, { at }] of heard) if (at < oldest) heard.delete(controller)
    for (const [controller, at] of asked) if (at < oldest) asked.delete(controller)
  }

  const ask = (controller: string): void => {
    const now = performance.now()
    if (now - (asked.get(controller) ?? -Infinity) < ASK_AGAIN_MS) return
    asked.set(controller, now)
    bus.publish('report_request', {})
  }

  const endWhole = bus.subscribe('report', (report) => {
    forgetTheDead()
    asked.delete(report.controller)
    const known = new Known(report)
    if (report.leaving === true) heard.delete(report.controller)
    else heard.set(report.controller, known)
    onReport(known, null)
  })
  const endChanges = bus.subscribe('report_change', (change) => {
    forgetTheDead()
    const known = heard.get(change.controller)
    const news = known?.add(change)
    if (known !== undefined && news !== undefined) onReport(known, news)
    else ask(change.controller)
  })
  return () => {
    endWhole()
    endChanges()
  }
}
