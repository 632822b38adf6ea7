/**
 * Answers for routers: time exceeded (RFC 1812 §5.3.1), destination unreachable (§5.2.7.1), and for their own addresses
 * what a host says of what it does not offer (RFC 1122 §3.2.2.1): protocol and port unreachable, TCP reset.
 * What is never answered is in `packet/ip_error_refusal.ts`. It remembers nothing.
 */
import type { HandlerContext, PacketAnswer, PuntedPacket } from '../../engine/packet.ts'
import { packetHandler } from '../../engine/packet.ts'
import {
  buildEthernet,
  buildIpv4Error,
  ETH_TYPE,
  type Ethernet,
  IP_PROTO,
  type IpError,
  type Ipv4,
  ipv4ErrorRefusal,
  parseEthernet,
  parseIpv4,
  parseUdp,
} from '../../packet/index.ts'
import { buildReset } from './reset.ts'
import { broadcastOf, type WayBack, wayBack } from './way_back.ts'

const drop = (dropped: string): PacketAnswer => ({ dropped })

const sendBack = ({ eth_src, eth_dst, at, slices }: WayBack, payload: Uint8Array): PacketAnswer => ({
  send: [
    { frame: buildEthernet({ src: eth_src, dst: eth_dst, eth_type: ETH_TYPE.ipv4, payload }), at, slices },
  ],
})

const answerError = (error: IpError, offending: Uint8Array, src: number, way: WayBack): PacketAnswer => {
  const packet = buildIpv4Error(error, offending, src)
  return packet === undefined ? drop('malformed IPv4') : sendBack(way, packet)
}

/** What is sent to an address of the router itself; the answer comes from that address. */
const refuseService = (packet: Ipv4, offending: Uint8Array, way: WayBack): PacketAnswer => {
  switch (packet.protocol) {
    case IP_PROTO.icmp:
      return drop('an ICMP message that asks nothing of a router')
    case IP_PROTO.tcp: {
      const reset = buildReset(packet)
      return reset instanceof Uint8Array ? sendBack(way, reset) : drop(reset)
    }
    case IP_PROTO.udp:
      if (!packet.more_fragments && parseUdp(packet.payload, packet) === undefined)
        return drop('malformed UDP')
      return answerError({ cause: 'port_unreachable' }, offending, packet.dst, way)
    default:
      return answerError({ cause: 'protocol_unreachable', named_at: 0 }, offending, packet.dst, way)
  }
}

const answerIpv4 = (
  punted: PuntedPacket,
  frame: Ethernet,
  packet: Ipv4,
  { view }: HandlerContext<undefined>,
): PacketAnswer => {
  const way = wayBack(punted, frame, view)
  if (way === undefined) return drop('the way back is not known')
  const broadcasts = [way.network, punted.domain].flatMap((network) => broadcastOf(network, view) ?? [])
  const refusal = ipv4ErrorRefusal(packet, { eth_dst: frame.dst, broadcasts })
  if (refusal !== undefined) return drop(refusal)
  switch (punted.reason) {
    case 'no_service':
      return refuseService(packet, frame.payload, way)
    case 'hop_limit':
    case 'no_route':
    case 'address_unreachable':
    case 'prohibited':
      return answerError({ cause: punted.reason }, frame.payload, way.address, way)
    default:
      return drop('no reason')
  }
}

export const icmpErrorHandler = packetHandler({
  kind: 'icmp_error',
  createState: () => undefined,
  handle: (punted, context): PacketAnswer => {
    const frame = parseEthernet(punted.frame)
    if (frame === undefined) return drop('malformed Ethernet')
    if (frame.eth_type !== ETH_TYPE.ipv4) return drop('not IPv4')
    const packet = parseIpv4(frame.payload)
    return packet === undefined ? drop('malformed IPv4') : answerIpv4(punted, frame, packet, context)
  },
})
