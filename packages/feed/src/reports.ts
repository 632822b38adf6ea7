/**
 * The reports of all controllers, as they are now: each whole one, with the changes since. A change that does not follow
 * on what is known is not taken: then the whole report is asked for.
 */
import type { Bus } from './bus.ts'
import type { ControllerReport, DatapathStatus, ReportChange } from './status.ts'

export interface HeardReport extends ControllerReport {
  /** The same object as long as its controller says nothing. */
  readonly datapaths: readonly DatapathStatus[]
}

/** Milliseconds after which a controller that said nothing more has died: whole reports come every few seconds. */
const FORGOTTEN_MS = 60_000

/** A report to which changes can be added without looking at every datapath. */
class Known {
  /** When it was told as a whole. */
  readonly at = performance.now()
  readonly #datapaths: Map<string, DatapathStatus>
  #report: ControllerReport
  #listed: readonly DatapathStatus[] | undefined

  constructor(report: ControllerReport) {
    this.#report = report
    this.#datapaths = new Map(report.datapaths.map((datapath) => [datapath.dpid, datapath]))
    this.#listed = report.datapaths
  }

  get report(): HeardReport {
    this.#listed ??= [...this.#datapaths.values()]
    return { ...this.#report, datapaths: this.#listed }
  }

  /** @returns whether it follows on what is known */
  add({ datapaths, ...change }: ReportChange): boolean {
    if (change.sequence !== (this.#report.sequence ?? Number.NaN) + 1) return false
    this.#report = { ...this.#report, ...change }
    for (const datapath of datapaths) this.#datapaths.set(datapath.dpid, datapath)
    if (datapaths.length > 0) this.#listed = undefined
    return true
  }
}

/**
 * Calls `onReport` with the whole report of a controller whenever it said something.
 * @returns the function that ends it
 */
export function followReports(bus: Bus, onReport: (report: HeardReport) => void): () => void {
  const heard = new Map<string, Known>()
  const asked = new Set<string>()

  const forgetTheDead = (): void => {
    const oldest = performance.now() - FORGOTTEN_MS
    for (const [controller, { at }] of heard) if (at < oldest) heard.delete(controller)
  }

  const endWhole = bus.subscribe('report', (report) => {
    forgetTheDead()
    asked.delete(report.controller)
    if (report.leaving === true) heard.delete(report.controller)
    else heard.set(report.controller, new Known(report))
    onReport(report)
  })
  const endChanges = bus.subscribe('report_change', (change) => {
    const known = heard.get(change.controller)
    if (known?.add(change) === true) onReport(known.report)
    else if (!asked.has(change.controller)) {
      asked.add(change.controller)
      bus.publish('report_request', {})
    }
  })
  return () => {
    endWhole()
    endChanges()
  }
}
