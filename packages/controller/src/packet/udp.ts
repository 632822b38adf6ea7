/** UDP datagrams: RFC 768; over IPv6 RFC 8200 §8.1. */
import { type Ipv4Ends, type Ipv6Ends, transportChecksum } from './checksum.ts'
import { IP_PROTO } from './ipv4.ts'
import { concat, readU16, writeU16 } from './octets.ts'

const HEADER = 8

export interface Udp {
  readonly src: number
  readonly dst: number
  readonly payload: Uint8Array
}

const checksumHolds = (bytes: Uint8Array, ends: Ipv4Ends | Ipv6Ends): boolean => {
  if (readU16(bytes, 6) === 0) return typeof ends.src === 'number'
  return transportChecksum(ends, IP_PROTO.udp, bytes) === 0
}

/**
 * `undefined` when the datagram is cut or its checksum is wrong; over IPv4 a checksum of zero means none.
 * @param ends the addresses of the packet that carries it
 */
export const parseUdp = (bytes: Uint8Array, ends: Ipv4Ends | Ipv6Ends): Udp | undefined => {
  if (bytes.length < HEADER) return undefined
  const length = readU16(bytes, 4)
  if (length < HEADER || length > bytes.length) return undefined
  const datagram = bytes.subarray(0, length)
  if (!checksumHolds(datagram, ends)) return undefined
  return { src: readU16(bytes, 0), dst: readU16(bytes, 2), payload: datagram.subarray(HEADER) }
}

export const buildUdp = ({ src, dst, payload }: Udp, ends: Ipv4Ends | Ipv6Ends): Uint8Array => {
  const header = new Uint8Array(HEADER)
  writeU16(header, 0, src)
  writeU16(header, 2, dst)
  writeU16(header, 4, HEADER + payload.length)
  const datagram = concat(header, payload)
  // Zero would say that there is no checksum.
  writeU16(datagram, 6, transportChecksum(ends, IP_PROTO.udp, datagram) || 0xffff)
  return datagram
}
