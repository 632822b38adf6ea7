/** Sending and receiving in bulk over real sockets, as both ends. */
import { duplexPair } from 'node:stream'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { Connection, type Message, OFP_HEADER_BYTES } from '@openvnet/openflow'
import t from 'tap'
import { asEachRole, portStatus } from './connection-pair.ts'

asEachRole('back-pressure', async (t, { readyPair }) => {
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

  t.test('ends the connection of a peer that asks and does not read the answers', async (t) => {
    const { peer, closed } = await readyPair(t, { maxQueuedBytes: 1_000_000 })
    peer.socket.pause()
    let isOpen = true
    void closed.then(() => {
      isOpen = false
    })
    for (let n = 0; isOpen && n < 1000; n++) {
      peer.send({ type: 'echo_request', xid: n, data: new Uint8Array(60_000) })
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

  t.test('nor one that is paused when it has been asked', async (t) => {
    const { connection, peer } = await readyPair(t, { echoIntervalMs: 100 })
    while (!peer.received.some(({ type }) => type === 'echo_request')) await turn()
    connection.pause()
    await sleep(250)
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
