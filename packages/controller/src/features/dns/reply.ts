/** What a query is and how its answer looks: RFC 1035 §4.1, EDNS of RFC 6891 §6 and §7. */
import {
  DNS_EDNS_SIZE,
  DNS_RCODE,
  type DnsMessage,
  type DnsRecord,
  decodeDns,
  dnsFormatError,
} from '../../packet/dns/index.ts'
import { isMalformed } from '../../packet/index.ts'

type Question = DnsMessage['questions'][number]

export interface Query {
  readonly message: DnsMessage
  readonly question: Question
}

export type Reply = Partial<
  Pick<DnsMessage, 'rcode' | 'answers' | 'authorities' | 'additionals' | 'authoritative'>
>

/** @param recursion whether names that are not ours are asked for elsewhere */
export const replyTo = (query: DnsMessage, reply: Reply, recursion: boolean): DnsMessage => {
  const { edns, ...rest } = query
  return {
    ...rest,
    response: true,
    authoritative: false,
    truncated: false,
    recursion_available: recursion,
    authentic_data: false,
    rcode: DNS_RCODE.no_error,
    answers: [] as readonly DnsRecord[],
    authorities: [] as readonly DnsRecord[],
    additionals: [],
    ...reply,
    ...(edns && {
      edns: { udp_size: DNS_EDNS_SIZE, version: 0, dnssec_ok: edns.dnssec_ok, options: [] },
    }),
  }
}

/** Why a query is not even looked at. */
const refusalOf = ({ opcode, edns, questions }: DnsMessage): number | undefined => {
  if (opcode !== 0) return DNS_RCODE.not_implemented
  if (edns !== undefined && edns.version !== 0) return DNS_RCODE.bad_version
  const [question] = questions
  if (question === undefined || questions.length > 1) return DNS_RCODE.format_error
  return question.class === 'IN' && !['AXFR', 'IXFR'].includes(question.type) ? undefined : DNS_RCODE.refused
}

export type Read =
  | Query
  | { readonly refused: DnsMessage }
  | { readonly error: Uint8Array }
  | { readonly dropped: string }

/** Never throws. */
export const readQuery = (bytes: Uint8Array): Read => {
  const message = decodeDns(bytes)
  if (isMalformed(message)) {
    const error = dnsFormatError(bytes)
    return error === undefined ? { dropped: 'malformed DNS' } : { error }
  }
  if (message.response) return { dropped: 'an answer that nobody asked for' }
  const rcode = refusalOf(message)
  if (rcode !== undefined) return { refused: replyTo(message, { rcode }, false) }
  return { message, question: message.questions[0]! }
}
