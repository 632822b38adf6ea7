/** Connection over real sockets, with a peer that is nothing but bytes. */
import { once } from 'node:events'
import net from 'node:net'
import { duplexPair } from 'node:stream'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import {
  type CloseReason,
  Connection,
  type ConnectionOptions,
  decode,
  type ErrorMessage,
  encode,
  Framer,
  type Hello,
  type Message,
  OFP_HEADER_BYTES,
  type Port,
} from '@openvnet/openflow'
import t from 'tap'

const unhandled: unknown[] = []
process.on('unhandledRejection', (reason) => unhandled.push(reason))
t.teardown(() => {
  if (unhandled.length > 0) throw new Error(`unhandled rejections: ${unhandled.map(String).join(', ')}`)
})

type Tap = Pick<typeof t, 'teardown'>

interface Peer {
  readonly socket: net.Socket
  /** What the connection sent. */
  readonly received: Message[]
  /** Resolves with the next message that the connection sends, hellos and echo requests aside. */
  next(): Promise<Message>
  send(...messages: Message[]): void
  write(hex: string): void
}

interface Pair {
  readonly connection: Connection
  readonly peer: Peer
  readonly messages: Message[]
  readonly errors: ErrorMessage[]
  readonly ready: Promise<unknown>
  readonly closed: Promise<CloseReason>
  readonly reasons: CloseReason[]
}

async function pair(t: Tap, options: Omit<ConnectionOptions, 'socket'> = {}): Promise<Pair> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[net.Socket]>
  const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
  const [ours] = await accepted
  const messages: Message[] = []
  const errors: ErrorMessage[] = []
  const reasons: CloseReason[] = []
  const ready = Promise.withResolvers<unknown>()
  const closed = Promise.withResolvers<CloseReason>()
  const connection = new Connection({
    ...options,
    socket: ours,
    onReady: (features) => {
      options.onReady?.(features)
      ready.resolve(features)
    },
    onMessage: (message) => {
      messages.push(message)
      options.onMessage?.(message)
    },
    onError: (error) => errors.push(error),
    onClose: (reason) => {
      reasons.push(reason)
      closed.resolve(reason)
    },
  })
  t.teardown(async () => {
    socket.destroy()
    await closed.promise
    server.close()
  })
  const rest = { ready: ready.promise, closed: closed.promise, reasons }
  return { connection, peer: peerOf(socket), messages, errors, ...rest }
}

function peerOf(socket: net.Socket): Peer {
  const framer = new Framer()
  const received: Message[] = []
  const queue: Message[] = []
  const waiting: ((message: Message) => void)[] = []
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    framer.push(chunk)
    for (let bytes = framer.next(); bytes !== null; bytes = framer.next()) {
      const message = decode(bytes)
      received.push(message)
      if (message.type === 'hello' || message.type === 'echo_request') continue
      const waiter = waiting.shift()
      if (waiter === undefined) queue.push(message)
      else waiter(message)
    }
  })
  return {
    socket,
    received,
    next: () => {
      const message = queue.shift()
      return message === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(message)
    },
    send: (...messages) => socket.write(Buffer.concat(messages.map(encode))),
    write: (hex) => socket.write(Buffer.from(hex.replaceAll(' ', ''), 'hex')),
  }
}

const hello = (version: number, versions?: readonly number[]): Hello => ({
  type: 'hello',
  xid: 1,
  version,
  elements: versions === undefined ? [] : [{ type: 'versionbitmap', versions }],
})

/** As `pair`, with the versions negotiated. */
async function readyPair(t: Tap, options: Omit<ConnectionOptions, 'socket'> = {}): Promise<Pair> {
  const it = await pair(t, options)
  it.peer.send(hello(4, [4]))
  await it.ready
  return it
}

const none = new Uint8Array(0)
const port: Port = {
  port_no: 1,
  hw_addr: 0,
  name: 'p1',
  config: 0,
  state: 0,
  curr: 0,
  advertised: 0,
  supported: 0,
  peer: 0,
  curr_speed: 0,
  max_speed: 0,
}
const portStatus = (port_no: number): Message => ({
  type: 'port_status',
  xid: 0,
  reason: 0,
  port: { ...port, port_no },
})
const features: Message = {
  type: 'features_reply',
  xid: 2,
  datapath_id: 0x2fdee8e0a44n,
  n_buffers: 0,
  n_tables: 254,
  auxiliary_id: 0,
  capabilities: 0,
  reserved: 0,
}

