/** What a frame says of who has an address: ARP (RFC 826), and neighbour advertisements with the checks of RFC 4861 §7.1.2. */
import type { IpAddress } from '@openvnet/schema'
import {
  ETH_TYPE,
  type Ethernet,
  parseArp,
  parseEthernet,
  parseIpv6,
  parseNd,
  parseVlan,
} from '../../packet/index.ts'
import { MULTICAST_BIT } from '../../pipeline/addresses.ts'

export interface Claim {
  readonly address: IpAddress
  /** `undefined`: the one that it has already. */
  readonly mac: number | undefined
  /** It answers a question of the leg. */
  readonly isAnswer: boolean
  /** It counts also where another MAC address is known. */
  readonly overrides: boolean
}

const isMulticast = (mac: number): boolean => Math.floor(mac / MULTICAST_BIT) % 2 === 1

/** Some host has such an address, and not all of them. */
export const isOfHost = (mac: number): boolean => mac !== 0 && !isMulticast(mac)

const claimOfArp = ({ dst, payload }: Ethernet): Claim | string => {
  const arp = parseArp(payload)
  if (arp === undefined) return 'malformed ARP'
  // A probe (RFC 5227 §2.1.1) claims nothing.
  if (arp.spa === 0) return 'says nothing of an address'
  const isAnswer = arp.op === 2 && !isMulticast(dst)
  return { address: { family: 4, value: BigInt(arp.spa) }, mac: arp.sha, isAnswer, overrides: true }
}

const claimOfAdvertisement = ({ payload }: Ethernet): Claim | string => {
  const packet = parseIpv6(payload)
  if (packet === undefined) return 'malformed IPv6'
  const message = parseNd(packet)
  if (message?.kind !== 'neighbour_advertisement') return 'malformed neighbour advertisement'
  const { target, solicited, override, options } = message
  const option = options.find(({ kind }) => kind === 'target_link_layer')
  return {
    address: { family: 6, value: target },
    mac: option?.kind === 'target_link_layer' ? option.mac : undefined,
    isAnswer: solicited,
    overrides: override,
  }
}

/** What is heard from a network may still have the tag by which it is known outside. */
const withoutTag = (frame: Ethernet): Ethernet | undefined => {
  if (frame.eth_type !== ETH_TYPE.vlan) return frame
  const tagged = parseVlan(frame.payload)
  return tagged && { ...frame, eth_type: tagged.eth_type, payload: tagged.payload }
}

/** A sentence where it says nothing, or is malformed. */
export const claimIn = (octets: Uint8Array): Claim | string => {
  const outer = parseEthernet(octets)
  const frame = outer && withoutTag(outer)
  if (frame === undefined) return 'malformed Ethernet'
  if (frame.eth_type === ETH_TYPE.arp) return claimOfArp(frame)
  return frame.eth_type === ETH_TYPE.ipv6 ? claimOfAdvertisement(frame) : 'says nothing of an address'
}
