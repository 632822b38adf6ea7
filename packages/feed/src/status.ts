/** What a controller says of its switches: the API answers `wait` and `/status` from it. */

/**
 * What a controller is at a switch: `primary` acts, `secondary` stands by and changes nothing; `equal` acts at a switch
 * that knows no roles. OpenFlow 1.3.5 §6.3.6.
 */
export type DatapathRole = 'primary' | 'secondary' | 'equal'

/** One bridge as one controller sees it. */
export interface DatapathStatus {
  /** Datapath id as `0x` and 16 digits. */
  readonly dpid: string
  /** uuid of its row, or `null` while it has none. */
  readonly uuid: string | null
  readonly connected: boolean
  /** Address of the switch's end of the connection. */
  readonly peer: string | null
  /** `null` while it is not known: not connected, not decided yet, or the switch does not answer. */
  readonly role: DatapathRole | null
  /** Highest revision whose flows the switch has acknowledged; 0 before the first. */
  readonly acknowledged_revision: number
  /** Number of flows and groups that we want there. */
  readonly flows: number
  readonly groups: number
  /** Flow-mods and group-mods sent since the controller started. */
  readonly flow_mods_sent: number
  readonly group_mods_sent: number
  readonly packet_ins: number
  /** Flows and groups that the switch refused and that are left out until they change. */
  readonly refused: number
  readonly last_error: string | null
  /** What a user should know, e.g. fail-mode standalone. */
  readonly warnings: readonly string[]
  /** Time of connection or disconnection, ISO 8601. */
  readonly since: string
}

/** Published by a controller at every change and every few seconds. */
export interface ControllerReport {
  /** Random identity of the controller process. */
  readonly controller: string
  /** Identity of the store that its replica follows; empty before it has one. */
  readonly store: string
  /** Revision of its replica. */
  readonly revision: number
  readonly datapaths: readonly DatapathStatus[]
  /** The last report of a controller that stops. */
  readonly leaving?: true
}
