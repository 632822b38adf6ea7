/** Ethernet II frames, without preamble and FCS. IEEE 802.3 §3. */
import { concat, readU16, readU48, writeU16, writeU48 } from './octets.ts'

export const ETH_TYPE = {
  ipv4: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  ipv6: 0x86dd,
  service_vlan: 0x88a8,
} as const
export const BROADCAST_MAC = 0xffff_ffff_ffff
export const ETHERNET_HEADER = 14

export interface Ethernet {
  readonly dst: number
  readonly src: number
  /** EtherType; values below 0x600 are lengths of IEEE 802.3 frames. */
  readonly eth_type: number
  /** A view into the frame. */
  readonly payload: Uint8Array
}

/** `undefined` when the frame is too short for its header. */
export const parseEthernet = (frame: Uint8Array): Ethernet | undefined => {
  if (frame.length < ETHERNET_HEADER) return undefined
  return {
    dst: readU48(frame, 0),
    src: readU48(frame, 6),
    eth_type: readU16(frame, 12),
    payload: frame.subarray(ETHERNET_HEADER),
  }
}

/** Frames are not padded to 60 octets: virtual wires do not ask for it. */
export const buildEthernet = ({ dst, src, eth_type, payload }: Ethernet): Uint8Array => {
  const header = new Uint8Array(ETHERNET_HEADER)
  writeU48(header, 0, dst)
  writeU48(header, 6, src)
  writeU16(header, 12, eth_type)
  return concat(header, payload)
}
