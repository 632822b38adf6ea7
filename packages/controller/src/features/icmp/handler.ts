/**
 * Answers for routers: time exceeded (RFC 1812 §5.3.1), destination unreachable (§5.2.7.1), and for their own addresses
 * what a host says of what it does not offer (RFC 1122 §3.2.2.1): protocol and port unreachable, TCP reset. Over IPv6 the
 * same by RFC 4443 §3. What is never answered is in `packet/ip_error_refusal.ts`. It remembers nothing.
 */
import type { IpAddress } from '@openvnet/schema'
import type { HandlerContext, PacketAnswer, PuntedPacket } from '../../engine/packet.ts'
import { packetHandler } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import {
  buildEthernet,
  type Ethernet,
  IP_PROTO,
  type IpError,
  linkLocalAddress,
  parseEthernet,
  parseUdp,
} from '../../packet/index.ts'
import { HANDOVER } from '../../pipeline/domain.ts'
import { guestMtu, handoverMtu } from '../presence/queries.ts'
import { broadcastsAround } from './broadcasts.ts'
import { isIcmp, type Offending, offendingIn } from './offending.ts'
import { buildReset } from './reset.ts'
import { type WayBack, wayBack } from './way_back.ts'

const drop = (dropped: string): PacketAnswer => ({ dropped })

/** How a packet is answered, once it is known where to. */
interface Asked {
  readonly frame: Ethernet
  readonly offending: Offending
  readonly way: WayBack
  readonly broadcasts: readonly number[]
}

const sendBack = ({ frame, way }: Asked, payload: Uint8Array | undefined): PacketAnswer => {
  if (payload === undefined) return drop('malformed packet')
  const { eth_src, eth_dst, at, slices } = way
  const { eth_type } = frame
  return { send: [{ frame: buildEthernet({ src: eth_src, dst: eth_dst, eth_type, payload }), at, slices }] }
}

const answerError = (asked: Asked, error: IpError, src = asked.way.address): PacketAnswer => {
  const { offending, broadcasts } = asked
  const refusal = offending.refusal(error.cause, broadcasts)
  if (refusal !== undefined) return drop(refusal)
  return src === undefined ? drop('the router has no address') : sendBack(asked, offending.error(error, src))
}

const answerTcp = (asked: Asked): PacketAnswer => {
  const { offending, broadcasts } = asked
  const refusal = offending.refusal('port_unreachable', broadcasts)
  if (refusal !== undefined) return drop(refusal)
  const reset = buildReset(offending)
  return reset instanceof Uint8Array ? sendBack(asked, reset) : drop(reset)
}

/** What is sent to an address of the router itself; the answer comes from that address. */
const refuseService = (asked: Asked): PacketAnswer => {
  const { offending } = asked
  const { protocol, payload, isFragment, ends, named_at, dst } = offending
  if (isIcmp(offending)) {
    return drop(
      offending.refusal('port_unreachable', asked.broadcasts) ??
        'an ICMP message that asks nothing of a router',
    )
  }
  if (protocol === IP_PROTO.tcp) return answerTcp(asked)
  if (offending.isEmpty) return drop('nothing for an upper layer')
  if (protocol !== IP_PROTO.udp) return answerError(asked, { cause: 'protocol_unreachable', named_at }, dst)
  if (!isFragment && parseUdp(payload, ends) === undefined) return drop('malformed UDP')
  return answerError(asked, { cause: 'port_unreachable' }, dst)
}

/**
 * What may be fragmented is, and goes on as the packet would have: at the next router, if that is one of ours, as what
 * its sender sent, so that it may be fragmented again, and errors be told.
 */
const answerTooBig = (
  { domain, ingress_interface }: PuntedPacket,
  asked: Asked,
  view: View,
): PacketAnswer => {
  const { frame, offending } = asked
  const mtu = domain === HANDOVER ? view.query(handoverMtu, 0) : view.query(guestMtu, domain)
  const fragments = offending.fragments(mtu)
  if (fragments === undefined) return answerError(asked, { cause: 'too_big', mtu })
  const { src, dst, eth_type } = frame
  return {
    send: fragments.map((payload) => ({
      frame: buildEthernet({ src, dst, eth_type, payload }),
      at: 'next_router',
      slices: { domain, ingress_interface, again: 1 },
    })),
  }
}

/** A sender that is known by such an address hears from one (RFC 6724 §5, rule 2). @param mac of the leg */
const linkLocalOf = (mac: number): IpAddress => ({ family: 6, value: linkLocalAddress(mac) })

const answer = (punted: PuntedPacket, asked: Asked, view: View): PacketAnswer => {
  switch (punted.reason) {
    case 'no_service':
      return refuseService(asked)
    case 'too_big':
      return answerTooBig(punted, asked, view)
    case 'hop_limit':
    case 'no_route':
    case 'address_unreachable':
    case 'prohibited':
      return answerError(asked, { cause: punted.reason })
    case 'beyond_scope':
      return answerError(asked, { cause: 'beyond_scope' }, linkLocalOf(asked.frame.dst))
    default:
      return drop('no reason')
  }
}

const handle = (punted: PuntedPacket, { view }: HandlerContext<undefined>): PacketAnswer => {
  const frame = parseEthernet(punted.frame)
  if (frame === undefined) return drop('malformed Ethernet')
  const offending = offendingIn(frame)
  if (typeof offending === 'string') return drop(offending)
  const way = wayBack(punted, frame, offending.src, view)
  if (way === undefined) return drop('the way back is not known')
  const broadcasts = broadcastsAround(punted, offending.dst, view)
  return answer(punted, { frame, offending, way, broadcasts }, view)
}

export const icmpErrorHandler = packetHandler({ kind: 'icmp_error', createState: () => undefined, handle })
