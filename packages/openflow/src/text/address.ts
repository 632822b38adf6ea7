/** Addresses as people write them. Numbers are what the codec uses: 48 bits for a MAC, 32 for IPv4, 128 for IPv6. */

const TWO_32 = 0x1_0000_0000

/** `52:54:00:0d:84:01` of a number of 48 bits. */
export function formatMac(mac: number): string {
  const hex = mac.toString(16).padStart(12, '0')
  return hex.replace(/(..)(?=.)/g, '$1:')
}

/** Six pairs of hexadecimal digits with colons or hyphens between; `null` for anything else. */
export function parseMac(text: string): number | null {
  return /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text)
    ? Number.parseInt(text.replace(/[:-]/g, ''), 16)
    : null
}

/** `172.16.1.1` of a number of 32 bits. */
export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 0xff}.${(address >>> 8) & 0xff}.${address & 0xff}`
}

/** Four decimal numbers up to 255 without leading zeros; `null` for anything else. */
export function parseIpv4(text: string): number | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  let address = 0
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return null
    address = address * 256 + Number(part)
  }
  return address
}

/** Of 128 bits, as RFC 5952 asks, and dotted where an IPv4 address is embedded: `fe80::1`, `::ffff:1.2.3.4`. */
export function formatIpv6(address: bigint): string {
  const words = Array.from({ length: 8 }, (_, index) =>
    Number((address >> BigInt(112 - 16 * index)) & 0xffffn),
  )
  const zeros = longestZeros(words)
  const embedsIpv4 = zeros.start === 0 && (zeros.length === 6 || (zeros.length === 5 && words[5] === 0xffff))
  const parts = words.slice(0, embedsIpv4 ? 6 : 8).map((word) => word.toString(16))
  if (embedsIpv4) parts.push(formatIpv4(Number(address & 0xffffffffn)))
  if (zeros.length < 2) return parts.join(':')
  return `${parts.slice(0, zeros.start).join(':')}::${parts.slice(zeros.start + zeros.length).join(':')}`
}

function longestZeros(words: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let start = 0
  for (const [index, word] of words.entries()) {
    if (word !== 0) start = index + 1
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start }
  }
  return best
}

/** Any form of RFC 4291 §2.2; `null` for anything else. */
export function parseIpv6(text: string): bigint | null {
  const halves = withoutIpv4(text)?.split('::')
  if (halves === undefined || halves.length > 2) return null
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')))
  if (head === undefined || [...head, ...(tail ?? [])].some((word) => !/^[0-9a-f]{1,4}$/i.test(word)))
    return null
  const missing = 8 - head.length - (tail?.length ?? 0)
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const words = [...head, ...Array.from({ length: missing }, () => '0'), ...(tail ?? [])]
  return words.reduce((address, word) => (address << 16n) | BigInt(Number.parseInt(word, 16)), 0n)
}

/** The same address with a dotted tail written as two words. */
function withoutIpv4(text: string): string | null {
  const dotted = /^(.*:)([0-9.]+)$/.exec(text)
  if (!dotted?.[2]?.includes('.')) return text
  const ipv4 = parseIpv4(dotted[2])
  if (ipv4 === null) return null
  return `${dotted[1]}${Math.floor(ipv4 / 65536).toString(16)}:${(ipv4 % 65536).toString(16)}`
}

/** 32 bits with their mask, `null` for none: `10.0.0.0/8`, or `1.0.3.0/255.0.255.0` where the mask is no prefix. */
export function formatMaskedIpv4(address: number, mask: number | null): string {
  if (mask === null) return formatIpv4(address)
  const host = TWO_32 - 1 - mask
  const length = 32 - Math.log2(host + 1)
  return `${formatIpv4(address)}/${Number.isInteger(length) ? length : formatIpv4(mask)}`
}

/** 128 bits with their mask, `null` for none: `fe80::/64`, or `::1/::1` where the mask is no prefix. */
export function formatMaskedIpv6(address: bigint, mask: bigint | null): string {
  if (mask === null) return formatIpv6(address)
  const bits = mask.toString(2).padStart(128, '0')
  const length = bits.indexOf('0')
  return `${formatIpv6(address)}/${bits.includes('1', length) ? formatIpv6(mask) : length}`
}
