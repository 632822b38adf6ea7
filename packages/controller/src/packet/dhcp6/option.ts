/**
 * Options of DHCPv6: RFC 8415 §21, with DNS of RFC 3646 and the refresh time of §21.23. They nest (an address within an
 * identity association), never deeper than here. An option of known code and wrong length makes the message malformed;
 * an unknown one is kept as it is.
 */
import { decodeDomainNames, encodeDomainNames } from '../domain_name.ts'
import { concat, readEach, readU16, readU32, readU128, u16s, u32s, u128s } from '../octets.ts'
import { isDuid } from './duid.ts'

export const DHCP6_OPTION = {
  client_id: 1,
  server_id: 2,
  ia_na: 3,
  ia_ta: 4,
  address: 5,
  option_request: 6,
  preference: 7,
  elapsed: 8,
  status: 13,
  rapid_commit: 14,
  dns_servers: 23,
  domains: 24,
  ia_pd: 25,
  refresh_time: 32,
} as const

/** RFC 8415 §21.13. */
export const DHCP6_STATUS = {
  success: 0,
  unspecified: 1,
  no_addresses: 2,
  no_binding: 3,
  not_on_link: 4,
  use_multicast: 5,
  no_prefixes: 6,
} as const

export type Dhcp6Option =
  | { readonly kind: 'client_id'; readonly duid: Uint8Array }
  | { readonly kind: 'server_id'; readonly duid: Uint8Array }
  | IdentityAssociation
  | AddressOption
  /** Codes that the client asks for, in its order. */
  | { readonly kind: 'option_request'; readonly codes: readonly number[] }
  /** 0 to 255. */
  | { readonly kind: 'preference'; readonly value: number }
  /** Hundredths of a second since the client began. */
  | { readonly kind: 'elapsed'; readonly hundredths: number }
  | { readonly kind: 'status'; readonly status: number; readonly text: string }
  | { readonly kind: 'rapid_commit' }
  | { readonly kind: 'dns_servers'; readonly servers: readonly bigint[] }
  | { readonly kind: 'domains'; readonly domains: readonly string[] }
  /** Seconds. */
  | { readonly kind: 'refresh_time'; readonly seconds: number }
  | { readonly kind: 'other'; readonly code: number; readonly data: Uint8Array }

/** Non-temporary addresses of one interface of the client. */
export interface IdentityAssociation {
  readonly kind: 'ia_na'
  readonly iaid: number
  /** Seconds until the client renews and rebinds; 0 leaves it to the client. */
  readonly t1: number
  readonly t2: number
  readonly options: readonly Dhcp6Option[]
}

/** Lifetimes are seconds. */
export interface AddressOption {
  readonly kind: 'address'
  readonly address: bigint
  readonly preferred_lifetime: number
  readonly valid_lifetime: number
  readonly options: readonly Dhcp6Option[]
}

/** `null`: malformed. */
type Reader = (data: Uint8Array, depth: number) => Dhcp6Option | null

/** An address in an association in a message, and a status in that. */
const MAX_DEPTH = 2

const nested = (data: Uint8Array, depth: number): readonly Dhcp6Option[] | null =>
  depth < MAX_DEPTH ? parseDhcp6Options(data, depth + 1) : null

const readAssociation: Reader = (data, depth) => {
  const options = data.length < 12 ? null : nested(data.subarray(12), depth)
  return (
    options && { kind: 'ia_na', iaid: readU32(data, 0), t1: readU32(data, 4), t2: readU32(data, 8), options }
  )
}

const readAddress: Reader = (data, depth) => {
  const options = data.length < 24 ? null : nested(data.subarray(24), depth)
  if (options === null) return null
  const [preferred_lifetime, valid_lifetime] = [readU32(data, 16), readU32(data, 20)]
  return { kind: 'address', address: readU128(data, 0), preferred_lifetime, valid_lifetime, options }
}

