/**
 * Whether a revision is applied, asked again with every report while somebody waits: so it may not cost a look at every
 * datapath. Says the same as `appliedState` (`applied.ts`), which also says why.
 *
 * A datapath is *settled* when its verdict follows from the revision of its controller alone: one controller acts for it,
 * and it has all that this controller's revision means to it. Nearly all are, nearly always; only the others are looked at.
 */
import type { DatapathNews, HeardReport } from '@openvnet/feed'
import { isBehind, isConnected, lacks, refusedBy, standsBy, type View, whichCounts } from './applied.ts'

const settles = ({ datapath }: View): boolean => datapath.current === true && refusedBy(datapath) === 0

const mayAct = ({ datapath }: View): boolean => datapath.role !== 'secondary' && datapath.role !== null

export class Settled {
  /** Of the controllers that are alive. */
  readonly #reports = new Map<string, HeardReport>()
  /** Datapaths that are not settled. */
  readonly #open = new Set<string>()
  /** Whether all have to be looked at. */
  #isStale = false

  /** @param news what is different; `null`: all of it may be */
  heard(report: HeardReport, news: readonly DatapathNews[] | null): void {
    this.#reports.set(report.controller, report)
    if (news === null) this.#isStale = true
    else if (!this.#isStale) for (const { after } of news) this.#judge(after.dpid)
  }

  gone(controller: string): void {
    if (this.#reports.delete(controller)) this.#isStale = true
  }

  /** @param store identity of the store that made the revision */
  isApplied(store: string, revision: number): boolean {
    if (this.#reports.size === 0 || this.#someIsBehind(store, revision)) return false
    if (this.#isStale) this.#judgeAll()
    for (const dpid of this.#open) {
      const view = whichCounts(this.#viewsOf(dpid))
      if (view !== undefined && lacks(view, store, revision)) return false
    }
    return true
  }

  #someIsBehind(store: string, revision: number): boolean {
    return [...this.#reports.values()].some(
      (report) => isBehind(report, store, revision) && !standsBy(report),
    )
  }

  #judgeAll(): void {
    this.#isStale = false
    this.#open.clear()
    for (const { datapaths } of this.#reports.values()) for (const { dpid } of datapaths) this.#judge(dpid)
  }

  #judge(dpid: string): void {
    const views = this.#viewsOf(dpid)
    const acting = views.filter(mayAct)
    if (views.length === 0 || (acting.length === 1 && settles(acting[0]!))) this.#open.delete(dpid)
    else this.#open.add(dpid)
  }

  /** By those to which it is connected. */
  #viewsOf(dpid: string): View[] {
    const views: View[] = []
    for (const report of this.#reports.values()) {
      const datapath = report.datapath(dpid)
      if (datapath !== undefined && isConnected(datapath)) views.push({ report, datapath })
    }
    return views
  }
}
