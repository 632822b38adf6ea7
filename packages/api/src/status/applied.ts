/**
 * Whether a revision is applied: at least one controller is alive; every one of them that does not merely stand by
 * follows this store and its replica is at the revision or above; and every datapath that is connected to one has
 * acknowledged it to the one that acts for it.
 * A datapath that refused flows does not have the revision, whatever it acknowledged.
 * A datapath that waits to be approved does not count. One that is not connected does not either: it gets the whole description when it connects.
 */
import { acknowledgedBy, type ControllerReport, type DatapathStatus } from '@openvnet/feed'

/** A connected datapath that has not acknowledged the revision, or refused a part of it. */
export interface PendingDatapath {
  readonly dpid: string
  readonly uuid: string | null
  readonly acknowledged_revision: number
  /** Flows and groups that it refused. */
  readonly refused: number
  /** Why it lacks the revision, as far as anybody knows. */
  readonly last_error: string | null
}

export interface Applied {
  readonly applied: boolean
  /** The revision that was asked for. */
  readonly revision: number
  readonly pending: readonly PendingDatapath[]
  /** Why it is not applied, for people; `null` when it is. */
  readonly reason: string | null
}

/** That a revision is applied. */
export const applied = (revision: number): Applied => ({ applied: true, revision, pending: [], reason: null })

const NO_CONTROLLER = 'no controller is connected to this API'

/** Controllers of an older version do not count what was refused. */
export const refusedBy = ({ refused }: { readonly refused?: number }): number => refused ?? 0

/** Whether a controller that says this acts for the datapath, or would: those of an older version know no roles. */
export const isConnected = ({ connected, pending }: DatapathStatus): boolean => connected && pending !== true
export const acts = (datapath: DatapathStatus): boolean =>
  isConnected(datapath) && datapath.role !== 'secondary'

/** A datapath as one controller sees it. */
export interface View {
  readonly report: ControllerReport
  readonly datapath: DatapathStatus
}

/** The one that acts counts, else one that does not know its role; of several the one that is further behind. */
const weightOf = ({ datapath }: View) => (datapath.role === 'secondary' ? 0 : datapath.role === null ? 1 : 2)
const countsMore = (a: View, b: View): boolean =>
  weightOf(a) === weightOf(b)
    ? acknowledgedBy(a.report, a.datapath) < acknowledgedBy(b.report, b.datapath)
    : weightOf(a) > weightOf(b)

/** The one of them that counts; `undefined` when there is none. */
export const whichCounts = (views: readonly View[]): View | undefined => {
  let best: View | undefined
  for (const view of views) if (best === undefined || countsMore(view, best)) best = view
  return best
}

/** Each connected datapath once, as the controller sees it that counts. */
const actingFor = (reports: readonly ControllerReport[]): View[] => {
  const seen = new Map<string, View>()
  for (const report of reports) {
    for (const datapath of report.datapaths.filter(isConnected)) {
      const other = seen.get(datapath.dpid)
      const view = { report, datapath }
      if (other === undefined || countsMore(view, other)) seen.set(datapath.dpid, view)
    }
  }
  return [...seen.values()]
}

export const isBehind = (report: ControllerReport, store: string, revision: number): boolean =>
  report.store !== store || report.revision < revision

const NOBODY_ACTS = 'no controller acts for it at the moment'
const NOT_TOLD = 'its controller has not come to the revision yet'
const NOT_ANSWERED = 'it was told and has not answered yet'

/** Why a datapath lacks the revision, as far as anybody knows. */
const whyOf = ({ report, datapath }: View, store: string, revision: number): string | null => {
  if (datapath.last_error !== null) return datapath.last_error
  if (!acts(datapath)) return NOBODY_ACTS
  // What it refused says more than that it is behind.
  if (refusedBy(datapath) > 0) return null
  if (isBehind(report, store, revision)) return NOT_TOLD
  return acknowledgedBy(report, datapath) < revision ? NOT_ANSWERED : null
}

const acknowledgedIn = ({ report, datapath }: View, store: string): number =>
  report.store === store && acts(datapath) ? acknowledgedBy(report, datapath) : 0

/** Whether the datapath has not all of the revision. */
export const lacks = (view: View, store: string, revision: number): boolean =>
  acknowledgedIn(view, store) < revision || refusedBy(view.datapath) > 0

const pendingOf = (
  reports: readonly ControllerReport[],
  store: string,
  revision: number,
): PendingDatapath[] =>
  actingFor(reports)
    .filter((view) => lacks(view, store, revision))
    .map((view) => ({
      dpid: view.datapath.dpid,
      uuid: view.datapath.uuid,
      acknowledged_revision: acknowledgedIn(view, store),
      refused: refusedBy(view.datapath),
      last_error: whyOf(view, store, revision),
    }))

/** Whether it has datapaths and acts for none of them, so that nobody has to wait for it. */
export const standsBy = ({ datapaths }: ControllerReport): boolean =>
  datapaths.some(isConnected) && !datapaths.some(acts)

const nameOf = ({ uuid, dpid }: PendingDatapath): string => (uuid === null ? dpid : `${uuid} ${dpid}`)

const latenessOf = (datapath: PendingDatapath): string => {
  const { acknowledged_revision, refused, last_error } = datapath
  const why = last_error === null || refused > 0 ? '' : `: ${last_error}`
  return `${nameOf(datapath)} (at revision ${acknowledged_revision}${why})`
}

const refusalOf = (datapath: PendingDatapath): string => {
  const { refused, last_error } = datapath
  return `${nameOf(datapath)}: ${refused} flows or groups refused: ${last_error ?? 'the log of the controller says why'}`
}

const pendingReason = (pending: readonly PendingDatapath[], revision: number): string => {
  const late = pending.filter(({ acknowledged_revision }) => acknowledged_revision < revision)
  const refusing = pending.filter(({ refused }) => refused > 0)
  return [
    ...(late.length === 0 ? [] : [`not acknowledged by ${late.map(latenessOf).join(', ')}`]),
    ...refusing.map(refusalOf),
  ].join('; ')
}

const reasonOf = (
  behind: readonly ControllerReport[],
  pending: readonly PendingDatapath[],
  revision: number,
): string | null => {
  if (pending.length > 0) return pendingReason(pending, revision)
  if (behind.length === 0) return null
  return `not seen by controller ${behind.map(({ controller }) => controller).join(', ')}`
}

/** @param store identity of the store that made the revision */
export const appliedState = (
  reports: readonly ControllerReport[],
  store: string,
  revision: number,
): Applied => {
  if (reports.length === 0) return { applied: false, revision, pending: [], reason: NO_CONTROLLER }
  const pending = pendingOf(reports, store, revision)
  const behind = reports.filter((report) => isBehind(report, store, revision) && !standsBy(report))
  const reason = reasonOf(behind, pending, revision)
  return { applied: reason === null, revision, pending, reason }
}
