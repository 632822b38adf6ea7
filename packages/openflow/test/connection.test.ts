/** From the first byte to the last, over real sockets: versions, features, strangers, silence, callbacks, the end. */
import { once } from 'node:events'
import net from 'node:net'
import { duplexPair } from 'node:stream'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import {
  type CloseReason,
  Connection,
  type ErrorMessage,
  type Message,
  OFP_HEADER_BYTES,
  OFP_MAX_MESSAGE_BYTES,
} from '@openvnet/openflow'
import t from 'tap'
import { asEachRole, features, hello, none, type Peer, portStatus } from './connection-pair.ts'

asEachRole('negotiation', async (t, { pair }) => {
  t.test('takes 1.3 from a bitmap, or from a version byte that includes it', async (t) => {
    for (const offer of [hello(4, [4]), hello(6, [1, 4, 6]), hello(4), hello(6)]) {
      const { peer, ready, connection } = await pair(t)
      peer.send(offer)
      t.equal(await ready, null)
      t.equal(connection.ready, true)
      while (peer.received.length === 0) await turn()
      t.same(peer.received, [
        { type: 'hello', xid: 1, version: 4, elements: [{ type: 'versionbitmap', versions: [4] }] },
      ])
    }
  })

  t.test('refuses other versions in the language of the peer, and closes', async (t) => {
    for (const [offer, version] of [
      [hello(1), 1],
      [hello(3, [1, 3]), 3],
      [hello(6, [1, 5, 6]), 4],
    ] as const) {
      const { peer, closed } = await pair(t)
      peer.send(offer)
      const refused = (await peer.next()) as ErrorMessage
      t.match(refused, { type: 'error', xid: 1, version, error_type: 0, code: 0 })
      t.match(Buffer.from(refused.data).toString(), /1\.3/)
      t.match(await closed, { code: 'version', message: /not 4 \(1\.3\)/ })
    }
  })

  t.test('ends when the peer refuses ours', async (t) => {
    const { peer, closed } = await pair(t)
    const data = new TextEncoder().encode('no thanks')
    peer.send({ type: 'error', xid: 1, version: 1, error_type: 0, code: 0, experimenter: null, data })
    t.match(await closed, { code: 'hello_failed', message: /no thanks/ })
  })

  t.test('asks for features before it is ready, and drops what comes earlier', async (t) => {
    const { connection, peer, ready, messages } = await pair(t, { requestFeatures: true })
    peer.send(hello(4, [4]), portStatus(1))
    t.equal(connection.features, null)
    t.match(await peer.next(), { type: 'features_request' })
    peer.send(portStatus(2), features, portStatus(3))
    t.same(await ready, features)
    t.same(connection.features, features)
    await turn()
    t.match(messages, [{ type: 'port_status', port: { port_no: 3 } }])
  })

  t.test('works over any byte stream', async (t) => {
    const [a, b] = duplexPair()
    const ready = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()]
    const left = new Connection({ socket: a, onReady: () => ready[0]?.resolve(null) })
    const right = new Connection({
      socket: b,
      onReady: () => ready[1]?.resolve(null),
      onMessage: ({ xid }) => right.send({ type: 'barrier_reply', xid }),
    })
    await Promise.all(ready.map(({ promise }) => promise))
    await left.barrier()
    t.match(await left.close(), { code: 'closed' })
    t.equal(right.reason?.code, 'ended')
  })
})

