/** Packets to a service and back: the addresses of a question, turned around for its answer; IPv4 and IPv6 alike. */
import type { PuntedPacket } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import {
  buildEthernet,
  buildIpv4,
  buildIpv6,
  ETH_TYPE,
  type Ethernet,
  type Ipv4Ends,
  type Ipv6Ends,
  parseEthernet,
  parseIpv4,
  parseIpv6,
  walkIpv6,
} from '../../packet/index.ts'
import type { PacketToSend } from '../../pipeline/packets.ts'
import { entryOfAnswer } from '../punt/queries.ts'

/** Holds no part of the frame but `payload`. */
export interface Exchange {
  /** Id of the network in which the question met the router: that of the asker, or one on the way. */
  readonly network: number
  /** Where answers enter the pipeline. */
  readonly back: Pick<PacketToSend, 'at' | 'slices'>
  /** Id of the interface that asks. */
  readonly guest: number
  readonly eth_src: number
  readonly eth_dst: number
  readonly ends: Ipv4Ends | Ipv6Ends
  readonly protocol: number
  /** The segment or datagram: a view into the frame. */
  readonly payload: Uint8Array
}

const HOP_LIMIT = 64

type Content = Pick<Exchange, 'ends' | 'protocol' | 'payload'>

const readIpv4 = (bytes: Uint8Array): Content | string => {
  const packet = parseIpv4(bytes)
  if (packet === undefined) return 'malformed IPv4'
  if (packet.more_fragments || packet.fragment_offset > 0) return 'a fragment'
  const { src, dst, protocol, payload } = packet
  return { ends: { src, dst }, protocol, payload }
}

const readIpv6 = (bytes: Uint8Array): Content | string => {
  const packet = parseIpv6(bytes)
  const chain = packet && walkIpv6(packet)
  if (packet === undefined || chain === undefined) return 'malformed IPv6'
  if (chain.fragment !== undefined) return 'a fragment'
  return { ends: { src: packet.src, dst: packet.dst }, protocol: chain.protocol, payload: chain.payload }
}

const readContent = ({ eth_type, payload }: Ethernet): Content | string => {
  if (eth_type === ETH_TYPE.ipv4) return readIpv4(payload)
  return eth_type === ETH_TYPE.ipv6 ? readIpv6(payload) : 'not IP'
}

/** Or why it is none. */
export const readExchange = (punted: PuntedPacket, view: View): Exchange | string => {
  const frame = parseEthernet(punted.frame)
  if (frame === undefined) return 'malformed Ethernet'
  const content = readContent(frame)
  if (typeof content === 'string') return content
  const back = entryOfAnswer(punted, frame.src, view)
  if (back === undefined) return 'the way back is not known'
  return {
    network: punted.ingress_domain,
    back,
    guest: punted.ingress_interface,
    eth_src: frame.src,
    eth_dst: frame.dst,
    ...content,
  }
}

/** The ends of what is sent back. */
export const turned = ({ ends }: Exchange): Ipv4Ends | Ipv6Ends =>
  ({ src: ends.dst, dst: ends.src }) as Ipv4Ends | Ipv6Ends

const packetOf = (ends: Ipv4Ends | Ipv6Ends, protocol: number, payload: Uint8Array) =>
  typeof ends.src === 'number'
    ? { eth_type: ETH_TYPE.ipv4, payload: buildIpv4({ ...(ends as Ipv4Ends), protocol, payload }) }
    : {
        eth_type: ETH_TYPE.ipv6,
        payload: buildIpv6({
          ...{ traffic_class: 0, flow_label: 0, hop_limit: HOP_LIMIT, next_header: protocol },
          ...(ends as Ipv6Ends),
          payload,
        }),
      }

/** @param payload a segment or datagram of the same protocol, with the checksum of `turned` */
export const sendBack = (exchange: Exchange, payload: Uint8Array): PacketToSend => ({
  frame: buildEthernet({
    src: exchange.eth_dst,
    dst: exchange.eth_src,
    ...packetOf(turned(exchange), exchange.protocol, payload),
  }),
  ...exchange.back,
})
