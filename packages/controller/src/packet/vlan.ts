/** The tag of IEEE 802.1Q §9: what follows a tag protocol identifier (0x8100 or 0x88a8) in an Ethernet frame. */
import { concat, readU16, writeU16 } from './octets.ts'

export const VLAN_TAG = 4

export interface Vlan {
  /** Priority, 0 to 7. */
  readonly pcp: number
  /** Drop eligible indicator, 0 or 1. */
  readonly dei: number
  /** VLAN identifier, 0 to 4095. */
  readonly vid: number
  /** EtherType of the payload. */
  readonly eth_type: number
  readonly payload: Uint8Array
}

/** @param bytes the payload of an Ethernet frame with a tag protocol identifier as its type */
export const parseVlan = (bytes: Uint8Array): Vlan | undefined => {
  if (bytes.length < VLAN_TAG) return undefined
  const tci = readU16(bytes, 0)
  return {
    pcp: tci >>> 13,
    dei: (tci >>> 12) & 1,
    vid: tci & 0xfff,
    eth_type: readU16(bytes, 2),
    payload: bytes.subarray(VLAN_TAG),
  }
}

export const buildVlan = ({ pcp, dei, vid, eth_type, payload }: Vlan): Uint8Array => {
  const tag = new Uint8Array(VLAN_TAG)
  writeU16(tag, 0, (pcp << 13) | (dei << 12) | vid)
  writeU16(tag, 2, eth_type)
  return concat(tag, payload)
}
