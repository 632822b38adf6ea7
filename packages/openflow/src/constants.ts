/**
 * Numbers of OpenFlow 1.3.5 and of Open vSwitch's extensions, by the specification's names without their prefix:
 * OFPT_FLOW_MOD is `OFPT.FLOW_MOD`. Sources: OpenFlow 1.3.5 §7, `include/openflow/*.h` of Open vSwitch.
 */

export * from './constants-experimenter.ts'

/** The version byte of OpenFlow 1.3. */
export const OFP_VERSION = 4
/** Bytes of the header that every message begins with; also the least length of a message. */
export const OFP_HEADER_BYTES = 8
/** The greatest length of a message. */
export const OFP_MAX_MESSAGE_BYTES = 65535
/** A buffer_id that means: no buffer, the data is here. Open vSwitch knows no other. */
export const OFP_NO_BUFFER = 0xffffffff
/** The priority that a flow gets when none is said; `ovs-ofctl` does not print it. */
export const OFP_DEFAULT_PRIORITY = 32768
/** `max_len` of an output to the controller: the whole packet. */
export const OFPCML_NO_BUFFER = 0xffff
/** Bit of vlan_vid that says that there is a tag. */
export const OFPVID_PRESENT = 0x1000
/** Bit of multipart `flags`: more messages with this xid follow. */
export const OFPMPF_MORE = 1

/** Message types. */
export const OFPT = {
  HELLO: 0,
  ERROR: 1,
  ECHO_REQUEST: 2,
  ECHO_REPLY: 3,
  EXPERIMENTER: 4,
  FEATURES_REQUEST: 5,
  FEATURES_REPLY: 6,
  GET_CONFIG_REQUEST: 7,
  GET_CONFIG_REPLY: 8,
  SET_CONFIG: 9,
  PACKET_IN: 10,
  FLOW_REMOVED: 11,
  PORT_STATUS: 12,
  PACKET_OUT: 13,
  FLOW_MOD: 14,
  GROUP_MOD: 15,
  PORT_MOD: 16,
  TABLE_MOD: 17,
  MULTIPART_REQUEST: 18,
  MULTIPART_REPLY: 19,
  BARRIER_REQUEST: 20,
  BARRIER_REPLY: 21,
  QUEUE_GET_CONFIG_REQUEST: 22,
  QUEUE_GET_CONFIG_REPLY: 23,
  ROLE_REQUEST: 24,
  ROLE_REPLY: 25,
  GET_ASYNC_REQUEST: 26,
  GET_ASYNC_REPLY: 27,
  SET_ASYNC: 28,
  METER_MOD: 29,
} as const

/** Multipart types. */
export const OFPMP = {
  DESC: 0,
  FLOW: 1,
  AGGREGATE: 2,
  TABLE: 3,
  PORT_STATS: 4,
  QUEUE: 5,
  GROUP: 6,
  GROUP_DESC: 7,
  GROUP_FEATURES: 8,
  METER: 9,
  METER_CONFIG: 10,
  METER_FEATURES: 11,
  TABLE_FEATURES: 12,
  PORT_DESC: 13,
  EXPERIMENTER: 0xffff,
} as const

/** Reserved ports. */
export const OFPP = {
  /** The greatest number of a real port is below this. */
  MAX: 0xffffff00,
  /** Open vSwitch's: no output is in the action set yet. */
  UNSET: 0xfffffff7,
  IN_PORT: 0xfffffff8,
  TABLE: 0xfffffff9,
  NORMAL: 0xfffffffa,
  FLOOD: 0xfffffffb,
  ALL: 0xfffffffc,
  CONTROLLER: 0xfffffffd,
  LOCAL: 0xfffffffe,
  ANY: 0xffffffff,
} as const

/** IN_PORT in the 16-bit form of Nicira actions: `resubmit_table` with it keeps the packet's own. */
export const NX_IN_PORT = 0xfff8

/** Groups. */
export const OFPG = { MAX: 0xffffff00, ALL: 0xfffffffc, ANY: 0xffffffff } as const

/** Tables. */
export const OFPTT = { MAX: 0xfe, ALL: 0xff } as const

/** Flow-mod commands. */
export const OFPFC = { ADD: 0, MODIFY: 1, MODIFY_STRICT: 2, DELETE: 3, DELETE_STRICT: 4 } as const

/** Flow-mod flags. */
export const OFPFF = {
  SEND_FLOW_REM: 1,
  CHECK_OVERLAP: 2,
  RESET_COUNTS: 4,
  NO_PKT_COUNTS: 8,
  NO_BYT_COUNTS: 16,
} as const

/** Group-mod commands. ADD_OR_MOD is Open vSwitch's. */
export const OFPGC = { ADD: 0, MODIFY: 1, DELETE: 2, ADD_OR_MOD: 0x8000 } as const

/** Group types. */
export const OFPGT = { ALL: 0, SELECT: 1, INDIRECT: 2, FF: 3 } as const

