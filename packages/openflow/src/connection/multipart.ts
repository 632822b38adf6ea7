/** Puts the parts of a multipart reply together: OpenFlow 1.3.5 §7.3.5. */
import type { MultipartReply, MultipartReplyBody } from '../types/message.ts'

type Body<T extends MultipartReplyBody['type']> = Extract<MultipartReplyBody, { readonly type: T }>

/** One reply with the entries of all parts, which must be of one type. `parts` is not empty. */
export function mergeParts(first: MultipartReply, parts: readonly MultipartReply[]): MultipartReply {
  if (parts.length === 1) return first
  const bodies = parts.map((part) => part.body)
  return { type: 'multipart_reply', xid: first.xid, flags: 0, body: mergeBodies(first.body, bodies) }
}

function mergeBodies(first: MultipartReplyBody, bodies: readonly MultipartReplyBody[]): MultipartReplyBody {
  // `bodies` are all of `first`'s type: the caller has seen to it.
  switch (first.type) {
    case 'flow':
      return { type: 'flow', flows: (bodies as Body<'flow'>[]).flatMap((body) => body.flows) }
    case 'table':
      return { type: 'table', tables: (bodies as Body<'table'>[]).flatMap((body) => body.tables) }
    case 'group_desc':
      return { type: 'group_desc', groups: (bodies as Body<'group_desc'>[]).flatMap((body) => body.groups) }
    case 'port_stats':
      return { type: 'port_stats', ports: (bodies as Body<'port_stats'>[]).flatMap((body) => body.ports) }
    case 'port_desc':
      return { type: 'port_desc', ports: (bodies as Body<'port_desc'>[]).flatMap((body) => body.ports) }
    case 'unknown':
      return { ...first, data: Buffer.concat((bodies as Body<'unknown'>[]).map((body) => body.data)) }
    case 'desc':
    case 'aggregate':
      return first
  }
}
