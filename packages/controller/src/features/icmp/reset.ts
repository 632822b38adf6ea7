/** The answer to TCP where nobody listens: RFC 9293 §3.5.2. */
import { buildIpv4, buildTcp, IP_PROTO, type Ipv4, parseTcp, TCP_FLAG, type Tcp } from '../../packet/index.ts'

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

/** The IPv4 packet to send back, or why there is none. */
export const buildReset = (packet: Ipv4): Uint8Array | string => {
  if (packet.more_fragments) return 'a fragment of a TCP segment'
  const segment = parseTcp(packet.payload, packet)
  if (segment === undefined) return 'malformed TCP'
  if ((segment.flags & TCP_FLAG.rst) !== 0) return 'a TCP reset'
  const ends = { src: packet.dst, dst: packet.src }
  return buildIpv4({ ...ends, protocol: IP_PROTO.tcp, payload: buildTcp(resetOf(segment), ends) })
}
