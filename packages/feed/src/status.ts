/** What a controller says of its switches: the API answers `wait` and `/status` from it. */

/**
 * What a controller is at a switch: `primary` acts, `secondary` stands by and changes nothing; `equal` acts at a switch
 * that knows no roles. OpenFlow 1.3.5 §6.3.6.
 */
export type DatapathRole = 'primary' | 'secondary' | 'equal'

/** Somebody outside of the model whom routers have asked for, and who answered. */
export interface LearnedNeighbour {
  /** uuid. */
  readonly network: string
  readonly address: string
  readonly mac_address: string
}

/** One bridge as one controller sees it. */
export interface DatapathStatus {
  /** Datapath id as `0x` and 16 digits. */
  readonly dpid: string
  /** uuid of its row, or `null` while it has none. */
  readonly uuid: string | null
  /** Name of the bridge, where its database can be read; and that. */
  readonly bridge?: string
  readonly ovsdb?: string
  readonly connected: boolean
  /** It has no datapath row and waits for one; it is left as it is until then. */
  readonly pending?: true
  /** Address of the switch's end of the connection. */
  readonly peer: string | null
  /** `null` while it is not known: not connected, not decided yet, or the switch does not answer. */
  readonly role: DatapathRole | null
  /** Highest revision whose flows the switch has acknowledged; 0 before the first. See `current`. */
  readonly acknowledged_revision: number
  /**
   * It has all that the revision of the controller means to it, also when that goes up without a word about this
   * datapath: most changes concern few. `acknowledgedBy` counts it in.
   */
  readonly current?: boolean
  /** Number of flows and groups that we want there. */
  readonly flows: number
  readonly groups: number
  /** The same of meters; absent from a controller of an older version. */
  readonly meters?: number
  readonly meter_mods_sent?: number
  /** Flow-mods and group-mods sent since the controller started. */
  readonly flow_mods_sent: number
  readonly group_mods_sent: number
  readonly packet_ins: number
  /** Packets that programs of the controller sent back, and those that the switch had no room for. */
  readonly packet_outs?: number
  readonly packet_outs_dropped?: number
  /** What became of packets for programs: how many by kind and outcome. */
  readonly punts?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Whom routers know there outside of the model; absent: nobody. */
  readonly neighbours?: readonly LearnedNeighbour[]
  /** Errors (OFPT_ERROR) that the switch answered since the controller started; those that were expected too. */
  readonly errors?: number
  /** Flows, groups and meters that the switch refused and that are left out until they change. */
  readonly refused: number
  readonly last_error: string | null
  /** What a user should know, e.g. fail-mode standalone. */
  readonly warnings: readonly string[]
  /** Time of connection or disconnection, ISO 8601. */
  readonly since: string
}

/**
 * What is to be said of a bridge that has never connected.
 * @param since ISO 8601
 */
export const neverConnected = (dpid: string, since: string) =>
  ({
    dpid,
    connected: false,
    peer: null,
    role: null,
    acknowledged_revision: 0,
    flows: 0,
    groups: 0,
    flow_mods_sent: 0,
    group_mods_sent: 0,
    packet_ins: 0,
    refused: 0,
    last_error: null,
    warnings: [],
    since,
  }) satisfies Omit<DatapathStatus, 'uuid'>

/** A database of Open vSwitch as one controller sees it. */
export interface OvsdbStatus {
  /** As `unix:FILE`, `tcp:HOST:PORT`, `ssl:HOST:PORT`. */
  readonly remote: string
  /** Whether what it says is known; else what it said last holds. */
  readonly connected: boolean
  /** Bridges in it. */
  readonly bridges: number
  /** Why it is not connected. */
  readonly last_error: string | null
  /** Time of connection or disconnection, ISO 8601. */
  readonly since: string
}

/** Published by a controller when it is asked, and when it starts over. */
export interface ControllerReport {
  /** Random identity of the controller process. */
  readonly controller: string
  /** Identity of the store that its replica follows; empty before it has one. */
  readonly store: string
  /** Revision of its replica. */
  readonly revision: number
  readonly datapaths: readonly DatapathStatus[]
  /** Databases of Open vSwitch that it reads; absent from a controller of an older version. */
  readonly ovsdb?: readonly OvsdbStatus[]
  /** Goes up by one with each `ReportChange`. */
  readonly sequence?: number
  /** The last report of a controller that stops. */
  readonly leaving?: true
}

/**
 * Published by a controller at every change, and every two seconds as a sign of life: what is different from its last
 * report or report change, and some others in turn.
 */
export interface ReportChange {
  readonly controller: string
  readonly store: string
  readonly revision: number
  /** Those that are different, and in a sign of life a few that need not be: no counter stays old for long. */
  readonly datapaths: readonly DatapathStatus[]
  /** One more than that of what it changes. */
  readonly sequence: number
}

/** The revision that a datapath has acknowledged, as a report says. */
export const acknowledgedBy = (
  { revision }: Pick<ControllerReport, 'revision'>,
  { acknowledged_revision, current }: Pick<DatapathStatus, 'acknowledged_revision' | 'current'>,
): number => (current === true ? Math.max(revision, acknowledged_revision) : acknowledged_revision)
