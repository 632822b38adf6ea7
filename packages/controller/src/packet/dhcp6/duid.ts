/**
 * DHCP unique identifiers: RFC 8415 §11. A server makes one of the kind link-layer (LL); those of others are opaque, but
 * for the MAC address that may stand in them.
 */
import { readU16, readU48, writeU16, writeU48 } from '../octets.ts'

const KIND = { link_layer_time: 1, enterprise: 2, link_layer: 3, uuid: 4 } as const
const ETHERNET = 1
/** RFC 8415 §11.1: type, and 1 to 128 octets. */
const LENGTH = { min: 3, max: 130 } as const

export const isDuid = (data: Uint8Array): boolean => data.length >= LENGTH.min && data.length <= LENGTH.max

/** DUID-LL of an Ethernet address: RFC 8415 §11.4. */
export const linkLayerDuid = (mac: number): Uint8Array => {
  const duid = new Uint8Array(10)
  writeU16(duid, 0, KIND.link_layer)
  writeU16(duid, 2, ETHERNET)
  writeU48(duid, 4, mac)
  return duid
}

/** The MAC address in a DUID-LL or DUID-LLT of Ethernet: of some interface of the client, not always of this one. */
export const macOfDuid = (duid: Uint8Array): number | undefined => {
  const kind = duid.length < 4 || readU16(duid, 2) !== ETHERNET ? 0 : readU16(duid, 0)
  if (kind === KIND.link_layer && duid.length === 10) return readU48(duid, 4)
  return kind === KIND.link_layer_time && duid.length === 14 ? readU48(duid, 8) : undefined
}
