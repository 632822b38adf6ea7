/**
 * DHCPv4 messages: RFC 2131 §2, with options of RFC 2132. Decoding refuses what no client of ours can have sent, with a
 * reason; what it gives is typed where the protocol turns on it, and the other options stay as octets.
 */
import { type Malformed, malformed } from '../malformed.ts'
import { readU16, readU32, readU48, writeU16, writeU32, writeU48 } from '../octets.ts'
import { DHCP4_OPTION, type Dhcp4Option } from './option.ts'
import { type OptionMap, placeOptions, readOptions } from './option_field.ts'

export const DHCP4_PORT = { server: 67, client: 68 } as const
/** RFC 2132 §9.6. */
export const DHCP4_TYPE = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const
export const DHCP4_OP = { request: 1, reply: 2 } as const

/** Addresses are 0 where there is none. */
export interface Dhcp4Header {
  readonly op: number
  readonly hops: number
  readonly xid: number
  readonly secs: number
  /** The client cannot take unicast before it is configured: RFC 2131 §4.1. */
  readonly broadcast: boolean
  readonly ciaddr: number
  readonly yiaddr: number
  readonly siaddr: number
  readonly giaddr: number
  readonly chaddr: number
  /** Server and boot file name, up to 63 and 127 octets; empty where options overload the field. */
  readonly sname: string
  readonly file: string
}

export interface Dhcp4 extends Dhcp4Header {
  /** One of `DHCP4_TYPE`. */
  readonly type: number
  readonly options: OptionMap
}

const AT = {
  secs: 8,
  flags: 10,
  ciaddr: 12,
  chaddr: 28,
  sname: 44,
  file: 108,
  cookie: 236,
  options: 240,
} as const
const COOKIE = 0x6382_5363
const ETHERNET = [1, 6] as const
const BROADCAST = 0x8000

/** Octets that a value has: RFC 2132. Only those whose misreading would lead to a wrong answer. */
const LENGTHS: readonly (readonly [number, (length: number) => boolean, string])[] = [
  [DHCP4_OPTION.message_type, (length) => length === 1, 'a message type that is not 1 octet'],
  [DHCP4_OPTION.requested_address, (length) => length === 4, 'a requested address that is not 4 octets'],
  [DHCP4_OPTION.lease_time, (length) => length === 4, 'a lease time that is not 4 octets'],
  [DHCP4_OPTION.server_id, (length) => length === 4, 'a server identifier that is not 4 octets'],
  [DHCP4_OPTION.max_message_size, (length) => length === 2, 'a maximum message size that is not 2 octets'],
  [DHCP4_OPTION.client_id, (length) => length >= 2, 'a client identifier of less than 2 octets'],
]

const faultIn = (options: OptionMap): string | undefined => {
  const type = options.get(DHCP4_OPTION.message_type)
  if (type === undefined) return 'BOOTP: no message type'
  const fault = LENGTHS.find(([code, fits]) => options.has(code) && !fits(options.get(code)!.length))
  if (fault !== undefined) return fault[2]
  return type[0]! < 1 || type[0]! > 8 ? 'an unknown message type' : undefined
}

const readText = (field: Uint8Array): string => {
  const end = field.indexOf(0)
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString('latin1')
}

const readHeader = (bytes: Uint8Array, overload: number): Dhcp4Header => ({
  op: bytes[0]!,
  hops: bytes[3]!,
  xid: readU32(bytes, 4),
  secs: readU16(bytes, AT.secs),
  broadcast: (readU16(bytes, AT.flags) & BROADCAST) !== 0,
  ciaddr: readU32(bytes, AT.ciaddr),
  yiaddr: readU32(bytes, AT.ciaddr + 4),
  siaddr: readU32(bytes, AT.ciaddr + 8),
  giaddr: readU32(bytes, AT.ciaddr + 12),
  chaddr: readU48(bytes, AT.chaddr),
  file: (overload & 1) === 0 ? readText(bytes.subarray(AT.file, AT.cookie)) : '',
  sname: (overload & 2) === 0 ? readText(bytes.subarray(AT.sname, AT.file)) : '',
})