asEachRole('a peer that is no switch is disconnected with a reason', async (t, { pair, readyPair }) => {
  t.test('garbage', async (t) => {
    const { peer, closed } = await pair(t)
    peer.socket.write('GET / HTTP/1.1\r\n')
    t.match(await closed, { code: 'malformed', error: { name: 'DecodeError' } })
  })

  t.test('another message than HELLO', async (t) => {
    const { peer, closed } = await pair(t)
    peer.send({ type: 'barrier_request', xid: 1 })
    t.match(await closed, { code: 'malformed', message: /not HELLO/ })
  })

  t.test('garbage after HELLO', async (t) => {
    const { peer, closed } = await readyPair(t)
    peer.socket.write('GET / HTTP/1.1\r\n')
    t.match(await closed, { code: 'malformed', message: /version 71/ })
  })

  t.test('an impossible length', async (t) => {
    const { peer, closed } = await readyPair(t)
    peer.write('0402 0007 0000 0001')
    t.match(await closed, { code: 'malformed', message: /7 bytes/ })
  })

  t.test('a longer message than allowed', async (t) => {
    const { peer, closed } = await readyPair(t, { maxMessageBytes: 100 })
    peer.send({ type: 'echo_request', xid: 1, data: new Uint8Array(100) })
    t.match(await closed, { code: 'malformed', message: /limit of 100/ })
  })

  t.test('but not for the longest message that there can be', async (t) => {
    const { peer } = await readyPair(t)
    const data = new Uint8Array(OFP_MAX_MESSAGE_BYTES - OFP_HEADER_BYTES).fill(7)
    peer.send({ type: 'echo_request', xid: 1, data })
    t.same(await peer.next(), { type: 'echo_reply', xid: 1, data })
  })

  t.test('nor for one as long as allowed', async (t) => {
    const { peer } = await readyPair(t, { maxMessageBytes: 100 })
    peer.send({ type: 'echo_request', xid: 1, data: new Uint8Array(92) })
    t.match(await peer.next(), { type: 'echo_reply' })
  })

  t.test('another version after negotiation', async (t) => {
    const { peer, closed } = await readyPair(t)
    peer.write('0105 0008 0000 0001')
    t.match(await closed, { code: 'malformed', message: /version 1/ })
  })

  t.test('half a message and the end', async (t) => {
    const { peer, closed } = await readyPair(t)
    peer.write('0402 0010 0000 0001 00')
    peer.socket.end()
    t.match(await closed, { code: 'truncated' })
  })

  t.test('half a message and silence', async (t) => {
    const { peer, closed } = await readyPair(t, { echoIntervalMs: 20 })
    peer.write('0402 0010 0000 0001 00')
    t.match(await closed, { code: 'inactivity' })
  })

  t.test('nothing', async (t) => {
    const { closed } = await pair(t, { handshakeTimeoutMs: 20 })
    t.match(await closed, { code: 'handshake_timeout', message: /no HELLO within 20 ms/ })
  })

  t.test('no features', async (t) => {
    const { peer, closed } = await pair(t, { handshakeTimeoutMs: 400, requestFeatures: true })
    peer.send(hello(4))
    t.match(await closed, { code: 'handshake_timeout', message: /no features reply/ })
  })

  t.test('the end at once', async (t) => {
    const { peer, closed } = await pair(t)
    peer.socket.end()
    t.match(await closed, { code: 'ended' })
  })

  t.test('a reset', async (t) => {
    const { peer, closed } = await readyPair(t)
    peer.socket.resetAndDestroy()
    t.match(await closed, { code: 'socket_error', error: { code: 'ECONNRESET' } })
  })

  t.test('nobody listening', async (t) => {
    const closed = Promise.withResolvers<CloseReason>()
    new Connection({ socket: net.connect(1, '127.0.0.1'), onClose: closed.resolve })
    t.match(await closed.promise, { code: 'socket_error', error: { code: 'ECONNREFUSED' } })
  })

  t.test('a socket that is closed already', async (t) => {
    const socket = new net.Socket()
    socket.destroy()
    const closed = Promise.withResolvers<CloseReason>()
    new Connection({ socket, onClose: closed.resolve })
    t.match(await closed.promise, { code: 'ended' })
  })
})

