/**
 * DNS messages: RFC 1035, with EDNS of RFC 6891. Reading and writing is the library dns-packet's; what stands here keeps
 * it harmless for what guests may send (it throws on what is cut, allocates what a header claims, and walks pointers for
 * every record anew) and gives the header's bits and the OPT record their names.
 */
import { type Answer, decode, encode, type OptAnswer, type Packet, type Question } from 'dns-packet'
import { type Malformed, malformed } from '../malformed.ts'
import { readU16 } from '../octets.ts'

/** `type` as text: `A`, `AAAA`, …; `UNKNOWN_65` for those that the library does not know. */
export type DnsQuestion = Question
/** Any record but OPT, which is `DnsMessage.edns`. */
export type DnsRecord = Exclude<Answer, OptAnswer>

export interface DnsFlags {
  readonly authoritative: boolean
  readonly truncated: boolean
  readonly recursion_desired: boolean
  readonly recursion_available: boolean
  readonly authentic_data: boolean
  readonly checking_disabled: boolean
}

export interface Edns {
  /** Octets of UDP payload that its sender takes. */
  readonly udp_size: number
  readonly version: number
  readonly dnssec_ok: boolean
  readonly options: readonly { readonly code: number; readonly data: Uint8Array }[]
}

export interface DnsMessage extends DnsFlags {
  readonly id: number
  readonly response: boolean
  /** 0 is a query. */
  readonly opcode: number
  /** See `DNS_RCODE`; 12 bits with EDNS, else 4. */
  readonly rcode: number
  readonly questions: readonly DnsQuestion[]
  readonly answers: readonly DnsRecord[]
  readonly authorities: readonly DnsRecord[]
  readonly additionals: readonly DnsRecord[]
  readonly edns?: Edns
}

export const DNS_RCODE = {
  no_error: 0,
  format_error: 1,
  server_failure: 2,
  name_error: 3,
  not_implemented: 4,
  refused: 5,
  bad_version: 16,
} as const

const HEADER = 12
const RESPONSE = 0x8000
const DNSSEC_OK = 0x8000
const FLAG_BITS: Readonly<Record<keyof DnsFlags, number>> = {
  authoritative: 0x0400,
  truncated: 0x0200,
  recursion_desired: 0x0100,
  recursion_available: 0x0080,
  authentic_data: 0x0020,
  checking_disabled: 0x0010,
}

/** Longer ones are refused unread: names of many records that all point far back would cost their product. */
export const DNS_MAX_DECODED = 4096
/** The least that a question and a record take: a root name, and what follows. */
const MIN_QUESTION = 5
const MIN_RECORD = 11

/** Whether as many questions and records as the header claims can be there. */
const countsFit = (bytes: Uint8Array): boolean => {
  const records = readU16(bytes, 6) + readU16(bytes, 8) + readU16(bytes, 10)
  return HEADER + readU16(bytes, 4) * MIN_QUESTION + records * MIN_RECORD <= bytes.length
}

const flagsOf = (bits: number): DnsFlags => {
  const is = (flag: keyof DnsFlags): boolean => (bits & FLAG_BITS[flag]) !== 0
  return {
    authoritative: is('authoritative'),
    truncated: is('truncated'),
    recursion_desired: is('recursion_desired'),
    recursion_available: is('recursion_available'),
    authentic_data: is('authentic_data'),
    checking_disabled: is('checking_disabled'),
  }
}

const bitsOf = (message: DnsMessage): number => {
  const flags = Object.entries(FLAG_BITS).filter(([flag]) => message[flag as keyof DnsFlags])
  return flags.reduce((bits, [, bit]) => bits | bit, (message.opcode << 11) | (message.rcode & 0xf))
}

const isOpt = (record: Answer): record is OptAnswer => record.type === 'OPT'
const isNoOpt = (record: Answer): record is DnsRecord => record.type !== 'OPT'

const ednsOf = (opt: OptAnswer): Edns => ({
  udp_size: opt.udpPayloadSize,
  version: opt.ednsVersion,
  dnssec_ok: opt.flag_do,
  options: opt.options.map(({ code, data }) => ({ code, data: data ?? new Uint8Array() })),
})

/**
 * Whether the questions are written back to the octets that they were read from: else a label holds a dot or octets that
 * are no text, and the answer would be about another name.
 */
const questionsAreExact = (bytes: Uint8Array, questions: readonly Question[]): boolean => {
  const written = encode({ questions: [...questions] }).subarray(HEADER)
  return Buffer.compare(written, bytes.subarray(HEADER, HEADER + written.length)) === 0
}

const toMessage = (bytes: Uint8Array, packet: Packet): DnsMessage | Malformed => {
  const { questions = [], answers = [], authorities = [], additionals = [] } = packet
  const opts = additionals.filter(isOpt)
  if (opts.length > 1 || answers.some(isOpt) || authorities.some(isOpt))
    return malformed('an OPT record too many, or out of place')
  if (!questionsAreExact(bytes, questions))
    return malformed('a name or class that cannot be answered exactly')
  const bits = readU16(bytes, 2)
  const [opt] = opts
  return {
    id: readU16(bytes, 0),
    response: (bits & RESPONSE) !== 0,
    opcode: (bits >>> 11) & 0xf,
    rcode: (bits & 0xf) | ((opt?.extendedRcode ?? 0) << 4),
    ...flagsOf(bits),
    questions,
    answers: answers.filter(isNoOpt),
    authorities: authorities.filter(isNoOpt),
    additionals: additionals.filter(isNoOpt),
    ...(opt && { edns: ednsOf(opt) }),
  }
}

/**
 * Never throws; records hold copies.
 * @param bytes the payload of a UDP datagram, or one message of a stream
 */
export const decodeDns = (bytes: Uint8Array): DnsMessage | Malformed => {
  if (bytes.length < HEADER) return malformed('cut: shorter than its header')
  if (bytes.length > DNS_MAX_DECODED) return malformed('longer than a message to be read may be')
  if (!countsFit(bytes)) return malformed('fewer records than its header says')
  try {
    const packet = decode(Buffer.from(bytes))
    // Not a number after a text that runs past the end.
    if (!(decode.bytes <= bytes.length)) return malformed('a record exceeds the message')
    return toMessage(bytes, packet)
  } catch {
    return malformed('a malformed name or record')
  }
}

const toOpt = (edns: Edns, rcode: number): OptAnswer => ({
  type: 'OPT',
  name: '.',
  udpPayloadSize: edns.udp_size,
  extendedRcode: rcode >>> 4,
  ednsVersion: edns.version,
  flags: edns.dnssec_ok ? DNSSEC_OK : 0,
  flag_do: edns.dnssec_ok,
  // The library's type knows few of the codes that it can write.
  options: edns.options.map(({ code, data }) => ({ code, data: Buffer.from(data) })) as OptAnswer['options'],
})

/** The library's form of a message; its encoder changes texts in place, so these are copied. */
export const toPacket = (message: DnsMessage): Packet => {
  const own = (record: DnsRecord): Answer =>
    record.type === 'TXT' && Array.isArray(record.data) ? { ...record, data: [...record.data] } : record
  return {
    id: message.id,
    type: message.response ? 'response' : 'query',
    flags: bitsOf(message),
    questions: [...message.questions],
    answers: message.answers.map(own),
    authorities: message.authorities.map(own),
    additionals: [
      ...message.additionals.map(own),
      ...(message.edns ? [toOpt(message.edns, message.rcode)] : []),
    ],
  }
}
