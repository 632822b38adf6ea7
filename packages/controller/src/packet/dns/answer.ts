/**
 * Writing DNS messages within what their receiver takes: RFC 1035 §4.2.1, RFC 2181 §9, RFC 6891 §6.2.3.
 * What is additional goes first, unnoticed; when answers must go the message says that it is truncated, and the asker
 * comes again over TCP.
 */
import { encode } from 'dns-packet'
import { isDomainName } from '../domain_name.ts'
import { concat, readU16, writeU16 } from '../octets.ts'
import { type Compressed, compressDns } from './compress.ts'
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

const TRUNCATED = 0x0200

/** The message with so many records of its answers and authorities, and none that is additional but OPT. */
const keep = (
  { bytes, ends }: Compressed,
  opt: Uint8Array,
  answers: number,
  authorities: number,
  truncated: boolean,
): Uint8Array => {
  const kept = concat(bytes.subarray(0, ends[answers + authorities]), opt)
  const flags = readU16(kept, 2)
  writeU16(kept, 2, truncated ? flags | TRUNCATED : flags)
  for (const [index, count] of [answers, authorities, opt.length > 0 ? 1 : 0].entries())
    writeU16(kept, 6 + 2 * index, count)
  return kept
}

/** The question and OPT always stay. Pointers lead backwards, so what stands before a record is whole without it. */
const shorten = (whole: Compressed, { answers, authorities, edns }: DnsMessage, size: number): Uint8Array => {
  const { bytes, ends } = whole
  // OPT is the last record, and has no name to point to.
  const opt = edns === undefined ? new Uint8Array() : bytes.subarray(ends.at(-2))
  const fits = (records: number): boolean => ends[records]! + opt.length <= size
  const all = answers.length + authorities.length
  if (fits(all)) return keep(whole, opt, answers.length, authorities.length, false)
  let count = answers.length
  while (count > 0 && !fits(count)) count -= 1
  return keep(whole, opt, count, 0, count < answers.length || count === 0)
}

/**
 * @param size octets that the receiver takes: `dnsUdpSize` of the query, or `DNS_TCP_SIZE`
 * @throws RangeError for a record whose names or texts are too long: rows are checked before they are kept
 */
export const encodeDns = (message: DnsMessage, size: number): Uint8Array => {
  for (const records of [message.answers, message.authorities, message.additionals])
    records.forEach(checkRecord)
  const whole = compressDns(encode(toPacket(message)))
  return whole.bytes.length <= size ? whole.bytes : shorten(whole, message, size)
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