const readCodes: Reader = (data) =>
  data.length % 2 === 1
    ? null
    : {
        kind: 'option_request',
        codes: readEach(data, 2, readU16),
      }

const readServers: Reader = (data) =>
  data.length % 16 !== 0
    ? null
    : {
        kind: 'dns_servers',
        servers: readEach(data, 16, readU128),
      }

const readDomains: Reader = (data) => {
  const domains = decodeDomainNames(data)
  return domains === undefined ? null : { kind: 'domains', domains }
}

const readStatus: Reader = (data) =>
  data.length < 2
    ? null
    : { kind: 'status', status: readU16(data, 0), text: Buffer.from(data.subarray(2)).toString('utf8') }

const readDuid =
  (kind: 'client_id' | 'server_id'): Reader =>
  (data) =>
    isDuid(data) ? { kind, duid: data } : null

const READERS: Readonly<Record<number, Reader>> = {
  [DHCP6_OPTION.client_id]: readDuid('client_id'),
  [DHCP6_OPTION.server_id]: readDuid('server_id'),
  [DHCP6_OPTION.ia_na]: readAssociation,
  [DHCP6_OPTION.address]: readAddress,
  [DHCP6_OPTION.option_request]: readCodes,
  [DHCP6_OPTION.preference]: (data) => (data.length === 1 ? { kind: 'preference', value: data[0]! } : null),
  [DHCP6_OPTION.elapsed]: (data) =>
    data.length === 2 ? { kind: 'elapsed', hundredths: readU16(data, 0) } : null,
  [DHCP6_OPTION.status]: readStatus,
  [DHCP6_OPTION.rapid_commit]: (data) => (data.length === 0 ? { kind: 'rapid_commit' } : null),
  [DHCP6_OPTION.dns_servers]: readServers,
  [DHCP6_OPTION.domains]: readDomains,
  [DHCP6_OPTION.refresh_time]: (data) =>
    data.length === 4 ? { kind: 'refresh_time', seconds: readU32(data, 0) } : null,
}

/** `null` when one is cut or malformed. */
export const parseDhcp6Options = (bytes: Uint8Array, depth = 0): readonly Dhcp6Option[] | null => {
  const options: Dhcp6Option[] = []
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) return null
    const code = readU16(bytes, at)
    const end = at + 4 + readU16(bytes, at + 2)
    if (end > bytes.length) return null
    const data = bytes.subarray(at + 4, end)
    const reader = READERS[code]
    const option = reader === undefined ? ({ kind: 'other', code, data } as const) : reader(data, depth)
    if (option === null) return null
    options.push(option)
    at = end
  }
  return options
}

const dataOf = (option: Dhcp6Option): Uint8Array => {
  switch (option.kind) {
    case 'client_id':
    case 'server_id':
      return option.duid
    case 'ia_na':
      return concat(u32s(option.iaid, option.t1, option.t2), buildDhcp6Options(option.options))
    case 'address': {
      const lifetimes = u32s(option.preferred_lifetime, option.valid_lifetime)
      return concat(u128s(option.address), lifetimes, buildDhcp6Options(option.options))
    }
    case 'option_request':
      return u16s(...option.codes)
    case 'preference':
      return Uint8Array.of(option.value)
    case 'elapsed':
      return u16s(option.hundredths)
    case 'status':
      return concat(u16s(option.status), Uint8Array.from(Buffer.from(option.text, 'utf8')))
    case 'rapid_commit':
      return new Uint8Array()
    case 'dns_servers':
      return u128s(...option.servers)
    case 'domains':
      return encodeDomainNames(option.domains)
    case 'refresh_time':
      return u32s(option.seconds)
    case 'other':
      return option.data
  }
}

export const buildDhcp6Options = (options: readonly Dhcp6Option[]): Uint8Array =>
  concat(
    ...options.flatMap((option) => {
      const data = dataOf(option)
      return [u16s(option.kind === 'other' ? option.code : DHCP6_OPTION[option.kind], data.length), data]
    }),
  )
