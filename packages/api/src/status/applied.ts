/**
 * Whether a revision is applied: at least one controller is alive; every one of them follows this store and its
 * replica is at the revision or above; and every datapath that is connected to one has acknowledged it.
 * A datapath that refused flows does not have the revision, whatever it acknowledged.
 * A datapath that is not connected does not count: it gets the whole description when it connects.
 */
import type { ControllerReport } from '@openvnet/feed'

/** A connected datapath that has not acknowledged the revision, or refused a part of it. */
export interface PendingDatapath {
  readonly dpid: string
  readonly uuid: string | null
  readonly acknowledged_revision: number
  /** Flows and groups that it refused. */
  readonly refused: number
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

const NO_CONTROLLER = 'no controller is connected to this API'

/** Controllers of an older version do not count what was refused. */
export const refusedBy = ({ refused }: { readonly refused?: number }): number => refused ?? 0

const pendingOf = (report: ControllerReport, store: string, revision: number): PendingDatapath[] =>
  report.datapaths
    .filter(({ connected }) => connected)
    .map((datapath) => ({
      dpid: datapath.dpid,
      uuid: datapath.uuid,
      acknowledged_revision: report.store === store ? datapath.acknowledged_revision : 0,
      refused: refusedBy(datapath),
      last_error: datapath.last_error,
    }))
    .filter(({ acknowledged_revision, refused }) => acknowledged_revision < revision || refused > 0)

const isBehind = (report: ControllerReport, store: string, revision: number): boolean =>
  report.store !== store || report.revision < revision

const nameOf = ({ uuid, dpid }: PendingDatapath): string => uuid ?? dpid

const refusalOf = (datapath: PendingDatapath): string => {
  const { refused, last_error } = datapath
  return `${nameOf(datapath)}: ${refused} flows or groups refused: ${last_error ?? 'the log of the controller says why'}`
}

const pendingReason = (pending: readonly PendingDatapath[], revision: number): string => {
  const late = pending.filter(({ acknowledged_revision }) => acknowledged_revision < revision)
  const refusing = pending.filter(({ refused }) => refused > 0)
  return [
    ...(late.length === 0 ? [] : [`not acknowledged by ${late.map(nameOf).join(', ')}`]),
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
  const pending = reports.flatMap((report) => pendingOf(report, store, revision))
  const behind = reports.filter((report) => isBehind(report, store, revision))
  const reason = reasonOf(behind, pending, revision)
  return { applied: reason === null, revision, pending, reason }
}
