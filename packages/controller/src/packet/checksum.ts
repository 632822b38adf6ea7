/**
 * The Internet checksum: RFC 1071, its incremental update RFC 1624, the pseudo headers of RFC 768 and RFC 8200 §8.1.
 * A checksum computed over data that contains a correct one is 0.
 */
import { writeU32, writeU128 } from './octets.ts'

const fold = (sum: number): number => {
  let folded = sum
  while (folded > 0xffff) folded = Math.floor(folded / 0x10000) + (folded & 0xffff)
  return folded
}

const sumOf = (bytes: Uint8Array): number => {
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += bytes[at]! * 256 + (bytes[at + 1] ?? 0)
  return sum
}

/** Odd lengths count as padded with a zero octet. */
export const internetChecksum = (bytes: Uint8Array): number => ~fold(sumOf(bytes)) & 0xffff

/** The checksum after a 16-bit word of the data changed; RFC 1624 equation 3. */
export const adjustChecksum = (checksum: number, before: number, after: number): number =>
  ~fold((~checksum & 0xffff) + (~before & 0xffff) + after) & 0xffff

/** The same for data of any even length. */
export const adjustChecksumBytes = (checksum: number, before: Uint8Array, after: Uint8Array): number => {
  let sum = ~checksum & 0xffff
  for (let at = 0; at < before.length; at += 2) {
    sum += ~(before[at]! * 256 + before[at + 1]!) & 0xffff
    sum += after[at]! * 256 + after[at + 1]!
  }
  return ~fold(sum) & 0xffff
}

export interface Ipv4Ends {
  readonly src: number
  readonly dst: number
}
export interface Ipv6Ends {
  readonly src: bigint
  readonly dst: bigint
}

const ipv4Pseudo = ({ src, dst }: Ipv4Ends, protocol: number, length: number): Uint8Array => {
  const header = new Uint8Array(12)
  writeU32(header, 0, src)
  writeU32(header, 4, dst)
  header[9] = protocol
  header[10] = length >>> 8
  header[11] = length & 0xff
  return header
}

const ipv6Pseudo = ({ src, dst }: Ipv6Ends, protocol: number, length: number): Uint8Array => {
  const header = new Uint8Array(40)
  writeU128(header, 0, src)
  writeU128(header, 16, dst)
  writeU32(header, 32, length)
  header[39] = protocol
  return header
}

/** Checksum of a TCP, UDP or ICMPv6 segment with the addresses it is sent between. */
export const transportChecksum = (
  ends: Ipv4Ends | Ipv6Ends,
  protocol: number,
  segment: Uint8Array,
): number => {
  const pseudo =
    typeof ends.src === 'number'
      ? ipv4Pseudo(ends as Ipv4Ends, protocol, segment.length)
      : ipv6Pseudo(ends as Ipv6Ends, protocol, segment.length)
  return ~fold(sumOf(pseudo) + sumOf(segment)) & 0xffff
}
