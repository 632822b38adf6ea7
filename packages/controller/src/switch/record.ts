/** What is known and counted of one switch, across its connections; `snapshot` makes a status of it. */
import type { DatapathRole, DatapathStatus } from '@openvnet/feed'

/** A status without the row, which the sessions do not know. */
export type SwitchStatus = Omit<DatapathStatus, 'uuid'>

export interface SwitchRecord {
  readonly dpid: string
  connected: boolean
  peer: string | null
  role: DatapathRole | null
  /** Of the last change that concerned it. */
  acknowledged_revision: number
  /** Nothing has concerned it since. */
  current: boolean
  flow_mods_sent: number
  group_mods_sent: number
  meter_mods_sent: number
  packet_ins: number
  /** Packets sent back; those that were not, since the switch takes no more. */
  packet_outs: number
  packet_outs_dropped: number
  /** What became of packets for programs, by kind. */
  readonly punts: Map<string, Map<string, number>>
  /** OFPT_ERROR messages. */
  errors: number
  /** Flows, groups and meters that are left out. */
  refused: number
  /** What is wrong since the switch had all that it should; `null` once it has. */
  last_error: string | null
  warnings: readonly string[]
  since: Date
}

export const createRecord = (dpid: string): SwitchRecord => ({
  dpid,
  connected: false,
  peer: null,
  role: null,
  acknowledged_revision: 0,
  current: false,
  flow_mods_sent: 0,
  group_mods_sent: 0,
  meter_mods_sent: 0,
  packet_ins: 0,
  packet_outs: 0,
  packet_outs_dropped: 0,
  punts: new Map(),
  errors: 0,
  refused: 0,
  last_error: null,
  warnings: [],
  since: new Date(),
})

export interface WantedCounts {
  readonly flows: number
  readonly groups: number
  readonly meters: number
}

export const statusOf = ({ since, punts, ...record }: SwitchRecord, wanted: WantedCounts): SwitchStatus => ({
  ...record,
  ...wanted,
  punts: Object.fromEntries([...punts].map(([kind, outcomes]) => [kind, Object.fromEntries(outcomes)])),
  since: since.toISOString(),
})
