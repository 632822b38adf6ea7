/** The answer to TCP where nobody listens: RFC 9293 §3.5.2. */
import { buildIp, buildTcp, IP_PROTO, parseTcp, TCP_FLAG, type Tcp, turnEnds } from '../../packet/index.ts'
import type { Offending } from './offending.ts'

/** Octets of the sequence space that a segment takes: SYN and FIN count as one each. */
const lengthOf = ({ flags, payload }: Tcp): number =>
  payload.length + (flags & TCP_FLAG.syn ? 1 : 0) + (flags & TCP_FLAG.fin ? 1 : 0)

const EMPTY = new Uint8Array(0)

const resetOf = (segment: Tcp): Tcp => {
  const acknowledges = (segment.flags & TCP_FLAG.ack) !== 0
  return {
    ...{ src: segment.dst, dst: segment.src, window: 0, urgent: 0, options: EMPTY, payload: EMPTY },
    sequence: acknowledges ? segment.acknowledgement : 0,
    acknowledgement: acknowledges ? 0 : (segment.sequence + lengthOf(segment)) >>> 0,
    flags: acknowledges ? TCP_FLAG.rst : TCP_FLAG.rst | TCP_FLAG.ack,
  }
}

/** The packet to send back, or why there is none. */
export const buildReset = (offending: Offending): Uint8Array | string => {
  if (offending.isFragment) return 'a fragment of a TCP segment'
  const segment = parseTcp(offending.payload, offending.ends)
  if (segment === undefined) return 'malformed TCP'
  if ((segment.flags & TCP_FLAG.rst) !== 0) return 'a TCP reset'
  const ends = turnEnds(offending.ends)
  return buildIp({ ends, protocol: IP_PROTO.tcp, payload: buildTcp(resetOf(segment), ends) })
}