t.test('negotiation', async (t) => {
  t.test('takes 1.3 from a bitmap, or from a version byte that includes it', async (t) => {
    for (const offer of [hello(4, [4]), hello(6, [1, 4, 6]), hello(4), hello(6)]) {
      const { peer, ready, connection } = await pair(t)
      peer.send(offer)
      t.equal(await ready, null)
      t.equal(connection.ready, true)
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
      t.match(await peer.next(), { type: 'error', xid: 1, version, error_type: 0, code: 0 })
      t.match(await closed, { code: 'version' })
    }
  })

  t.test('ends when the peer refuses ours', async (t) => {
    const { peer, closed } = await pair(t)
    const data = new TextEncoder().encode('no thanks')
    peer.send({ type: 'error', xid: 1, version: 1, error_type: 0, code: 0, experimenter: null, data })
    t.match(await closed, { code: 'hello_failed', message: /no thanks/ })
  })

  t.test('asks for features before it is ready, and drops what comes earlier', async (t) => {
    const { peer, ready, messages } = await pair(t, { requestFeatures: true })
    peer.send(hello(4, [4]), portStatus(1))
    t.match(await peer.next(), { type: 'features_request' })
    peer.send(portStatus(2), features, portStatus(3))
    t.same(await ready, features)
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

t.test('a peer that is no switch is disconnected with a reason', async (t) => {
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
    const { peer, closed } = await pair(t, { handshakeTimeoutMs: 50, requestFeatures: true })
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

t.test('liveness', async (t) => {
  t.test('an echo request is answered with its xid and data', async (t) => {
    const { peer, messages } = await readyPair(t)
    const data = Uint8Array.of(1, 2, 3)
    peer.send({ type: 'echo_request', xid: 99, data })
    t.same(await peer.next(), { type: 'echo_reply', xid: 99, data })
    t.same(messages, [])
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
    const answering = setInterval(() => {
      const asked = peer.received.findLast((message) => message.type === 'echo_request')
      if (asked !== undefined) peer.send({ type: 'echo_reply', xid: asked.xid, data: none })
    }, 5)
    await sleep(120)
    clearInterval(answering)
    t.equal(connection.ready, true)
  })
})

t.test('requests', async (t) => {
  t.test('get their replies by xid, in any order', async (t) => {
    const { connection, peer } = await readyPair(t)
    const replies = [connection.barrier(), connection.request({ type: 'get_config_request' })]
    const [barrier, config] = [await peer.next(), await peer.next()]
    peer.send(
      { type: 'get_config_reply', xid: config.xid, flags: 1, miss_send_len: 2 },
      { type: 'barrier_reply', xid: barrier.xid },
    )
    t.same(await Promise.all(replies), [
      undefined,
      { type: 'get_config_reply', xid: config.xid, flags: 1, miss_send_len: 2 },
    ])
  })

  t.test('keep the xid that they are given', async (t) => {
    const { connection, peer } = await readyPair(t)
    const reply = connection.request({ type: 'barrier_request', xid: 0xfffffffe })
    t.equal((await peer.next()).xid, 0xfffffffe)
    await t.rejects(connection.request({ type: 'barrier_request', xid: 0xfffffffe }), { name: 'EncodeError' })
    peer.send({ type: 'barrier_reply', xid: 0xfffffffe })
    await reply
  })

  t.test('get the parts of a multipart reply as one', async (t) => {
    const { connection, peer } = await readyPair(t)
    const reply = connection.multipart({ type: 'port_desc' })
    const { xid } = await peer.next()
    const part = (flags: number, ...ports: number[]): Message => ({
      type: 'multipart_reply',
      xid,
      flags,
      body: { type: 'port_desc', ports: ports.map((port_no) => ({ ...port, port_no })) },
    })
    peer.send(part(1, 1, 2), portStatus(9), part(1), part(1, 3), part(0))
    t.same(
      (await reply).ports.map((one) => one.port_no),
      [1, 2, 3],
    )
  })

  t.test('fail with the error of the peer', async (t) => {
    const { connection, peer, errors } = await readyPair(t)
    const reply = connection.barrier()
    const { xid } = await peer.next()
    peer.send({
      type: 'error',
      version: 4,
      xid,
      error_type: 1,
      code: 5,
      experimenter: null,
      data: Uint8Array.of(1),
    })
    await t.rejects(reply, { name: 'OpenFlowError', errorName: 'OFPBRC_EPERM', message: /OFPBRC_EPERM/ })
    t.same(errors, [])
  })

  t.test('leave errors of other messages to onError', async (t) => {
    const { connection, peer, errors } = await readyPair(t)
    const xid = connection.send({ type: 'set_config', flags: 0, miss_send_len: 0 })
    const barrier = connection.barrier()
    await peer.next()
    const request = await peer.next()
    peer.send(
      { type: 'error', version: 4, xid, error_type: 10, code: 0, experimenter: null, data: none },
      { type: 'barrier_reply', xid: request.xid },
    )
    await barrier
    t.match(errors, [{ xid, error_type: 10 }])
  })

  t.test('fail when no reply comes, and a late one is not taken for another', async (t) => {
    const { connection, peer } = await readyPair(t)
    await t.rejects(connection.barrier({ timeout: 20 }), { name: 'RequestTimeout', message: /20 ms/ })
    const late = await peer.next()
    const second = connection.barrier()
    const { xid } = await peer.next()
    peer.send({ type: 'barrier_reply', xid: late.xid })
    await sleep(5)
    peer.send({ type: 'barrier_reply', xid })
    await second
  })

  t.test('are not answered by a message of another type', async (t) => {
    const { connection, peer, messages } = await readyPair(t)
    const reply = connection.barrier()
    const { xid } = await peer.next()
    peer.send({ ...portStatus(1), xid } as Message, { type: 'barrier_reply', xid })
    await reply
    t.match(messages, [{ type: 'port_status' }])
  })

  t.test('fail when the connection ends, and after', async (t) => {
    const { connection, peer } = await readyPair(t)
    const reply = connection.barrier()
    peer.socket.end()
    await t.rejects(reply, { name: 'ConnectionClosed', reason: { code: 'ended' } })
    await t.rejects(connection.barrier(), { name: 'ConnectionClosed' })
    await t.rejects(connection.drained(), { name: 'ConnectionClosed' })
    connection.send({ type: 'barrier_request' })
  })

  t.test('that nobody waits for fail without a trace', async (t) => {
    const { connection, peer, closed } = await readyPair(t)
    void connection.barrier()
    void connection.multipart({ type: 'desc' })
    void connection.request({ type: 'features_request' }, { timeout: 1 })
    await sleep(10)
    peer.socket.destroy()
    await closed
    void connection.barrier()
    void connection.drained()
    await turn()
    t.same(unhandled, [])
  })

  t.test('that do not encode fail, and what was sent before them is sent', async (t) => {
    const { connection, peer } = await readyPair(t)
    await t.rejects(connection.request({ type: 'role_request', role: -1, generation_id: 0n }), {
      name: 'EncodeError',
    })
    t.throws(
      () =>
        connection.sendAll([
          { type: 'barrier_request', xid: 7 },
          { type: 'role_request', role: -1, generation_id: 0n },
        ]),
      {
        name: 'EncodeError',
      },
    )
    t.match(await peer.next(), { type: 'barrier_request', xid: 7 })
  })

  t.test('may not have replies without end', async (t) => {
    const { connection, peer, closed } = await readyPair(t, { maxReplyBytes: 1000 })
    const reply = connection.multipart({ type: 'port_desc' })
    const { xid } = await peer.next()
    const part: Message = {
      type: 'multipart_reply',
      xid,
      flags: 1,
      body: { type: 'port_desc', ports: [port, port, port] },
    }
    for (let n = 0; n < 10; n++) peer.send(part)
    await t.rejects(reply, { name: 'ConnectionClosed' })
    t.match(await closed, { code: 'reply_overflow' })
  })

  t.test('may not have replies that change their type', async (t) => {
    const { connection, peer, closed } = await readyPair(t)
    const reply = connection.multipart({ type: 'port_desc' })
    const { xid } = await peer.next()
    peer.send(
      { type: 'multipart_reply', xid, flags: 1, body: { type: 'port_desc', ports: [port] } },
      { type: 'multipart_reply', xid, flags: 0, body: { type: 'table', tables: [] } },
    )
    await t.rejects(reply, { name: 'ConnectionClosed' })
    t.match(await closed, { code: 'malformed' })
  })
})

t.test('what follows a reply is seen after it', async (t) => {
  const seen: string[] = []
  const { connection, peer } = await readyPair(t, { onMessage: (message) => seen.push(message.type) })
  const asking = (async () => {
    await connection.barrier()
    seen.push('first reply')
    await connection.multipart({ type: 'port_desc' })
    seen.push('second reply')
  })()
  const first = await peer.next()
  peer.send({ type: 'barrier_reply', xid: first.xid }, portStatus(1), portStatus(2))
  const second = await peer.next()
  peer.send(
    { type: 'multipart_reply', xid: second.xid, flags: 0, body: { type: 'port_desc', ports: [] } },
    portStatus(3),
  )
  peer.socket.end()
  await asking
  await sleep(5)
  t.same(seen, ['first reply', 'port_status', 'port_status', 'second reply', 'port_status'])
})

t.test('back-pressure', async (t) => {
  const bulk = (): Message => ({
    type: 'packet_out',
    xid: 0,
    buffer_id: 0xffffffff,
    in_port: 1,
    actions: [],
    data: new Uint8Array(60_000),
  })

  t.test('shows when the peer does not read, and ends when it does', async (t) => {
    const { connection, peer } = await readyPair(t)
    t.equal(connection.writable, true)
    await connection.drained()
    peer.socket.pause()
    let sent = 0
    while (connection.writable) {
      connection.send(bulk())
      sent++
      await turn()
    }
    let drained = false
    const draining = connection.drained().then(() => {
      drained = true
    })
    await sleep(20)
    t.equal(drained, false)
    peer.socket.resume()
    await draining
    t.equal(connection.writable, true)
    for (let n = 0; n < sent; n++) await peer.next()
  })

  t.test('ends the connection when too much waits', async (t) => {
    const { connection, peer, closed } = await readyPair(t, { maxQueuedBytes: 1_000_000 })
    peer.socket.pause()
    for (let n = 0; connection.reason === null && n < 1000; n++) {
      connection.send(bulk())
      await turn()
    }
    t.match(await closed, { code: 'send_overflow' })
  })

  t.test('is applied to the peer by pausing, and nothing is lost or changes places', async (t) => {
    const { connection, peer, messages } = await readyPair(t, {
      onMessage: () => {
        if (messages.length % 100 === 0) connection.pause()
      },
    })
    const count = 5000
    peer.send(...Array.from({ length: count }, (_, n) => portStatus(n)))
    for (let n = 1; n <= count / 100; n++) {
      while (messages.length < n * 100) await turn()
      await turn()
      t.equal(messages.length, n * 100)
      connection.resume()
    }
    t.ok(messages.every((message, n) => message.type === 'port_status' && message.port.port_no === n))
  })

  t.test('does not make a paused peer look dead', async (t) => {
    const { connection } = await readyPair(t, { echoIntervalMs: 10 })
    connection.pause()
    await sleep(60)
    t.equal(connection.ready, true)
  })
})

t.test('messages of one turn are one write, and of a batch one per 64 KiB', async (t) => {
  const [a, b] = duplexPair()
  const writes: number[] = []
  const write = a.write.bind(a)
  a.write = ((chunk: Uint8Array) => {
    writes.push(chunk.length)
    return write(chunk)
  }) as typeof a.write
  b.resume()
  const connection = new Connection({ socket: a, echoIntervalMs: 0, closeTimeoutMs: 10 })
  await turn()
  writes.length = 0
  const xids = connection.sendAll(Array.from({ length: 100 }, () => ({ type: 'barrier_request' })))
  connection.send({ type: 'barrier_request' })
  await turn()
  t.same(writes, [101 * OFP_HEADER_BYTES])
  t.equal(new Set(xids).size, 100)
  t.notOk(xids.includes(0))
  writes.length = 0
  connection.sendAll(Array.from({ length: 100_000 }, () => ({ type: 'barrier_request' })))
  await turn()
  t.ok(writes.length <= 1 + (100_000 * OFP_HEADER_BYTES) / 65536, `${writes.length} writes`)
  await connection.close()
})

t.test('the end', async (t) => {
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
