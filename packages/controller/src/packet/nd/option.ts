/**
 * Options of Neighbour Discovery: RFC 4861 §4.6, with routes of RFC 4191, DNS of RFC 8106 and the nonce of RFC 3971,
 * which tells one's own probe from another's (RFC 7527). Each is a multiple of 8 octets; one of length 0 makes the whole
 * message malformed (§6.1, §7.1), one that is not known is kept as it is.
 */
import { decodeDomainNames, encodeDomainNames } from '../domain_name.ts'
import {
  concat,
  readEach,
  readU32,
  readU48,
  readU128,
  u16s,
  u32s,
  u128s,
  writeU16,
  writeU32,
  writeU48,
  writeU128,
} from '../octets.ts'

const TYPE = {
  source_link_layer: 1,
  target_link_layer: 2,
  prefix: 3,
  redirected: 4,
  mtu: 5,
  nonce: 14,
  route: 24,
  rdnss: 25,
  dnssl: 31,
} as const
const UNIT = 8
/** A lifetime that does not end, in seconds. */
export const INFINITE_LIFETIME = 0xffff_ffff

/** RFC 4191 §2.1. */
export type Preference = 'high' | 'medium' | 'low'
const PREFERENCE_BITS = { medium: 0, high: 1, low: 3 } as const
export const preferenceBits = (preference: Preference): number => PREFERENCE_BITS[preference]
/** `undefined` for the reserved value, which means medium for a router and makes a route option ignored. */
export const toPreference = (bits: number): Preference | undefined =>
  (['medium', 'high', undefined, 'low'] as const)[bits & 3]

export type NdOption =
  | { readonly kind: 'source_link_layer' | 'target_link_layer'; readonly mac: number }
  | PrefixInformation
  | RouteInformation
  | { readonly kind: 'mtu'; readonly mtu: number }
  /** As much of the packet that caused a redirect as it quotes. */
  | { readonly kind: 'redirected'; readonly packet: Uint8Array }
  | { readonly kind: 'rdnss'; readonly lifetime: number; readonly servers: readonly bigint[] }
  | { readonly kind: 'dnssl'; readonly lifetime: number; readonly domains: readonly string[] }
  | { readonly kind: 'nonce'; readonly nonce: Uint8Array }
  | { readonly kind: 'other'; readonly type: number; readonly data: Uint8Array }

/** Lifetimes are seconds, up to `INFINITE_LIFETIME`. */
export interface PrefixInformation {
  readonly kind: 'prefix'
  readonly prefix: bigint
  readonly prefix_length: number
  readonly on_link: boolean
  readonly autonomous: boolean
  readonly valid_lifetime: number
  readonly preferred_lifetime: number
}

export interface RouteInformation {
  readonly kind: 'route'
  readonly prefix: bigint
  readonly prefix_length: number
  readonly preference: Preference
  readonly lifetime: number
}

type Reader = (data: Uint8Array) => NdOption | undefined

/** @param data behind type and length */
const readPrefix: Reader = (data) => {
  if (data.length !== 30 || data[0]! > 128) return undefined
  return {
    kind: 'prefix',
    prefix: readU128(data, 14),
    prefix_length: data[0]!,
    on_link: (data[1]! & 0x80) !== 0,
    autonomous: (data[1]! & 0x40) !== 0,
    valid_lifetime: readU32(data, 2),
    preferred_lifetime: readU32(data, 6),
  }
}

/** The prefix takes 0, 8 or 16 octets: as many as its length needs, or more. */
const readRoute: Reader = (data) => {
  const preference = toPreference((data[1] ?? 0) >>> 3)
  if (![6, 14, 22].includes(data.length) || preference === undefined) return undefined
  if (data[0]! > (data.length - 6) * 8 || data[0]! > 128) return undefined
  const whole = concat(data.subarray(6), new Uint8Array(22 - data.length))
  return {
    kind: 'route',
    prefix: readU128(whole, 0),
    prefix_length: data[0]!,
    preference,
    lifetime: readU32(data, 2),
  }
}

const readServers: Reader = (data) => {
  if (data.length < 22 || (data.length - 6) % 16 !== 0) return undefined
  const servers = readEach(data.subarray(6), 16, readU128)
  return { kind: 'rdnss', lifetime: readU32(data, 2), servers }
}

