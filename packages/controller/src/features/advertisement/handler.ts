/**
 * Answers router solicitations (RFC 4861 §6.2.6), each to its sender alone: also one that has no address yet, as a multicast
 * packet may be sent to one MAC address (RFC 6085). It remembers nothing.
 */
import type { PacketAnswer } from '../../engine/packet.ts'
import { packetHandler } from '../../engine/packet.ts'
import {
  ALL_NODES,
  ETH_TYPE,
  parseEthernet,
  parseIpv6,
  parseNd,
  UNSPECIFIED_IPV6,
} from '../../packet/index.ts'
import { advertisedIn } from './content.ts'
import { frameOf, mayMakeAddress, messageOf } from './message.ts'

const drop = (dropped: string): PacketAnswer => ({ dropped })

export const solicitationHandler = packetHandler({
  kind: 'router_solicitation',
  createState: () => undefined,
  handle: ({ frame, domain, dpid, ingress_interface }, { view }): PacketAnswer => {
    const ethernet = parseEthernet(frame)
    if (ethernet?.eth_type !== ETH_TYPE.ipv6) return drop('not IPv6')
    const packet = parseIpv6(ethernet.payload)
    if (packet === undefined) return drop('malformed IPv6')
    if (parseNd(packet)?.kind !== 'router_solicitation') return drop('malformed router solicitation')
    const all = advertisedIn(domain, view, dpid)
    if (all.length === 0) return drop('nothing is advertised there')
    const to = { mac: ethernet.src, address: packet.src === UNSPECIFIED_IPV6 ? ALL_NODES : packet.src }
    return {
      send: all.map((what) => {
        const message = messageOf(what, mayMakeAddress(ingress_interface, domain, what, view))
        return { frame: frameOf(what.mac, message, to), at: 'bridging', slices: { domain } }
      }),
    }
  },
})
