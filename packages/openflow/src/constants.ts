/**
 * Numbers of OpenFlow 1.3.5 and of Open vSwitch's extensions, by the specification's names without their prefix:
 * OFPT_FLOW_MOD is `OFPT.FLOW_MOD`. Sources: OpenFlow 1.3.5 §7, `include/openflow/*.h` of Open vSwitch.
 */

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

/** Experimenters. */
export const EXPERIMENTER = { NICIRA: 0x00002320, ONF: 0x4f4e4600 } as const

/** Experimenter message types of ONF. */
export const ONFT = { BUNDLE_CONTROL: 2300, BUNDLE_ADD_MESSAGE: 2301 } as const

/** Nicira action subtypes. */
export const NXAST = { REG_MOVE: 6, REG_LOAD: 7, RESUBMIT_TABLE: 14, STACK_PUSH: 27, STACK_POP: 28 } as const

/** Action types. */
export const OFPAT = {
  OUTPUT: 0,
  PUSH_VLAN: 17,
  POP_VLAN: 18,
  SET_QUEUE: 21,
  GROUP: 22,
  SET_NW_TTL: 23,
  DEC_NW_TTL: 24,
  SET_FIELD: 25,
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
} as const
