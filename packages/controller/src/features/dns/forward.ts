/**
 * Questions about names that are not ours, for the servers of `public_dns`: what is asked there, and what of their answer the
 * asker gets. An answer goes on as it came, records of any type alike, but for its id and what a relay cannot vouch for.
 */
import {
  DNS_EDNS_SIZE,
  DNS_RCODE,
  DNS_TCP_SIZE,
  type DnsMessage,
  decodeDns,
  dnsUdpSize,
  encodeDns,
} from '../../packet/dns/index.ts'
import { isMalformed } from '../../packet/index.ts'
import { type Query, replyTo } from './reply.ts'
import type { Resolved } from './resolve.ts'

/** The question for others: with EDNS when the asker has it, so that the answer goes on as it comes. */
export const foreignQuery = ({ message, question }: Query, name: string): Uint8Array => {
  const { edns, ...rest } = message
  const query: DnsMessage = {
    ...rest,
    ...{ id: 0, truncated: false, authoritative: false, recursion_available: false, authentic_data: false },
    recursion_desired: true,
    questions: [{ ...question, name }],
    ...{ answers: [], authorities: [], additionals: [] },
    ...(edns && {
      edns: {
        ...{ udp_size: Math.min(dnsUdpSize(message), DNS_EDNS_SIZE), version: 0 },
        ...{ dnssec_ok: edns.dnssec_ok, options: [] },
      },
    }),
  }
  return encodeDns(query, DNS_TCP_SIZE)
}

const AUTHENTIC_DATA = 0x20

/** @param exists whether names of ours are below the name: then others may not deny it (RFC 8020) */
const relay = (answer: Uint8Array, { id }: DnsMessage, exists: boolean): Uint8Array => {
  const copy = Uint8Array.from(answer)
  copy[0] = id >>> 8
  copy[1] = id & 0xff
  copy[3]! &= ~AUTHENTIC_DATA
  if (exists && (copy[3]! & 0xf) === DNS_RCODE.name_error) copy[3]! &= 0xf0
  return copy
}

/** What the asker gets with an answer to its alias: ours first. */
const append = (query: DnsMessage, resolved: Resolved, answer: Uint8Array): DnsMessage => {
  const message = decodeDns(answer)
  if (isMalformed(message)) return replyTo(query, { rcode: DNS_RCODE.server_failure }, true)
  const { rcode, truncated, answers, authorities } = message
  const reply = replyTo(query, { rcode, authorities, answers: [...resolved.answers, ...answers] }, true)
  return { ...reply, truncated }
}

/**
 * @param answer of a server; `undefined` when there was none
 * @param size octets that the asker takes
 */
export const foreignReply = (
  { message }: Query,
  resolved: Resolved,
  answer: Uint8Array | undefined,
  size: number,
): Uint8Array => {
  if (answer === undefined)
    return encodeDns(replyTo(message, { rcode: DNS_RCODE.server_failure }, true), size)
  if (resolved.answers.length > 0) return encodeDns(append(message, resolved, answer), size)
  if (answer.length <= size) return relay(answer, message, resolved.exists)
  return encodeDns({ ...replyTo(message, {}, true), truncated: true }, size)
}
