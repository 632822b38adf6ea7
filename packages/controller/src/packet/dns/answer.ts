/**
 * Writing DNS messages within what their receiver takes: RFC 1035 §4.2.1, RFC 2181 §9, RFC 6891 §6.2.3.
 * What is additional goes first, unnoticed; when answers must go the message says that it is truncated, and the asker
 * comes again over TCP. Names are not compressed, so messages are longer than they could be, never wrong.
 */
import { encode, encodingLength } from 'dns-packet'
import { isDomainName } from '../domain_name.ts'
import { readU16, writeU16 } from '../octets.ts'
import { DNS_RCODE, type DnsMessage, type DnsRecord, toPacket } from './message.ts'

/** Without EDNS: RFC 1035 §4.2.1. */
export const DNS_UDP_SIZE = 512
/** Fits into any packet of IPv6 unfragmented. */
export const DNS_EDNS_SIZE = 1232
export const DNS_TCP_SIZE = 0xffff
const HEADER = 12
const MAX_STRING = 255

/** Octets of UDP payload for the answer to a query; less than 512 counts as 512. */
export const dnsUdpSize = ({ edns }: DnsMessage): number =>
  edns === undefined ? DNS_UDP_SIZE : Math.min(Math.max(edns.udp_size, DNS_UDP_SIZE), DNS_EDNS_SIZE)

const namesOf = (record: DnsRecord): readonly string[] => {
  switch (record.type) {
    case 'CNAME':
    case 'DNAME':
    case 'NS':
    case 'PTR':
      return [record.name, record.data]
    case 'SRV':
      return [record.name, record.data.target]
    case 'MX':
      return [record.name, record.data.exchange]
    case 'SOA':
      return [record.name, record.data.mname, record.data.rname]
    default:
      return [record.name]
  }
}

const stringsOf = (record: DnsRecord): readonly (string | Uint8Array)[] => {
  if (record.type !== 'TXT') return []
  return Array.isArray(record.data) ? record.data : [record.data]
}

/** The library would write lengths that do not fit their octet. */
const checkRecord = (record: DnsRecord): void => {
  const name = namesOf(record).find((one) => one !== '.' && !isDomainName(one))
  if (name !== undefined) throw new RangeError(`not a domain name: '${name}'`)
  if (stringsOf(record).some((text) => Buffer.byteLength(text) > MAX_STRING))
    throw new RangeError(`a text of '${record.name}' is longer than 255 octets`)
}

const fits = (message: DnsMessage, size: number): boolean => encodingLength(toPacket(message)) <= size

/** The same message with less in it; the question and OPT always stay. */
const shorten = (message: DnsMessage, size: number): DnsMessage => {
  if (fits(message, size)) return message
  const bare = { ...message, additionals: [] }
  if (fits(bare, size)) return bare
  const alone = { ...bare, authorities: [], truncated: message.answers.length === 0 || message.truncated }
  if (fits(alone, size)) return alone
  let count = message.answers.length
  while (count > 0 && !fits({ ...alone, answers: alone.answers.slice(0, count) }, size)) count -= 1
  return { ...alone, answers: alone.answers.slice(0, count), truncated: true }
}

/**
 * @param size octets that the receiver takes: `dnsUdpSize` of the query, or `DNS_TCP_SIZE`
 * @throws RangeError for a record whose names or texts are too long: rows are checked before they are kept
 */
export const encodeDns = (message: DnsMessage, size: number): Uint8Array => {
  for (const records of [message.answers, message.authorities, message.additionals])
    records.forEach(checkRecord)
  return Uint8Array.from(encode(toPacket(shorten(message, size))))
}

/** The answer to a query that `decodeDns` refused: its header with "format error"; `undefined` for what is no query. */
export const dnsFormatError = (bytes: Uint8Array): Uint8Array | undefined => {
  if (bytes.length < HEADER || bytes[2]! >>> 7 === 1) return undefined
  const answer = new Uint8Array(HEADER)
  writeU16(answer, 0, readU16(bytes, 0))
  // Operation and "recursion desired" are those of the query.
  writeU16(answer, 2, 0x8000 | (readU16(bytes, 2) & 0x7900) | DNS_RCODE.format_error)
  return answer
}
