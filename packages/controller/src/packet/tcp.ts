/** TCP segments: RFC 9293 §3.1. */
import { type Ipv4Ends, type Ipv6Ends, transportChecksum } from './checksum.ts'
import { IP_PROTO } from './ipv4.ts'
import { concat, readU16, readU32, writeU16, writeU32 } from './octets.ts'

export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32 } as const
const HEADER = 20

export interface Tcp {
  readonly src: number
  readonly dst: number
  readonly sequence: number
  readonly acknowledgement: number
  /** Control bits, see `TCP_FLAG`. */
  readonly flags: number
  readonly window: number
  readonly urgent: number
  /** A multiple of 4 octets, at most 40. */
  readonly options: Uint8Array
  readonly payload: Uint8Array
}

/** `undefined` when the segment is cut or its checksum is wrong. */
export const parseTcp = (bytes: Uint8Array, ends: Ipv4Ends | Ipv6Ends): Tcp | undefined => {
  if (bytes.length < HEADER) return undefined
  const header = (bytes[12]! >>> 4) * 4
  if (header < HEADER || header > bytes.length) return undefined
  if (transportChecksum(ends, IP_PROTO.tcp, bytes) !== 0) return undefined
  return {
    src: readU16(bytes, 0),
    dst: readU16(bytes, 2),
    sequence: readU32(bytes, 4),
    acknowledgement: readU32(bytes, 8),
    flags: bytes[13]!,
    window: readU16(bytes, 14),
    urgent: readU16(bytes, 18),
    options: bytes.subarray(HEADER, header),
    payload: bytes.subarray(header),
  }
}

export const buildTcp = (segment: Tcp, ends: Ipv4Ends | Ipv6Ends): Uint8Array => {
  const header = new Uint8Array(HEADER + segment.options.length)
  writeU16(header, 0, segment.src)
  writeU16(header, 2, segment.dst)
  writeU32(header, 4, segment.sequence)
  writeU32(header, 8, segment.acknowledgement)
  header[12] = (header.length / 4) << 4
  header[13] = segment.flags
  writeU16(header, 14, segment.window)
  writeU16(header, 18, segment.urgent)
  header.set(segment.options, HEADER)
  const bytes = concat(header, segment.payload)
  writeU16(bytes, 16, transportChecksum(ends, IP_PROTO.tcp, bytes))
  return bytes
}
