/** What a DNS record says, as text by the type of the record (RFC 1035 §3.3, RFC 3596, RFC 2782): pure. */
import { ipv4, ipv6 } from './address.ts'
import { dnsName } from './dns_name.ts'
import { invalid, type Kind, type Parsed, valid } from './kind.ts'
import { isUnicode, oneOf } from './scalar.ts'

export const DNS_TYPES = ['A', 'AAAA', 'PTR', 'CNAME', 'SRV', 'TXT'] as const
export type DnsType = (typeof DNS_TYPES)[number]

const types = oneOf(DNS_TYPES)

/** The type of a record, in upper or lower case. */
export const dnsType: typeof types = {
  ...types,
  parse: (input) => types.parse(typeof input === 'string' ? input.toUpperCase() : input),
}

/** More does not fit into one answer over UDP without EDNS (RFC 1035 §4.2.1), and is data rather than a record. */
const LONGEST = 1024

/** Any of them, before the type is known. */
export const dnsText: Kind<string> = {
  name: 'dns value',
  expects: 'what the record says: an address, a name, "priority weight port target" of SRV, or text',
  parse: (input) => {
    if (typeof input !== 'string') return invalid('not text')
    if (input.length > LONGEST) return invalid(`${input.length} characters long, the limit is ${LONGEST}`)
    if (!isUnicode(input)) return invalid('text with characters that are not valid UTF-8')
    return /\p{Cc}/u.test(input) ? invalid('text with control characters') : valid(input)
  },
  jsonSchema: { type: 'string', maxLength: LONGEST, examples: ['0 5 5060 sip.example.com'] },
  sql: 'TEXT',
}

/** The parts of an SRV record (RFC 2782). */
export interface SrvValue {
  readonly priority: number
  readonly weight: number
  readonly port: number
  readonly target: string
}

const SRV = /^(\d{1,5}) +(\d{1,5}) +(\d{1,5}) +(\S+)$/
const SRV_FORM = 'not "priority weight port target" like 0 5 5060 sip.example.com'

/** @param text canonical */
export const srvOf = (text: string): SrvValue => {
  const [priority, weight, port, target = ''] = text.split(' ')
  return { priority: Number(priority), weight: Number(weight), port: Number(port), target }
}

const parseSrv = (text: string): Parsed<string> => {
  const [, ...parts] = SRV.exec(text) ?? []
  const target = parts[3] ?? ''
  // A target of one dot: the service is decidedly not there.
  if (parts.length === 0 || !(target === '.' || dnsName.parse(target).ok)) return invalid(SRV_FORM)
  const numbers = parts.slice(0, 3).map(Number)
  return numbers.some((number) => number > 0xff_ff)
    ? invalid('an SRV record with a number above 65535')
    : valid([...numbers, target].join(' '))
}

const parseText = (text: string): Parsed<string> =>
  text === '' ? invalid('empty, and a TXT record says something') : valid(text)

const PARSERS: Readonly<Record<DnsType, (text: string) => Parsed<string>>> = {
  A: ipv4.parse,
  AAAA: ipv6.parse,
  PTR: dnsName.parse,
  CNAME: dnsName.parse,
  SRV: parseSrv,
  TXT: parseText,
}

/** The value of a record in canonical form. */
export const parseDnsValue = (type: DnsType, text: string): Parsed<string> => PARSERS[type](text)