asEachRole('liveness', async (t, { readyPair }) => {
  t.test('an echo request is answered with its xid and data', async (t) => {
    const { peer, messages } = await readyPair(t)
    const data = Uint8Array.of(1, 2, 3)
    peer.send({ type: 'echo_request', xid: 99, data })
    t.same(await peer.next(), { type: 'echo_reply', xid: 99, data })
    t.same(messages, [])
  })

  t.test('also one with xid 0', async (t) => {
    const { peer } = await readyPair(t)
    peer.send({ type: 'echo_request', xid: 0, data: none })
    t.same(await peer.next(), { type: 'echo_reply', xid: 0, data: none })
  })

  t.test('a peer that talks is not asked', async (t) => {
    const { peer, connection } = await readyPair(t, { echoIntervalMs: 400 })
    for (let n = 0; n < 45; n++) {
      peer.send(portStatus(n))
      await sleep(20)
    }
    t.equal(connection.ready, true)
    t.same(
      peer.received.filter((message) => message.type === 'echo_request'),
      [],
    )
  })

  t.test('silence counts from the last message', async (t) => {
    const { peer, closed } = await readyPair(t, { echoIntervalMs: 200 })
    await sleep(100)
    peer.send(portStatus(1))
    const before = performance.now()
    t.match(await closed, { code: 'inactivity' })
    t.ok(performance.now() - before >= 395, 'two intervals')
  })

  t.test('a silent peer is asked, then given up', async (t) => {
    const { peer, closed } = await readyPair(t, { echoIntervalMs: 30 })
    const before = performance.now()
    t.match(await closed, { code: 'inactivity' })
    t.ok(performance.now() - before >= 55, 'after two intervals')
    t.equal(peer.received.filter((message) => message.type === 'echo_request').length, 1)
  })

  t.test('a peer that answers is kept', async (t) => {
    const { peer, connection } = await readyPair(t, { echoIntervalMs: 15 })
    for (let n = 0; n < 5; n++) {
      const { xid } = await nextProbe(peer)
      peer.send({ type: 'echo_reply', xid, data: none })
    }
    t.equal(connection.ready, true)
  })

  t.test('an answer that came in time counts, however late it is read', async (t) => {
    const { peer, connection, closed } = await readyPair(t, { echoIntervalMs: 20 })
    const { xid } = await nextProbe(peer)
    peer.send({ type: 'echo_reply', xid, data: none })
    holdUp(60)
    await nextProbe(peer)
    t.equal(connection.ready, true)
    t.match(await closed, { code: 'inactivity' }, 'which is no answer to the next one')
  })
})

/** The next echo request that a connection sends. */
async function nextProbe({ received }: Peer): Promise<Message> {
  const seen = received.length
  for (;;) {
    const probe = received.slice(seen).find((message) => message.type === 'echo_request')
    if (probe !== undefined) return probe
    await turn()
  }
}

