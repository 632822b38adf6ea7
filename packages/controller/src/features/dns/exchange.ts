/** Packets to a service and back: the addresses of a question, turned around for its answer; IPv4 and IPv6 alike. */
import type { PuntedPacket } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import { buildIpFrame, type IpPacket, parseEthernet, readIp, turnEnds } from '../../packet/index.ts'
import type { PacketToSend } from '../../pipeline/packets.ts'
import { entryOfAnswer } from '../punt/queries.ts'

/** Holds no part of the frame but `payload`. */
export interface Exchange extends IpPacket {
  /** Id of the network in which the question met the router: that of the asker, or one on the way. */
  readonly network: number
  /** Where answers enter the pipeline. */
  readonly back: Pick<PacketToSend, 'at' | 'slices'>
  /** Id of the interface that asks. */
  readonly guest: number
  readonly eth_src: number
  readonly eth_dst: number
}

/** Or why it is none. */
export const readExchange = (punted: PuntedPacket, view: View): Exchange | string => {
  const frame = parseEthernet(punted.frame)
  if (frame === undefined) return 'malformed Ethernet'
  const content = readIp(frame)
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

/** @param payload a segment or datagram of the same protocol, with the checksum of its ends turned around */
export const sendBack = (exchange: Exchange, payload: Uint8Array): PacketToSend => {
  const { eth_src, eth_dst, ends, protocol, back } = exchange
  const packet = { ends: turnEnds(ends), protocol, payload }
  return { frame: buildIpFrame({ src: eth_dst, dst: eth_src }, packet), ...back }
}
