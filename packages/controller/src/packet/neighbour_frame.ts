/** ARP packets and messages of neighbour discovery in Ethernet frames: what they say is said by the sender of the frame. */
import { type Arp, buildArp } from './arp.ts'
import { buildEthernet, ETH_TYPE } from './ethernet.ts'
import { multicastMacIpv6 } from './ipv6_address.ts'
import { buildNd, type NdMessage } from './nd/index.ts'

/** @param dst MAC address */
export const buildArpFrame = (arp: Arp, dst: number): Uint8Array =>
  buildEthernet({ src: arp.sha, dst, eth_type: ETH_TYPE.arp, payload: buildArp(arp) })

/** MAC and IPv6 address. */
export interface NdEnd {
  readonly mac: number
  readonly address: bigint
}

/** All who listen to a multicast address (RFC 2464 §7). */
export const groupEnd = (address: bigint): NdEnd => ({ mac: multicastMacIpv6(address), address })

export const buildNdFrame = (message: NdMessage, from: NdEnd, to: NdEnd): Uint8Array =>
  buildEthernet({
    ...{ src: from.mac, dst: to.mac, eth_type: ETH_TYPE.ipv6 },
    payload: buildNd(message, { src: from.address, dst: to.address }),
  })
