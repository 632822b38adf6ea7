/** OpenFlow 1.3 with Open vSwitch's extensions: codec, framing, connection, text. */

export { canonicalInstructions, canonicalMatch } from './canonical.ts'
export { canonicalActions } from './canonical-action.ts'
export { canonicalGroup, canonicalMeter } from './canonical-group.ts'
export { decodeActions, encodeActions } from './codec/action.ts'
export { BUNDLE_ADD_OVERHEAD_BYTES } from './codec/bundle.ts'
export { decodeErrorData } from './codec/error-data.ts'
export { decode, decodeFrom, encode, encodeInto } from './codec/message.ts'
export { Connection, type RequestOptions } from './connection/connection.ts'
export {
  type Address,
  type ConnectOptions,
  connect,
  type Listener,
  type ListenOptions,
  listen,
} from './connection/endpoint.ts'
export {
  type CloseCode,
  type CloseReason,
  ConnectionClosed,
  OpenFlowError,
  RequestTimeout,
} from './connection/errors.ts'
export type { ConnectionCallbacks, ConnectionOptions, ConnectionSettings } from './connection/options.ts'
export type { Outgoing, ReplyTypes, Request } from './connection/request.ts'
export * from './constants.ts'
export { DecodeError, type DecodeErrorCode } from './decode-error.ts'
export { EncodeError } from './encode-error.ts'
export { errorName, NX_ERROR, OFPET, ONF_ERROR } from './error-names.ts'
export { fieldOf, type MatchedField, type ValueOf } from './field-of.ts'
export { type FieldSpelling, SPELLING } from './field-spelling.ts'
export * from './fields.ts'
export { ALL_FLOWS, flowMod } from './flow-mod.ts'
export { Framer, type FramerOptions } from './framer.ts'
export { missingPrerequisite } from './prerequisites.ts'
export { Reader } from './reader.ts'
export { formatActions, formatInstructions } from './text/action.ts'
export {
  formatIpv4,
  formatIpv6,
  formatMac,
  formatMaskedIpv4,
  formatMaskedIpv6,
  parseIpv4,
  parseIpv6,
  parseMac,
} from './text/address.ts'
export {
  type FlowText,
  type FlowTextOptions,
  formatFlow,
  formatFlowStats,
  formatGroup,
} from './text/flow.ts'
export { formatMatch } from './text/match.ts'
export { formatMessage } from './text/message.ts'
export { formatMeter } from './text/meter.ts'
export type { TextNames } from './text/names.ts'
export { parseActions } from './text/parse-action.ts'
export { FlowSyntaxError, type Word } from './text/parse-error.ts'
export { type ParsedFlow, parseFlow } from './text/parse-flow.ts'
export { parseGroup } from './text/parse-group.ts'
export { parseMatch } from './text/parse-match.ts'
export { parseMeter } from './text/parse-meter.ts'
export type { TextNumbers } from './text/parse-value.ts'
export * from './types/action.ts'
export * from './types/instruction.ts'
export * from './types/leftover-action.ts'
export * from './types/match.ts'
export * from './types/message.ts'
export * from './types/open-vswitch-action.ts'
export { validate } from './validate/message.ts'
export type { Violation, ViolationName } from './validate/violation.ts'
export { Writer } from './writer.ts'