/** @param bytes the payload of a UDP datagram */
export const decodeDhcp4 = (bytes: Uint8Array): Dhcp4 | Malformed => {
  if (bytes.length < AT.options) return malformed('cut: shorter than a BOOTP message with its cookie')
  if (bytes[0] !== DHCP4_OP.request && bytes[0] !== DHCP4_OP.reply) return malformed('an unknown operation')
  if (bytes[1] !== ETHERNET[0] || bytes[2] !== ETHERNET[1]) return malformed('not for Ethernet')
  if (readU32(bytes, AT.cookie) !== COOKIE) return malformed('BOOTP: no DHCP cookie')
  const options = readOptions({
    options: bytes.subarray(AT.options),
    file: bytes.subarray(AT.file, AT.cookie),
    sname: bytes.subarray(AT.sname, AT.file),
  })
  if (options === undefined) return malformed('an option exceeds its field')
  const fault = faultIn(options)
  if (fault !== undefined) return malformed(fault)
  const overload = options.get(DHCP4_OPTION.overload)?.[0] ?? 0
  return { ...readHeader(bytes, overload), type: options.get(DHCP4_OPTION.message_type)![0]!, options }
}

/** BOOTP clients drop anything shorter: RFC 1542 §2.1. */
const MIN_OCTETS = 300
/** Headers of IPv4 and UDP, which the maximum message size counts in: RFC 2131 §2, 576 for options of 312 octets. */
const IP_AND_UDP = 28
/** What every client takes: RFC 2132 §9.10. */
export const DHCP4_MIN_SIZE = 576

export interface EncodedDhcp4 {
  readonly bytes: Uint8Array
  /** Codes of options for which there was no room. */
  readonly omitted: readonly number[]
}

/** Ends in a zero; a longer text has no place here but in its option. */
const writeText = (bytes: Uint8Array, at: number, octets: number, text: string): void => {
  if (text.length < octets) bytes.set(Buffer.from(text, 'latin1'), at)
}

const writeHeader = (bytes: Uint8Array, header: Dhcp4Header): void => {
  bytes.set([header.op, ...ETHERNET, header.hops])
  writeU32(bytes, 4, header.xid)
  writeU16(bytes, AT.secs, header.secs)
  writeU16(bytes, AT.flags, header.broadcast ? BROADCAST : 0)
  writeU32(bytes, AT.ciaddr, header.ciaddr)
  writeU32(bytes, AT.ciaddr + 4, header.yiaddr)
  writeU32(bytes, AT.ciaddr + 8, header.siaddr)
  writeU32(bytes, AT.ciaddr + 12, header.giaddr)
  writeU48(bytes, AT.chaddr, header.chaddr)
  writeText(bytes, AT.sname, AT.file - AT.sname, header.sname)
  writeText(bytes, AT.file, AT.cookie - AT.file, header.file)
  writeU32(bytes, AT.cookie, COOKIE)
}

/**
 * @param list options in order of importance, the message type first
 * @param size octets of the IP datagram that the client takes (option 57); less than 576 counts as 576
 */
export const encodeDhcp4 = (
  header: Dhcp4Header,
  list: readonly Dhcp4Option[],
  size: number = DHCP4_MIN_SIZE,
): EncodedDhcp4 => {
  const room = Math.max(size, DHCP4_MIN_SIZE) - IP_AND_UDP - AT.options
  const placed = placeOptions(list, room, { file: header.file === '', sname: header.sname === '' })
  const bytes = new Uint8Array(Math.max(MIN_OCTETS, AT.options + placed.options.length))
  writeHeader(bytes, header)
  if (placed.file) bytes.set(placed.file, AT.file)
  if (placed.sname) bytes.set(placed.sname, AT.sname)
  bytes.set(placed.options, AT.options)
  return { bytes, omitted: placed.omitted }
}
