/** ARP for IPv4 over Ethernet: RFC 826. */
import { readU16, readU32, readU48, writeU16, writeU32, writeU48 } from './octets.ts'

export const ARP_OP = { request: 1, reply: 2 } as const
export const ARP_LENGTH = 28

export interface Arp {
  readonly op: number
  /** Sender hardware and protocol address. */
  readonly sha: number
  readonly spa: number
  /** Target hardware and protocol address. */
  readonly tha: number
  readonly tpa: number
}

const HARDWARE_ETHERNET = 1
const PROTOCOL_IPV4 = 0x0800

/** `undefined` when it is too short or not about Ethernet and IPv4; octets after it are padding. */
export const parseArp = (bytes: Uint8Array): Arp | undefined => {
  if (bytes.length < ARP_LENGTH) return undefined
  const ours = readU16(bytes, 0) === HARDWARE_ETHERNET && readU16(bytes, 2) === PROTOCOL_IPV4
  if (!ours || bytes[4] !== 6 || bytes[5] !== 4) return undefined
  return {
    op: readU16(bytes, 6),
    sha: readU48(bytes, 8),
    spa: readU32(bytes, 14),
    tha: readU48(bytes, 18),
    tpa: readU32(bytes, 24),
  }
}

export const buildArp = ({ op, sha, spa, tha, tpa }: Arp): Uint8Array => {
  const bytes = new Uint8Array(ARP_LENGTH)
  writeU16(bytes, 0, HARDWARE_ETHERNET)
  writeU16(bytes, 2, PROTOCOL_IPV4)
  bytes[4] = 6
  bytes[5] = 4
  writeU16(bytes, 6, op)
  writeU48(bytes, 8, sha)
  writeU32(bytes, 14, spa)
  writeU48(bytes, 18, tha)
  writeU32(bytes, 24, tpa)
  return bytes
}
