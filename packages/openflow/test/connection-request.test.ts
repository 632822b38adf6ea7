/** Requests and their replies over real sockets, as both ends. */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { Message } from '@openvnet/openflow'
import { asEachRole, none, port, portStatus, unhandled } from './connection-pair.ts'

asEachRole('requests', async (t, { readyPair }) => {
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

  t.test('have an xid of their own: 0 is what a switch sends unasked', async (t) => {
    const { connection, peer, messages } = await readyPair(t)
    await t.rejects(connection.request({ type: 'barrier_request', xid: 0 }), { name: 'EncodeError' })
    const reply = connection.barrier()
    const { xid } = await peer.next()
    t.not(xid, 0)
    peer.send({ type: 'barrier_reply', xid: 0 }, { type: 'barrier_reply', xid })
    await reply
    t.match(messages, [{ type: 'barrier_reply', xid: 0 }])
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

  t.test('nor of parts with nothing in them', async (t) => {
    const { connection, peer, closed } = await readyPair(t, { maxReplyBytes: 100_000 })
    const reply = connection.multipart({ type: 'port_desc' })
    const { xid } = await peer.next()
    const body = { type: 'port_desc', ports: [] } as const
    for (let n = 0; n < 500; n++) peer.send({ type: 'multipart_reply', xid, flags: 1, body })
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

asEachRole('a message that does not decode', async (t, { readyPair }) => {
  t.test(
    'rejects the request that it would answer, and the connection goes on where somebody takes it',
    async (t) => {
      const malformed: [string, string][] = []
      const { connection, peer, messages } = await readyPair(t, {
        onMalformed: (bytes, error) => malformed.push([Buffer.from(bytes).toString('hex'), error.code]),
      })
      const reply = connection.request({ type: 'get_config_request' })
      const { xid } = await peer.next()
      const cut = `0408000a${xid.toString(16).padStart(8, '0')}0000`
      peer.write(cut)
      await t.rejects(reply, { name: 'DecodeError', code: 'truncated' })
      peer.send(portStatus(7))
      await connection.barrier({ timeout: 50 }).catch(() => undefined)
      t.match(messages, [{ type: 'port_status' }])
      t.strictSame(malformed, [[cut, 'truncated']])
      t.equal(connection.reason, null)
    },
  )

  t.test('ends the connection all the same when it is another version', async (t) => {
    const { peer, closed } = await readyPair(t, { onMalformed: () => t.fail('not OpenFlow 1.3') })
    peer.write('0103000800000001')
    t.match(await closed, { code: 'malformed' })
  })
})

asEachRole('what follows a reply is seen after it', async (t, { readyPair }) => {
  const seen: string[] = []
  const { connection, peer, closed } = await readyPair(t, { onMessage: ({ type }) => seen.push(type) })
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
  await closed
  t.same(seen, ['first reply', 'port_status', 'port_status', 'second reply', 'port_status'])
})

asEachRole('a message is sent with its xid', async (t, { readyPair }) => {
  const { connection, peer } = await readyPair(t)
  t.equal(connection.send({ type: 'barrier_request', xid: 0 }), 0)
  t.equal((await peer.next()).xid, 0, 'also 0')
  t.equal(connection.send({ type: 'barrier_request', xid: 0xffffffff }), 0xffffffff)
  t.equal((await peer.next()).xid, 0xffffffff)
  const xids = [connection.send({ type: 'barrier_request' })]
  xids.push(connection.send({ type: 'barrier_request', xid: undefined }))
  t.same([(await peer.next()).xid, (await peer.next()).xid], xids, 'without one, with the next')
  t.equal(xids[1], (xids[0] as number) + 1)
})

asEachRole('a reply in parts that keep coming is not late', async (t, { readyPair }) => {
  const { connection, peer } = await readyPair(t)
  const reply = connection.multipart({ type: 'port_desc' }, { timeout: 200 })
  const { xid } = await peer.next()
  const part = (flags: number): Message => ({
    type: 'multipart_reply',
    xid,
    flags,
    body: { type: 'port_desc', ports: [port] },
  })
  for (let n = 0; n < 5; n++) {
    await sleep(70)
    peer.send(part(n < 4 ? 1 : 0))
  }
  t.equal((await reply).ports.length, 5)
  const stopped = connection.multipart({ type: 'port_desc' }, { timeout: 30 })
  peer.send({ ...part(1), xid: (await peer.next()).xid } as Message)
  await t.rejects(stopped, { name: 'RequestTimeout' })
})