/** Keeps the process from doing anything else. */
function holdUp(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

asEachRole('a process that is held up', async (t, { pair, readyPair }) => {
  t.test('takes a hello that came in time', async (t) => {
    const { peer, ready } = await pair(t, { handshakeTimeoutMs: 200 })
    peer.send(hello(4))
    holdUp(250)
    t.equal(await ready, null)
  })

  t.test('takes a reply that came in time, and parts of one', async (t) => {
    const { connection, peer } = await readyPair(t)
    const barrier = connection.barrier({ timeout: 100 })
    peer.send({ type: 'barrier_reply', xid: (await peer.next()).xid })
    holdUp(150)
    await barrier
    const reply = connection.multipart({ type: 'port_desc' }, { timeout: 100 })
    const { xid } = await peer.next()
    const body = { type: 'port_desc', ports: [] } as const
    for (const flags of [1, 1, 0]) {
      peer.send({ type: 'multipart_reply', xid, flags, body })
      holdUp(150)
      await turn()
    }
    t.same((await reply).ports, [])
    const stopped = connection.multipart({ type: 'port_desc' }, { timeout: 20 })
    peer.send({ type: 'multipart_reply', xid: (await peer.next()).xid, flags: 1, body })
    holdUp(50)
    await t.rejects(stopped, { name: 'RequestTimeout' }, 'but waits no longer than once more')
  })
})

asEachRole('the end', async (t, { readyPair }) => {
  t.test('comes after what is queued', async (t) => {
    const { connection, peer, closed, reasons } = await readyPair(t)
    connection.sendAll(Array.from({ length: 1000 }, () => ({ type: 'barrier_request' })))
    const [reason] = await Promise.all([connection.close(), once(peer.socket, 'close')])
    t.match(reason, { code: 'closed' })
    t.equal(peer.received.filter((message) => message.type === 'barrier_request').length, 1000)
    await closed
    t.match(await connection.close(), { code: 'closed' }, 'closing again changes nothing')
    t.equal(reasons.length, 1)
  })

  t.test('does not wait for a peer that does not read', async (t) => {
    const { connection, peer } = await readyPair(t, { closeTimeoutMs: 20 })
    peer.socket.pause()
    connection.sendAll(
      Array.from({ length: 100 }, () => ({ type: 'echo_request', data: new Uint8Array(65000) })),
    )
    t.match(await connection.close(), { code: 'closed' })
  })

  t.test('is FIN at once, and does not wait for ever for that of the peer', async (t) => {
    const server = net.createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
    t.teardown(() => server.close())
    await once(server, 'listening')
    const accepted = once(server, 'connection') as Promise<[net.Socket]>
    const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
    const connection = new Connection({ socket, closeTimeoutMs: 400 })
    const [peer] = await accepted
    peer.on('error', () => undefined).resume()
    const before = performance.now()
    const closing = connection.close()
    const first = await Promise.race([once(peer, 'end').then(() => 'FIN'), closing.then(() => 'closed')])
    t.equal(first, 'FIN')
    t.match(await closing, { code: 'closed' })
    t.ok(performance.now() - before >= 395, 'and the socket stayed until the deadline')
    peer.destroy()
  })

  t.test('stops callbacks at once', async (t) => {
    const { connection, peer, messages, closed } = await readyPair(t, {
      onMessage: () => void connection.close(),
    })
    peer.send(portStatus(1), portStatus(2))
    await closed
    t.equal(messages.length, 1)
  })

  t.test('is what a callback that throws brings about, for its connection only', async (t) => {
    const other = await readyPair(t)
    const { peer, closed } = await readyPair(t, {
      onMessage: () => {
        throw new Error('a bug')
      },
    })
    peer.send(portStatus(1))
    t.match(await closed, { code: 'handler_error', error: { message: 'a bug' } })
    other.peer.send(portStatus(1))
    while (other.messages.length === 0) await turn()
  })

  t.test('delivers what came before the peer ended', async (t) => {
    const { peer, messages, closed } = await readyPair(t)
    peer.send(...Array.from({ length: 3000 }, (_, n) => portStatus(n)))
    peer.socket.end()
    t.match(await closed, { code: 'ended' })
    t.equal(messages.length, 3000)
  })
})

asEachRole('callbacks', async (t, { readyPair }) => {
  t.test('get the connection', async (t) => {
    const seen: unknown[] = []
    const { connection, peer } = await readyPair(t, {
      onReady: (_, connection) => seen.push(connection),
      onMessage: (_, connection) => seen.push(connection),
    })
    peer.send(portStatus(1))
    while (seen.length < 2) await turn()
    t.ok(seen.every((one) => one === connection))
  })

  t.test('whose promise rejects end their connection', async (t) => {
    const { peer, closed } = await readyPair(t, { onMessage: () => Promise.reject(new Error('a bug')) })
    peer.send(portStatus(1))
    t.match(await closed, { code: 'handler_error', message: /a bug/, error: { message: 'a bug' } })
  })
})

t.test('what onClose throws is a warning, as there is nothing left to end', async (t) => {
  const warned: string[] = []
  const onWarning = (warning: Error): void => void warned.push(warning.message)
  process.on('warning', onWarning)
  t.teardown(() => void process.removeListener('warning', onWarning))
  const [a] = duplexPair()
  const [b] = duplexPair()
  const thrown = (): never => {
    throw new Error('thrown')
  }
  await new Connection({ socket: a, onClose: thrown, closeTimeoutMs: 1 }).close()
  const onClose = (): Promise<void> => Promise.reject(new Error('rejected'))
  await new Connection({ socket: b, onClose, closeTimeoutMs: 1 }).close()
  while (warned.length < 2) await turn()
  t.same(warned, ['thrown', 'rejected'])
})
