/**
 * The DNS service of simulated interfaces: a question in, its answer out. It remembers records by name, as long as the rows
 * are the same, and the TCP connections of guests.
 */
import type { HandlerContext, PacketAnswer } from '../../engine/packet.ts'
import { packetHandler } from '../../engine/packet.ts'
import { buildUdp, IP_PROTO, parseUdp, turnEnds } from '../../packet/index.ts'
import { DnsConnections } from './connections.ts'
import { type Exchange, readExchange, sendBack } from './exchange.ts'
import { serve } from './serve.ts'
import { createStaticNames, type StaticNamesCache } from './static_names.ts'
import { answerStream } from './stream_server.ts'

const PORT = 53

interface State {
  readonly names: StaticNamesCache
  readonly connections: DnsConnections
}

const randomNumber = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!

const drop = (dropped: string): PacketAnswer => ({ dropped })

const answerUdp = (
  exchange: Exchange,
  service: number,
  { view, state }: HandlerContext<State>,
): PacketAnswer => {
  const datagram = parseUdp(exchange.payload, exchange.ends)
  if (datagram === undefined) return drop('malformed UDP')
  const { guest, network } = exchange
  const { src: dst, payload: bytes } = datagram
  const send = (payload: Uint8Array): PacketAnswer => ({
    send: [sendBack(exchange, buildUdp({ src: PORT, dst, payload }, turnEnds(exchange.ends)))],
  })
  const served = serve({ guest, network, service, stream: false, bytes }, view, state.names)
  if ('dropped' in served) return drop(served.dropped)
  if (!('errand' in served)) return send(served.reply)
  return { send: [], ask: [{ ...served.errand, resume: (answer) => send(served.reply(answer)) }] }
}

export const dnsHandler = packetHandler<State>({
  kind: 'dns',
  createState: () => ({ names: createStaticNames(), connections: new DnsConnections(randomNumber) }),
  handle: (punted, context): PacketAnswer => {
    const exchange = readExchange(punted, context.view)
    if (typeof exchange === 'string') return drop(exchange)
    switch (exchange.protocol) {
      case IP_PROTO.udp:
        return answerUdp(exchange, punted.leg, context)
      case IP_PROTO.tcp:
        return answerStream(exchange, punted.leg, { ...context.state, view: context.view, now: context.now })
      default:
        return drop('neither UDP nor TCP')
    }
  },
})
