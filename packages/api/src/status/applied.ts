/**
 * Whether a revision is applied: at least one controller is alive; every one of them follows this store and its
 * replica is at the revision or above; and every datapath that is connected to one has acknowledged it.
 * A datapath that is not connected does not count: it gets the whole description when it connects.
 */
import type { ControllerReport } from '@openvnet/feed'

/** A connected datapath that has not acknowledged the revision. */
export interface PendingDatapath {
  readonly dpid: string
  readonly uuid: string | null
  readonly acknowledged_revision: number
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

const pendingOf = (report: ControllerReport, store: string, revision: number): PendingDatapath[] =>
  report.datapaths
    .filter(({ connected }) => connected)
    .map(({ dpid, uuid, acknowledged_revision, last_error }) => ({
      dpid,
      uuid,
      acknowledged_revision: report.store === store ? acknowledged_revision : 0,
      last_error,
    }))
    .filter(({ acknowledged_revision }) => acknowledged_revision < revision)

const isBehind = (report: ControllerReport, store: string, revision: number): boolean =>
  report.store !== store || report.revision < revision

const reasonOf = (
  behind: readonly ControllerReport[],
  pending: readonly PendingDatapath[],
): string | null => {
  if (pending.length > 0) {
    return `not acknowledged by ${pending.map(({ uuid, dpid }) => uuid ?? dpid).join(', ')}`
  }
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
  const reason = reasonOf(behind, pending)
  return { applied: reason === null, revision, pending, reason }
}
