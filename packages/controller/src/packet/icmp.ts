/** ICMP messages: RFC 792. */
import { internetChecksum } from './checksum.ts'
import { concat, readU32, writeU16, writeU32 } from './octets.ts'

export const ICMP_TYPE = { echo_reply: 0, unreachable: 3, echo_request: 8, time_exceeded: 11 } as const
const HEADER = 8

export interface Icmp {
  readonly type: number
  readonly code: number
  /** The second word of the header: identifier and sequence of an echo, MTU of "fragmentation needed", or zero. */
  readonly rest: number
  readonly payload: Uint8Array
}

/** `undefined` when the message is cut or its checksum is wrong. */
export const parseIcmp = (bytes: Uint8Array): Icmp | undefined => {
  if (bytes.length < HEADER || internetChecksum(bytes) !== 0) return undefined
  return { type: bytes[0]!, code: bytes[1]!, rest: readU32(bytes, 4), payload: bytes.subarray(HEADER) }
}

export const buildIcmp = ({ type, code, rest, payload }: Icmp): Uint8Array => {
  const header = new Uint8Array(HEADER)
  header[0] = type
  header[1] = code
  writeU32(header, 4, rest)
  const message = concat(header, payload)
  writeU16(message, 2, internetChecksum(message))
  return message
}