/** Packet-in reasons. */
export const OFPR = { NO_MATCH: 0, ACTION: 1, INVALID_TTL: 2 } as const

/** Flow-removed reasons. */
export const OFPRR = { IDLE_TIMEOUT: 0, HARD_TIMEOUT: 1, DELETE: 2, GROUP_DELETE: 3 } as const

/** Port-status reasons. */
export const OFPPR = { ADD: 0, DELETE: 1, MODIFY: 2 } as const

/** Port configuration bits. */
export const OFPPC = { PORT_DOWN: 1, NO_RECV: 4, NO_FWD: 0x20, NO_PACKET_IN: 0x40 } as const

/** Port state bits. */
export const OFPPS = { LINK_DOWN: 1, BLOCKED: 2, LIVE: 4 } as const

/** Capabilities of a switch. */
export const OFPC = {
  FLOW_STATS: 1,
  TABLE_STATS: 2,
  PORT_STATS: 4,
  GROUP_STATS: 8,
  IP_REASM: 0x20,
  QUEUE_STATS: 0x40,
  PORT_BLOCKED: 0x100,
} as const

/** Controller roles. */
export const OFPCR = { NOCHANGE: 0, EQUAL: 1, PRIMARY: 2, SECONDARY: 3 } as const

/** Bundle control types (ONF extension 230). */
export const OFPBCT = {
  OPEN_REQUEST: 0,
  OPEN_REPLY: 1,
  CLOSE_REQUEST: 2,
  CLOSE_REPLY: 3,
  COMMIT_REQUEST: 4,
  COMMIT_REPLY: 5,
  DISCARD_REQUEST: 6,
  DISCARD_REPLY: 7,
} as const

/** Bundle flags. */
export const OFPBF = { ATOMIC: 1, ORDERED: 2 } as const

/** Action types. */
export const OFPAT = {
  OUTPUT: 0,
  COPY_TTL_OUT: 11,
  COPY_TTL_IN: 12,
  SET_MPLS_TTL: 15,
  DEC_MPLS_TTL: 16,
  PUSH_VLAN: 17,
  POP_VLAN: 18,
  PUSH_MPLS: 19,
  POP_MPLS: 20,
  SET_QUEUE: 21,
  GROUP: 22,
  SET_NW_TTL: 23,
  DEC_NW_TTL: 24,
  SET_FIELD: 25,
  PUSH_PBB: 26,
  POP_PBB: 27,
  EXPERIMENTER: 0xffff,
} as const

/** Instruction types. */
export const OFPIT = {
  GOTO_TABLE: 1,
  WRITE_METADATA: 2,
  WRITE_ACTIONS: 3,
  APPLY_ACTIONS: 4,
  CLEAR_ACTIONS: 5,
  METER: 6,
  EXPERIMENTER: 0xffff,
} as const

/** Meters. */
export const OFPM = {
  MAX: 0xffff0000,
  SLOWPATH: 0xfffffffd,
  CONTROLLER: 0xfffffffe,
  ALL: 0xffffffff,
} as const

/** Meter-mod commands. */
export const OFPMC = { ADD: 0, MODIFY: 1, DELETE: 2 } as const

/** Meter flags. */
export const OFPMF = { KBPS: 1, PKTPS: 2, BURST: 4, STATS: 8 } as const

/** Types of meter bands. */
export const OFPMBT = { DROP: 1, DSCP_REMARK: 2, EXPERIMENTER: 0xffff } as const

/** All queues. */
export const OFPQ_ALL = 0xffffffff

/** Properties of queues. */
export const OFPQT = { MIN_RATE: 1, MAX_RATE: 2, EXPERIMENTER: 0xffff } as const

/** Capabilities of groups. */
export const OFPGFC = { SELECT_WEIGHT: 1, SELECT_LIVENESS: 2, CHAINING: 4, CHAINING_CHECKS: 8 } as const

/** Properties of table features. */
export const OFPTFPT = {
  INSTRUCTIONS: 0,
  INSTRUCTIONS_MISS: 1,
  NEXT_TABLES: 2,
  NEXT_TABLES_MISS: 3,
  WRITE_ACTIONS: 4,
  WRITE_ACTIONS_MISS: 5,
  APPLY_ACTIONS: 6,
  APPLY_ACTIONS_MISS: 7,
  MATCH: 8,
  WILDCARDS: 10,
  WRITE_SETFIELD: 12,
  WRITE_SETFIELD_MISS: 13,
  APPLY_SETFIELD: 14,
  APPLY_SETFIELD_MISS: 15,
  EXPERIMENTER: 0xfffe,
  EXPERIMENTER_MISS: 0xffff,
} as const

/** Flags of flow monitors. */
export const OFPFMF = {
  INITIAL: 1,
  ADD: 2,
  REMOVED: 4,
  MODIFY: 8,
  INSTRUCTIONS: 16,
  NO_ABBREV: 32,
  ONLY_OWN: 64,
} as const
