/**
 * The DNS service of simulated interfaces: a question in, its answer out. It remembers records by name, as long as the rows
 * are the same.
 */
import type { HandlerContext, PacketAnswer } from '../../engine/packet.ts'
import { packetHandler } from '../../engine/packet.ts'
import { DNS_RCODE, dnsUdpSize, encodeDns } from '../../packet/dns/index.ts'
import { buildUdp, IP_PROTO, parseUdp } from '../../packet/index.ts'
import { askerOf } from './asker.ts'
import { type Exchange, readExchange, sendBack, turned } from './exchange.ts'
import { type Query, readQuery, replyTo } from './reply.ts'
import { resolve } from './resolve.ts'
import { createStaticNames, type StaticNamesCache } from './static_names.ts'

const PORT = 53

interface State {
  readonly names: StaticNamesCache
}

type Context = HandlerContext<State>

const drop = (dropped: string): PacketAnswer => ({ dropped })

const answerQuery = ({ message, question }: Query, exchange: Exchange, service: number, context: Context) => {
  const { view, state } = context
  const asker = askerOf(exchange.guest, exchange.network, service, view)
  const { answers, authorities, rcode, foreign, exists } = resolve(
    question.name,
    question.type,
    asker,
    state.names,
  )
  if (foreign === undefined)
    return replyTo(message, { answers, authorities, rcode, authoritative: true }, false)
  const isOurs = answers.length > 0 || exists
  return replyTo(
    message,
    { answers, rcode: isOurs ? rcode : DNS_RCODE.refused, authoritative: isOurs },
    false,
  )
}

const answerUdp = (exchange: Exchange, service: number, context: Context): PacketAnswer => {
  const datagram = parseUdp(exchange.payload, exchange.ends)
  if (datagram === undefined) return drop('malformed UDP')
  const send = (payload: Uint8Array): PacketAnswer => {
    const answer = buildUdp({ src: PORT, dst: datagram.src, payload }, turned(exchange))
    return { send: [sendBack(exchange, answer)] }
  }
  const read = readQuery(datagram.payload)
  if ('dropped' in read) return drop(read.dropped)
  if ('error' in read) return send(read.error)
  if ('refused' in read) return send(encodeDns(read.refused, dnsUdpSize(read.refused)))
  const reply = answerQuery(read, exchange, service, context)
  return send(encodeDns(reply, dnsUdpSize(read.message)))
}

export const dnsHandler = packetHandler<State>({
  kind: 'dns',
  createState: () => ({ names: createStaticNames() }),
  handle: (punted, context): PacketAnswer => {
    const exchange = readExchange(punted)
    if (typeof exchange === 'string') return drop(exchange)
    switch (exchange.protocol) {
      case IP_PROTO.udp:
        return answerUdp(exchange, punted.leg, context)
      default:
        return drop('neither UDP nor TCP')
    }
  },
})
