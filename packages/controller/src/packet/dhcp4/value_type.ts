/**
 * Types of DHCPv4 option values, RFC 2132: each from the text that a user writes to octets, and back to the same text to
 * explain a packet. Text that does not fit is answered with what is wrong; octets that do not fit with nothing.
 */
import { formatIpv4, parseIpv4 } from '@openvnet/openflow'
import { compressDomainNames, decodeDomainNames, isDomainName } from '../domain_name.ts'
import { concat, readEach, readU16, readU32, u32s } from '../octets.ts'
import { formatRoutes, parseRoutes } from './classless_route.ts'
import { type Wrong, wrong } from './wrong.ts'

export interface ValueType {
  /** What to write, with an example. */
  readonly expects: string
  readonly parse: (text: string) => Uint8Array | Wrong
  readonly format: (data: Uint8Array) => string | undefined
}

export const textData = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf8'))

const split = (text: string): readonly string[] => text.split(',').map((part) => part.trim())

/** Parts with commas in between, each of which becomes octets or is the wrong one. */
const parseParts = (text: string, parse: (part: string) => Uint8Array | undefined): Uint8Array | Wrong => {
  const parts: Uint8Array[] = []
  for (const part of split(text)) {
    const data = parse(part)
    if (data === undefined) return wrong(part)
    parts.push(data)
  }
  return concat(...parts)
}

const one =
  (parse: (text: string) => Uint8Array | undefined) =>
  (text: string): Uint8Array | Wrong =>
    parse(text.trim()) ?? wrong(text)

const parseAddress = (text: string): Uint8Array | undefined => {
  const address = parseIpv4(text)
  return address === null ? undefined : u32s(address)
}

const formatAddresses = (data: Uint8Array): string | undefined =>
  data.length === 0 || data.length % 4 !== 0
    ? undefined
    : readEach(data, 4, readU32).map(formatIpv4).join(',')

const parsePair = (text: string): Uint8Array | undefined => {
  const ends = text.split(/\s+/).map(parseAddress)
  return ends.length === 2 && ends[0] && ends[1] ? concat(ends[0], ends[1]) : undefined
}

const formatPairs = (data: Uint8Array): string | undefined => {
  const addresses = data.length % 8 === 0 ? formatAddresses(data)?.split(',') : undefined
  return addresses
    ?.map((address, index) => (index % 2 === 0 ? `${address} ` : `${address},`))
    .join('')
    .slice(0, -1)
}

/** Numbers in network byte order, of 1, 2 or 4 octets. */
const parseNumber =
  (octets: 1 | 2 | 4, min: number, max: number) =>
  (text: string): Uint8Array | undefined => {
    const value = /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN
    return value >= min && value <= max ? u32s(value >>> 0).subarray(4 - octets) : undefined
  }

const number = (octets: 1 | 2 | 4, min = 0): ValueType => {
  const max = 2 ** (octets * 8) - 1
  return {
    expects: `a number from ${min} to ${max}`,
    parse: one(parseNumber(octets, min, max)),
    format: (data) =>
      data.length === octets ? String(readU32(concat(new Uint8Array(4 - octets), data), 0)) : undefined,
  }
}

const signed: ValueType = {
  expects: 'seconds from -2147483648 to 2147483647',
  parse: one(parseNumber(4, -(2 ** 31), 2 ** 31 - 1)),
  format: (data) => (data.length === 4 ? String(readU32(data, 0) | 0) : undefined),
}

const numbers: ValueType = {
  expects: 'numbers up to 65535 with commas in between like 68,296,508',
  parse: (text) => parseParts(text, parseNumber(2, 0, 0xffff)),
  format: (data) =>
    data.length === 0 || data.length % 2 !== 0 ? undefined : readEach(data, 2, readU16).join(','),
}

const codes: ValueType = {
  expects: 'codes of options with commas in between like 1,3,6',
  parse: (text) => parseParts(text, parseNumber(1, 1, 254)),
  format: (data) => (data.length === 0 ? undefined : data.join(',')),
}

const CONTROL = /\p{Cc}/u

const text: ValueType = {
  expects: 'text without control characters',
  parse: (value) => (value === '' || CONTROL.test(value) ? wrong(value) : textData(value)),
  /** A zero at the end is not part of it: RFC 2132 §2. */
  format: (data) => {
    const value = Buffer.from(data).toString('utf8').replace(/\0+$/, '')
    return value === '' || CONTROL.test(value) || value.includes('\ufffd') ? undefined : value
  },
}

const flag: ValueType = {
  expects: 'true or false',
  parse: one((value) => ({ true: Uint8Array.of(1), false: Uint8Array.of(0) })[value]),
  format: (data) => (data.length === 1 && data[0]! < 2 ? String(data[0] === 1) : undefined),
}

const empty: ValueType = {
  expects: 'no value',
  parse: (value) => (value === '' ? new Uint8Array() : wrong(value)),
  format: (data) => (data.length === 0 ? '' : undefined),
}

const domains: ValueType = {
  expects: 'domain names with commas in between like eng.example.org,example.org',
  parse: (value) => {
    const names = split(value)
    const bad = names.find((name) => !isDomainName(name))
    return bad === undefined ? compressDomainNames(names) : wrong(bad)
  },
  format: (data) => decodeDomainNames(data, { compressed: true })?.join(',') || undefined,
}

/** Octets that happen to be printable are shown as text. */
const formatOctets = (data: Uint8Array): string => {
  const printable = data.length > 0 && data.every((octet) => octet >= 0x20 && octet < 0x7f && octet !== 0x22)
  return printable ? `"${Buffer.from(data).toString('latin1')}"` : `0x${Buffer.from(data).toString('hex')}`
}

const parseOctets = (value: string): Uint8Array | Wrong => {
  const quoted = /^"([ -~]*)"$/.exec(value)?.[1]
  if (quoted !== undefined) return textData(quoted)
  const hex = /^(?:0x)?((?:[0-9a-f]{2}[: ]?)+)$/i.exec(value)?.[1]
  return hex === undefined ? wrong(value) : Uint8Array.from(Buffer.from(hex.replaceAll(/[: ]/g, ''), 'hex'))
}

export const VALUE_TYPES = {
  ip: {
    expects: 'an IPv4 address like 10.0.0.1',
    parse: one(parseAddress),
    format: (data) => (data.length === 4 ? formatAddresses(data) : undefined),
  },
  ips: {
    expects: 'IPv4 addresses with commas in between like 10.0.0.53,10.0.1.53',
    parse: (value) => parseParts(value, parseAddress),
    format: formatAddresses,
  },
  ip_pairs: {
    expects: 'pairs of IPv4 addresses with commas in between like 10.1.0.9 10.0.0.1,10.2.0.9 10.0.0.1',
    parse: (value) => parseParts(value, parsePair),
    format: formatPairs,
  },
  u8: number(1),
  u16: number(2),
  u32: number(4),
  /** RFC 2132 §5.1: the smallest MTU of IPv4. */
  mtu: number(2, 68),
  i32: signed,
  u16s: numbers,
  codes,
  text,
  flag,
  empty,
  domains,
  routes: {
    expects: 'routes with commas in between like 0.0.0.0/0 via 10.0.0.1,10.9.0.0/16 via 10.0.0.7',
    parse: parseRoutes,
    format: formatRoutes,
  },
  octets: {
    expects: 'octets in hexadecimal like 0x0104c0a8, or printable text in double quotes',
    parse: parseOctets,
    format: formatOctets,
  },
} as const satisfies Readonly<Record<string, ValueType>>

export type ValueTypeName = keyof typeof VALUE_TYPES
