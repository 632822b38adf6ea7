/** Puts the parts of a multipart reply together: OpenFlow 1.3.5 §7.3.5. */
import type { MultipartReply, MultipartReplyBody } from '../types/message.ts'

type Type = MultipartReplyBody['type']
type Body<T extends Type> = Extract<MultipartReplyBody, { readonly type: T }>
type Merge<T extends Type> = (bodies: readonly Body<T>[], first: Body<T>) => Body<T>

/** One reply with the entries of all parts, which `isSameKind`. `parts` is not empty. */
export function mergeParts(first: MultipartReply, parts: readonly MultipartReply[]): MultipartReply {
  if (parts.length === 1) return first
  const merge = MERGE[first.body.type] as Merge<Type>
  const body = merge(
    parts.map((part) => part.body),
    first.body,
  )
  return { type: 'multipart_reply', xid: first.xid, flags: 0, body }
}

/** True if two parts may be of one reply. */
export function isSameKind(a: MultipartReplyBody, b: MultipartReplyBody): boolean {
  if (a.type === 'unknown' && b.type === 'unknown') return a.multipart_type === b.multipart_type
  if (a.type === 'experimenter' && b.type === 'experimenter') {
    return a.experimenter === b.experimenter && a.exp_type === b.exp_type
  }
  return a.type === b.type
}

const theFirst = <T>(_: readonly T[], first: T): T => first
const joined = (bodies: readonly { readonly data: Uint8Array }[]): Uint8Array =>
  Uint8Array.from(Buffer.concat(bodies.map((body) => body.data)))

/** Replies that have no entries are one message. */
const MERGE: { readonly [T in Type]: Merge<T> } = {
  desc: theFirst,
  flow: (bodies) => ({ type: 'flow', flows: bodies.flatMap((body) => body.flows) }),
  aggregate: theFirst,
  table: (bodies) => ({ type: 'table', tables: bodies.flatMap((body) => body.tables) }),
  port_stats: (bodies) => ({ type: 'port_stats', ports: bodies.flatMap((body) => body.ports) }),
  queue: (bodies) => ({ type: 'queue', queues: bodies.flatMap((body) => body.queues) }),
  group: (bodies) => ({ type: 'group', groups: bodies.flatMap((body) => body.groups) }),
  group_desc: (bodies) => ({ type: 'group_desc', groups: bodies.flatMap((body) => body.groups) }),
  group_features: theFirst,
  meter: (bodies) => ({ type: 'meter', meters: bodies.flatMap((body) => body.meters) }),
  meter_config: (bodies) => ({ type: 'meter_config', meters: bodies.flatMap((body) => body.meters) }),
  meter_features: theFirst,
  table_features: (bodies) => ({ type: 'table_features', tables: bodies.flatMap((body) => body.tables) }),
  port_desc: (bodies) => ({ type: 'port_desc', ports: bodies.flatMap((body) => body.ports) }),
  flow_monitor: (bodies) => ({ type: 'flow_monitor', updates: bodies.flatMap((body) => body.updates) }),
  experimenter: (bodies, first) => ({ ...first, data: joined(bodies) }),
  unknown: (bodies, first) => ({ ...first, data: joined(bodies) }),
}
