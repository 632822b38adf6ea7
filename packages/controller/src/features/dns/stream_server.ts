/** Questions over TCP (RFC 7766): segments to a service and back, any number of questions in a connection, answered as they come. */
import type { Errand, PacketAnswer } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import { buildTcp, parseTcp, TCP_FLAG, type Tcp, turnEnds } from '../../packet/index.ts'
import type { PacketToSend } from '../../pipeline/packets.ts'
import { type DnsConnection, type Outgoing, resetFor } from './connection.ts'
import type { DnsConnections } from './connections.ts'
import { type Exchange, sendBack } from './exchange.ts'
import { serve } from './serve.ts'
import type { StaticNamesCache } from './static_names.ts'

interface Means {
  readonly connections: DnsConnections
  readonly names: StaticNamesCache
  readonly view: View
  /** Milliseconds. */
  readonly now: number
}

const toPacket = (exchange: Exchange, { src, dst }: Tcp, outgoing: Outgoing): PacketToSend =>
  sendBack(exchange, buildTcp({ src: dst, dst: src, urgent: 0, ...outgoing }, turnEnds(exchange.ends)))

/** Answers and errands for messages of a connection; a message that is none ends it. */
const serveAll = (
  messages: readonly Uint8Array[],
  connection: DnsConnection,
  { guest, network, service }: { readonly guest: number; readonly network: number; readonly service: number },
  { view, names }: Means,
  send: () => readonly PacketToSend[],
): readonly Errand[] =>
  messages.flatMap((bytes): Errand[] => {
    const served = serve({ guest, network, service, stream: true, bytes }, view, names)
    if ('dropped' in served) return []
    if (!('errand' in served)) {
      connection.answer(served.reply)
      return []
    }
    connection.wait()
    const resume = (answer: Uint8Array | undefined): PacketAnswer => {
      if (connection.isOver) return { dropped: 'its connection has ended' }
      connection.answer(served.reply(answer), true)
      return { send: send() }
    }
    return [{ ...served.errand, resume }]
  })

export const answerStream = (exchange: Exchange, service: number, means: Means): PacketAnswer => {
  const segment = parseTcp(exchange.payload, exchange.ends)
  if (segment === undefined) return { dropped: 'malformed TCP' }
  const { guest, network, ends } = exchange
  const name = `${service} ${ends.src} ${ends.dst} ${segment.src}`
  const connection = means.connections.of(guest, name, segment, means.now)
  // Nothing of the frame outlives it, but what these say.
  const back = { ...exchange, payload: new Uint8Array() }
  const header = { ...segment, options: new Uint8Array(), payload: new Uint8Array() }
  if (connection === undefined) {
    const reset = resetFor(segment)
    return reset === undefined ? { dropped: 'a TCP reset' } : { send: [toPacket(back, header, reset)] }
  }
  if ((segment.flags & TCP_FLAG.syn) !== 0 && !connection.isOpen)
    return { send: [toPacket(back, header, connection.accept())] }
  const send = () => connection.flush().map((outgoing) => toPacket(back, header, outgoing))
  const ask = serveAll(connection.receive(segment), connection, { guest, network, service }, means, send)
  const packets = send()
  if (connection.isOver) means.connections.forget(guest, name)
  return ask.length === 0 ? { send: packets } : { send: packets, ask }
}
