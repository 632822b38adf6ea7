export { Client, type ClientOptions, type ClientState } from './client.ts'
export type { TlsIdentity } from './dial.ts'
export {
  ConnectionClosed,
  EncodeError,
  OvsdbError,
  ProtocolError,
  RemoteSyntaxError,
  RequestRefused,
  RequestTimeout,
  TransactionFailed,
} from './errors.ts'
export {
  type AnyKind,
  type Atom,
  boolean,
  type GivenOf,
  integer,
  type Kind,
  kindOf,
  map,
  type NamedUuid,
  named,
  optional,
  real,
  set,
  string,
  uuid,
  type ValueOf,
} from './kinds.ts'
export type { Monitor, MonitorOptions } from './monitor.ts'
export {
  byUuid,
  type Comparison,
  comment,
  insert,
  type Mutations,
  type Mutator,
  mutate,
  type Operation,
  remove,
  select,
  type Table,
  table,
  update,
  type Where,
  wait,
} from './operations.ts'
export { formatRemote, parseRemote, type Remote } from './remote.ts'
export type { ChangeOf, Columns, GivenRow, Row, RowChange, Tables } from './row.ts'
export type { DatabaseSchema } from './schema.ts'
export type { RequestOptions } from './session.ts'
export type { ResultsOf } from './transaction.ts'