const readDomains: Reader = (data) => {
  const domains = data.length < 14 ? undefined : decodeDomainNames(data.subarray(6), { padded: true })
  return domains === undefined ? undefined : { kind: 'dnssl', lifetime: readU32(data, 2), domains }
}

const READERS: Readonly<Record<number, Reader>> = {
  [TYPE.source_link_layer]: (data) =>
    data.length === 6 ? { kind: 'source_link_layer', mac: readU48(data, 0) } : undefined,
  [TYPE.target_link_layer]: (data) =>
    data.length === 6 ? { kind: 'target_link_layer', mac: readU48(data, 0) } : undefined,
  [TYPE.prefix]: readPrefix,
  [TYPE.redirected]: (data) => ({ kind: 'redirected', packet: data.subarray(6) }),
  [TYPE.mtu]: (data) => (data.length === 6 ? { kind: 'mtu', mtu: readU32(data, 2) } : undefined),
  [TYPE.nonce]: (data) => ({ kind: 'nonce', nonce: data }),
  [TYPE.route]: readRoute,
  [TYPE.rdnss]: readServers,
  [TYPE.dnssl]: readDomains,
}

/** `undefined` when a length is 0 or exceeds the data. A known option with wrong content is kept as `other`. */
export const parseNdOptions = (bytes: Uint8Array): readonly NdOption[] | undefined => {
  const options: NdOption[] = []
  for (let at = 0; at < bytes.length; ) {
    const type = bytes[at]!
    const length = (bytes[at + 1] ?? 0) * UNIT
    if (length === 0 || at + length > bytes.length) return undefined
    const data = bytes.subarray(at + 2, at + length)
    options.push(READERS[type]?.(data) ?? { kind: 'other', type, data })
    at += length
  }
  return options
}

const buildPrefix = (option: PrefixInformation): Uint8Array => {
  const data = new Uint8Array(30)
  data[0] = option.prefix_length
  data[1] = (option.on_link ? 0x80 : 0) | (option.autonomous ? 0x40 : 0)
  writeU32(data, 2, option.valid_lifetime)
  writeU32(data, 6, option.preferred_lifetime)
  writeU128(data, 14, option.prefix)
  return data
}

const buildRoute = (option: RouteInformation): Uint8Array => {
  const data = new Uint8Array(22)
  data[0] = option.prefix_length
  data[1] = preferenceBits(option.preference) << 3
  writeU32(data, 2, option.lifetime)
  writeU128(data, 6, option.prefix)
  return data.subarray(0, 6 + Math.ceil(option.prefix_length / 64) * 8)
}

/** Two reserved octets and a number of 32 bits. */
const counted = (value: number): Uint8Array => concat(u16s(0), u32s(value))

const macData = (mac: number): Uint8Array => {
  const data = new Uint8Array(6)
  writeU48(data, 0, mac)
  return data
}

const dataOf = (option: NdOption): Uint8Array => {
  switch (option.kind) {
    case 'source_link_layer':
    case 'target_link_layer':
      return macData(option.mac)
    case 'prefix':
      return buildPrefix(option)
    case 'route':
      return buildRoute(option)
    case 'mtu':
      return counted(option.mtu)
    case 'redirected':
      return concat(new Uint8Array(6), option.packet)
    case 'rdnss':
      return concat(counted(option.lifetime), u128s(...option.servers))
    case 'dnssl':
      return concat(counted(option.lifetime), encodeDomainNames(option.domains))
    case 'nonce':
      return option.nonce
    case 'other':
      return option.data
  }
}

/** Zeros fill each up to 8 octets. */
export const buildNdOptions = (options: readonly NdOption[]): Uint8Array =>
  concat(
    ...options.map((option) => {
      const data = dataOf(option)
      const whole = new Uint8Array(Math.ceil((data.length + 2) / UNIT) * UNIT)
      writeU16(
        whole,
        0,
        (option.kind === 'other' ? option.type : TYPE[option.kind]) * 256 + whole.length / UNIT,
      )
      whole.set(data, 2)
      return whole
    }),
  )
