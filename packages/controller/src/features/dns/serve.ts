/** A DNS message in, and its answer out or what is to be asked outside first; however it travels. */
import type { Errand } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import { DNS_RCODE, DNS_TCP_SIZE, type DnsMessage, dnsUdpSize, encodeDns } from '../../packet/dns/index.ts'
import { askerOf } from './asker.ts'
import { foreignQuery, foreignReply } from './forward.ts'
import { type Query, readQuery, replyTo } from './reply.ts'
import { resolve } from './resolve.ts'
import { dnsServicesOf, type StaticNamesCache } from './static_names.ts'

export interface Request {
  /** Ids: of the interface that asks, its network, and the simulated interface that is asked. */
  readonly guest: number
  readonly network: number
  readonly service: number
  /** Whether it came over TCP. */
  readonly stream: boolean
  readonly bytes: Uint8Array
}

export type Served =
  | { readonly reply: Uint8Array }
  | {
      readonly errand: Omit<Errand, 'resume'>
      readonly reply: (answer: Uint8Array | undefined) => Uint8Array
    }
  | { readonly dropped: string }

const serversOf = (service: number, view: View): readonly string[] =>
  dnsServicesOf(service, view).flatMap(({ public_dns }) => public_dns?.split(',') ?? [])

const serveQuery = (query: Query, request: Request, view: View, names: StaticNamesCache): Served => {
  const { message, question } = query
  const { guest, network, service, stream } = request
  const size = stream ? DNS_TCP_SIZE : dnsUdpSize(message)
  const servers = serversOf(service, view)
  const reply = (rest: Parameters<typeof replyTo>[1]): Served => ({
    reply: encodeDns(replyTo(message, rest, servers.length > 0), size),
  })
  const resolved = resolve(question.name, question.type, askerOf(guest, network, service, view), names)
  const { answers, authorities, additionals, rcode, foreign, exists } = resolved
  if (foreign === undefined) return reply({ answers, authorities, additionals, rcode, authoritative: true })
  if (servers.length > 0 && message.recursion_desired)
    return {
      errand: { guest, servers, query: foreignQuery(query, foreign), stream },
      reply: (answer) => foreignReply(query, resolved, answer, size),
    }
  const isOurs = answers.length > 0 || exists
  return reply({ answers, rcode: isOurs ? rcode : DNS_RCODE.refused, authoritative: isOurs })
}

/** Never throws; nothing in the answer is a view into the message. */
export const serve = (request: Request, view: View, names: StaticNamesCache): Served => {
  const read = readQuery(request.bytes)
  if ('dropped' in read) return read
  if ('error' in read) return { reply: read.error }
  const sizeOf = (message: DnsMessage): number => (request.stream ? DNS_TCP_SIZE : dnsUdpSize(message))
  if ('refused' in read) return { reply: encodeDns(read.refused, sizeOf(read.refused)) }
  return serveQuery(read, request, view, names)
}
