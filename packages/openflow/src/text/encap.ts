/** `encap(nsh(md_type=2,tlv(0x1000,10,0x1234)))`, `decap(packet_type(ns=1,type=0x894f))`. `format_ENCAP` of Open vSwitch. */
import type { Decap, Encap, EncapProperty } from '../types/open-vswitch-action.ts'
import { bytesToHex, hex, paddedHex } from './number.ts'

/** The packet type that `decap` without an argument asks for. */
export const NEXT_PROTOCOL = 0x0000fffe

/** By packet type: name space, type. */
export const ENCAP_HEADERS: ReadonlyMap<number, string> = new Map([
  [0x00000000, 'ethernet'],
  [0x0001894f, 'nsh'],
  [0x00018847, 'mpls'],
  [0x00018848, 'mpls_mc'],
])

/** OFPPPC_NSH and its properties: the kind of metadata, and an option of its second kind. */
export const NSH_PROPERTY = { CLASS: 0x0004, MD_TYPE: 1, TLV: 2 } as const
/** Class, type and length before an option's value. */
export const TLV_HEADER_BYTES = 4

const PROPERTY_HEADER_BYTES = 4

/** Bytes of a property's data with an option of `length` bytes: Open vSwitch counts the padding in. */
export const paddedTlv = (length: number): number =>
  Math.ceil((PROPERTY_HEADER_BYTES + TLV_HEADER_BYTES + length) / 8) * 8 - PROPERTY_HEADER_BYTES

const packetType = (type: number): string => `packet_type(ns=${type >>> 16},type=${hex(type & 0xffff)})`

export const formatDecap = ({ new_pkt_type }: Decap): string =>
  new_pkt_type === NEXT_PROTOCOL ? 'decap()' : `decap(${packetType(new_pkt_type)})`

export function formatEncap({ new_pkt_type, properties }: Encap): string {
  const header = ENCAP_HEADERS.get(new_pkt_type) ?? packetType(new_pkt_type)
  const parts = properties.map(formatProperty)
  return parts.length === 0 ? `encap(${header})` : `encap(${header}(${parts.join(',')}))`
}

function formatProperty(property: EncapProperty): string {
  const { class: propertyClass, type, data } = property
  const nsh = propertyClass === NSH_PROPERTY.CLASS ? formatNsh(type, data) : null
  // Open vSwitch refuses what is none of NSH's: our own words.
  return nsh ?? `property(${paddedHex(propertyClass, 4)},${type},${bytesToHex(data)})`
}

function formatNsh(type: number, data: Uint8Array): string | null {
  if (type === NSH_PROPERTY.MD_TYPE && data.length >= 1 && data.length <= 4) return `md_type=${data[0]}`
  const [high = 0, low = 0, optionType = 0, length = 0] = data
  const end = TLV_HEADER_BYTES + length
  const hasTlv = type === NSH_PROPERTY.TLV && length > 0 && data.length === paddedTlv(length)
  if (!hasTlv || data.subarray(end).some((byte) => byte !== 0)) return null
  return `tlv(${paddedHex(high * 256 + low, 4)},${optionType},0x${bytesToHex(data.subarray(TLV_HEADER_BYTES, end))})`
}
