/** Names of addresses: `4.3.2.1.in-addr.arpa` (RFC 1035 §3.5), nibbles below `ip6.arpa` (RFC 3596 §2.5). */
import type { IpAddress } from '@openvnet/schema'

export interface ReverseName {
  /** What is missing is zero. */
  readonly address: IpAddress
  /** Bits that the name says. */
  readonly prefix: number
}

const FAMILIES = [
  { family: 4, suffix: '.in-addr.arpa', bits: 8, labels: 4, form: /^(?:0|[1-9]\d{0,2})$/, radix: 10 },
  { family: 6, suffix: '.ip6.arpa', bits: 4, labels: 32, form: /^[\da-f]$/, radix: 16 },
] as const

/** `undefined` for what is no such name. @param name in lower case */
export const reverseName = (name: string): ReverseName | undefined => {
  const kind = FAMILIES.find(({ suffix }) => name.endsWith(suffix))
  if (kind === undefined) return undefined
  const labels = name.slice(0, -kind.suffix.length).split('.').reverse()
  const numbers = labels.map((label) => (kind.form.test(label) ? Number.parseInt(label, kind.radix) : -1))
  if (labels.length > kind.labels || numbers.some((number) => number < 0 || number >= 1 << kind.bits))
    return undefined
  const value = numbers.reduce((sum, number) => (sum << BigInt(kind.bits)) | BigInt(number), 0n)
  const missing = BigInt((kind.labels - labels.length) * kind.bits)
  return { address: { family: kind.family, value: value << missing }, prefix: labels.length * kind.bits }
}

/** The zone around a name: that of the first whole label behind the prefix of a subnet. @param prefix its length */
export const reverseZone = (name: string, prefix: number): string => {
  const bits = name.endsWith('.ip6.arpa') ? 4 : 8
  const longest = bits === 4 ? 31 : 3
  const kept = Math.min(Math.ceil(prefix / bits), longest) + 2
  return name.split('.').slice(-kept).join('.')
}
