/**
 * Numbers of the experimenter messages, actions and properties: Open vSwitch (`include/openflow/nicira-ext.h`,
 * `lib/ofp-actions.c`) and the ONF extensions to OpenFlow 1.3.
 */

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
