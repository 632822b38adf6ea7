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
export const ONFT = {
  FLOW_MONITOR_CANCEL: 1870,
  FLOW_MONITOR_PAUSED: 1871,
  FLOW_MONITOR_RESUMED: 1872,
  ROLE_STATUS: 1911,
  BUNDLE_CONTROL: 2300,
  BUNDLE_ADD_MESSAGE: 2301,
  REQUESTFORWARD: 2350,
} as const

/** Experimenter multipart types of ONF. */
export const ONFMP = { FLOW_MONITOR: 1870 } as const

/** Experimenter message types of Nicira. */
export const NXT = {
  ROLE_REQUEST: 10,
  ROLE_REPLY: 11,
  FLOW_MOD_TABLE_ID: 15,
  SET_PACKET_IN_FORMAT: 16,
  PACKET_IN: 17,
  FLOW_AGE: 18,
  SET_ASYNC_CONFIG: 19,
  SET_CONTROLLER_ID: 20,
  TLV_TABLE_MOD: 24,
  TLV_TABLE_REQUEST: 25,
  TLV_TABLE_REPLY: 26,
  SET_ASYNC_CONFIG2: 27,
  RESUME: 28,
  CT_FLUSH_ZONE: 29,
  PACKET_IN2: 30,
  CT_FLUSH: 32,
} as const

/** Formats of packet-ins (NXT_SET_PACKET_IN_FORMAT). */
export const NXPIF = { STANDARD: 0, NXT_PACKET_IN: 1, NXT_PACKET_IN2: 2 } as const

/** Properties of NXT_PACKET_IN2 and NXT_RESUME. */
export const NXPINT = {
  PACKET: 0,
  FULL_LEN: 1,
  BUFFER_ID: 2,
  TABLE_ID: 3,
  COOKIE: 4,
  REASON: 5,
  METADATA: 6,
  USERDATA: 7,
  CONTINUATION: 8,
} as const

/** Properties of NXT_SET_ASYNC_CONFIG2: which messages, for a secondary or for another controller. */
export const OFPACPT = {
  PACKET_IN_SECONDARY: 0,
  PACKET_IN_PRIMARY: 1,
  PORT_STATUS_SECONDARY: 2,
  PORT_STATUS_PRIMARY: 3,
  FLOW_REMOVED_SECONDARY: 4,
  FLOW_REMOVED_PRIMARY: 5,
  ROLE_STATUS_SECONDARY: 6,
  ROLE_STATUS_PRIMARY: 7,
  TABLE_STATUS_SECONDARY: 8,
  TABLE_STATUS_PRIMARY: 9,
  REQUESTFORWARD_SECONDARY: 10,
  REQUESTFORWARD_PRIMARY: 11,
} as const

/** Commands of NXT_TLV_TABLE_MOD. */
export const NXTTMC = { ADD: 0, DELETE: 1, CLEAR: 2 } as const

/** Properties of NXT_CT_FLUSH. */
export const NXT_CT = {
  ORIG_TUPLE: 0,
  REPLY_TUPLE: 1,
  ZONE_ID: 2,
  MARK: 3,
  MARK_MASK: 4,
  LABELS: 5,
  LABELS_MASK: 6,
} as const

/** Properties of the tuples in NXT_CT_FLUSH. */
export const NXT_CT_TUPLE = {
  SRC: 0,
  DST: 1,
  SRC_PORT: 2,
  DST_PORT: 3,
  ICMP_ID: 4,
  ICMP_TYPE: 5,
  ICMP_CODE: 6,
} as const

/** Nicira action subtypes. */
export const NXAST = {
  RESUBMIT: 1,
  SET_TUNNEL: 2,
  POP_QUEUE: 5,
  REG_MOVE: 6,
  REG_LOAD: 7,
  NOTE: 8,
  SET_TUNNEL64: 9,
  MULTIPATH: 10,
  BUNDLE: 12,
  BUNDLE_LOAD: 13,
  RESUBMIT_TABLE: 14,
  OUTPUT_REG: 15,
  LEARN: 16,
  EXIT: 17,
  FIN_TIMEOUT: 19,
  CONTROLLER: 20,
  DEC_TTL_CNT_IDS: 21,
  STACK_PUSH: 27,
  STACK_POP: 28,
  SAMPLE: 29,
  OUTPUT_REG2: 32,
  REG_LOAD2: 33,
  CONJUNCTION: 34,
  CT: 35,
  NAT: 36,
  CONTROLLER2: 37,
  SAMPLE2: 38,
  OUTPUT_TRUNC: 39,
  SAMPLE3: 41,
  CLONE: 42,
  CT_CLEAR: 43,
  RESUBMIT_TABLE_CT: 44,
  LEARN2: 45,
  ENCAP: 46,
  DECAP: 47,
  DEC_NSH_TTL: 48,
  CHECK_PKT_LARGER: 49,
  DELETE_FIELD: 50,
  SAMPLE4: 51,
} as const

/** Action subtypes of ONF. */
export const ONFACT = { COPY_FIELD: 3200 } as const

/** Hash fields of `multipath` and `bundle`. */
export const NX_HASH_FIELDS = {
  ETH_SRC: 0,
  SYMMETRIC_L4: 1,
  SYMMETRIC_L3L4: 2,
  SYMMETRIC_L3L4_UDP: 3,
  NW_SRC: 4,
  NW_DST: 5,
  SYMMETRIC_L3: 6,
} as const

/** Algorithms of `multipath`. */
export const NX_MP_ALG = { MODULO_N: 0, HASH_THRESHOLD: 1, HRW: 2, ITER_HASH: 3 } as const

/** Algorithms of `bundle`. */
export const NX_BD_ALG = { ACTIVE_BACKUP: 0, HRW: 1 } as const

/** Flags of `learn`. */
export const NX_LEARN_F = { SEND_FLOW_REM: 1, DELETE_LEARNED: 2, WRITE_RESULT: 4 } as const

/** Flags of `ct`. */
export const NX_CT_F = { COMMIT: 1, FORCE: 2 } as const

/** Flags of `nat`. */
export const NX_NAT_F = { SRC: 1, DST: 2, PERSISTENT: 4, PROTO_HASH: 8, PROTO_RANDOM: 16 } as const

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
