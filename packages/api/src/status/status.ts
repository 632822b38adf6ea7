/**
 * `GET /status`: the store's revision, every controller that is alive, every datapath that one of them knows, and
 * the datapath rows that nobody knows, as disconnected.
 */
import {
  acknowledgedBy,
  type ControllerReport,
  type DatapathStatus,
  neverConnected,
  type OvsdbStatus,
} from '@openvnet/feed'
import type { Row } from '@openvnet/schema'
import { refusedBy } from './applied.ts'
import type { NotEnforced } from './not_enforced.ts'

export interface ControllerEntry {
  readonly controller: string
  /** Revision of its replica. */
  readonly revision: number
  /** Whether it follows this store. */
  readonly follows: boolean
  /** Number of datapaths that are connected to it. */
  readonly datapaths: number
  /** Databases of Open vSwitch that it reads. */
  readonly ovsdb: readonly OvsdbStatus[]
}

export interface DatapathEntry extends Omit<DatapathStatus, 'current'> {
  /** The controller that says so; `null` for a row that no controller has seen. */
  readonly controller: string | null
  /**
   * Whether it has everything up to the store's revision and refused nothing of it, as this controller knows: one that
   * stands by (role `secondary`) does not know.
   */
  readonly applied: boolean
}

/** A bridge that is connected and waits: POST /datapaths with its dpid approves it. */
export interface PendingEntry {
  readonly dpid: string
  /** Address of the switch's end of the connection. */
  readonly peer: string | null
  /** Since when it is connected, ISO 8601. */
  readonly since: string
  readonly controller: string
}

export interface Status {
  readonly store: string
  readonly revision: number
  readonly controllers: readonly ControllerEntry[]
  readonly datapaths: readonly DatapathEntry[]
  /** Bridges that wait to be approved (`vnetd --adopt approve`). */
  readonly pending: readonly PendingEntry[]
}

/** What `GET /status` answers. */
export interface FullStatus extends Status, NotEnforced {}

const absent = ({ dpid, uuid, updated_at }: Row<'datapath'> & { updated_at: string }): DatapathEntry => ({
  ...neverConnected(dpid, updated_at),
  ...{ controller: null, applied: false, uuid, errors: 0 },
})

const pendingOf = (reports: readonly ControllerReport[]): PendingEntry[] =>
  reports
    .flatMap(({ controller, datapaths }) =>
      datapaths
        .filter(({ connected, pending }) => connected && pending === true)
        .map(({ dpid, peer, since }) => ({ dpid, peer, since, controller })),
    )
    .sort((a, b) => a.dpid.localeCompare(b.dpid))

/** Whether ports are known by their iface-id: one that is away for a while has said which have which. */
export const readsDatabase = ({ controllers }: Status): boolean =>
  controllers.some(({ ovsdb }) => ovsdb.some(({ connected, bridges }) => connected || bridges > 0))

export interface StatusInput {
  readonly store: string
  readonly revision: number
  readonly reports: readonly ControllerReport[]
  readonly rows: readonly (Row<'datapath'> & { updated_at: string })[]
}

export const statusOf = ({ store, revision, reports, rows }: StatusInput): Status => {
  const uuids = new Map(rows.map(({ dpid, uuid }) => [dpid, uuid]))
  const seen = reports.flatMap((report) =>
    report.datapaths.map(({ current, ...datapath }) => {
      const acknowledged_revision = acknowledgedBy(report, { ...datapath, current: current === true })
      return {
        ...datapath,
        controller: report.controller,
        uuid: uuids.get(datapath.dpid) ?? datapath.uuid,
        acknowledged_revision,
        refused: refusedBy(datapath),
        applied:
          datapath.connected &&
          datapath.pending !== true &&
          report.store === store &&
          acknowledged_revision >= revision &&
          refusedBy(datapath) === 0,
      }
    }),
  )
  const known = new Set(seen.map(({ dpid }) => dpid))
  const unseen = rows.filter(({ dpid }) => !known.has(dpid)).map(absent)
  return {
    store,
    revision,
    controllers: reports.map((report) => ({
      controller: report.controller,
      revision: report.revision,
      follows: report.store === store,
      datapaths: report.datapaths.filter(({ connected }) => connected).length,
      ovsdb: report.ovsdb ?? [],
    })),
    pending: pendingOf(reports),
    datapaths: [...seen, ...unseen].sort((a, b) => a.dpid.localeCompare(b.dpid)),
  }
}
