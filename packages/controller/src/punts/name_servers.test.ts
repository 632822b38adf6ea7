/** Questions to servers outside, on real sockets: who is believed, who is asked next, and how many at a time. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Errand } from '../engine/packet.ts'
import { NameServers } from './name_servers.ts'

const QUERY = Uint8Array.from(
  Buffer.from('00000100000100000000000003777777076578616d706c6500' + '00010001', 'hex'),
)

type Answer = (query: Buffer, from: RemoteInfo, socket: Socket) => void

/** An address of 127.0.0.0/8 that answers so, on a port that several share. */
const server = async (t: Test, address: string, port: number, answer: Answer): Promise<number> => {
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => answer(query, from, socket))
  socket.bind(port, address)
  await once(socket, 'listening')
  t.teardown(() => void socket.close())
  return socket.address().port
}

/** @param rcode of the answer */
const answering =
  (rcode: number, more = ''): Answer =>
  (query, { port, address }, socket) => {
    const answer = Buffer.concat([query, Buffer.from(more)])
    answer[2] = 0x81
    answer[3] = 0x80 | rcode
    socket.send(answer, port, address)
  }

const errand = (servers: readonly string[], more: Partial<Errand> = {}): Errand => ({
  ...{ guest: 1, servers, query: QUERY, stream: false, resume: () => ({ send: [] }) },
  ...more,
})

t.test('an answer counts with its id and question, in any case of letters', async (t) => {
  const asked: { readonly id: number; readonly port: number }[] = []
  const port = await server(t, '127.0.0.1', 0, (query, from, socket) => {
    asked.push({ id: query.readUInt16BE(0), port: from.port })
    const wrongId = Buffer.from(query)
    wrongId[1]! ^= 1
    const wrongName = Buffer.from(query)
    wrongName[13] = 0x78
    for (const wrong of [wrongId, wrongName, Buffer.from(query.subarray(0, 20)), Buffer.alloc(0)]) {
      if (wrong.length > 3) wrong[2] = 0x81
      socket.send(wrong, from.port, from.address)
    }
    const upper = Buffer.from(query)
    upper.write('WWW', 13)
    answering(0)(upper, from, socket)
  })
  const servers = new NameServers({ port, timeout: 5000 })
  t.teardown(() => servers.close())
  for (let n = 0; n < 8; n += 1) {
    const answer = await servers.ask(errand(['127.0.0.1']))
    t.equal(Buffer.from(answer!.subarray(13, 16)).toString(), 'WWW')
  }
  t.ok(new Set(asked.map(({ id }) => id)).size > 4, 'ids')
  t.ok(new Set(asked.map((one) => one.port)).size > 4, 'ports')
})

t.test('nobody but the server that was asked is believed', async (t) => {
  const port = await server(t, '127.0.0.1', 0, (query, from) => {
    const stranger = createSocket('udp4')
    stranger.bind(0, '127.0.0.2', () => {
      answering(0)(query, from, stranger)
      setTimeout(() => stranger.close(), 100)
    })
  })
  const servers = new NameServers({ port, timeout: 300 })
  t.equal(await servers.ask(errand(['127.0.0.1'])), undefined)
})

t.test(
  'the next one is asked when one is silent or refuses; who is silent twice is left alone for a while',
  async (t) => {
    let silent = 0
    const port = await server(t, '127.0.0.1', 0, () => {
      silent += 1
    })
    await server(t, '127.0.0.2', port, answering(5))
    await server(t, '127.0.0.3', port, answering(0, 'x'))
    const servers = new NameServers({ port, timeout: 200, memory: 1500 })
    t.teardown(() => servers.close())
    const three = errand(['127.0.0.1', '127.0.0.2', '127.0.0.3'])
    for (let n = 0; n < 4; n += 1) t.equal((await servers.ask(three))!.at(-1), 0x78)
    t.equal(silent, 2)
    t.equal(
      (await servers.ask(errand(['127.0.0.1', '127.0.0.2'])))![3]! & 0xf,
      5,
      'a refusal when all refuse',
    )
    await sleep(1600)
    await servers.ask(three)
    t.equal(silent, 3, 'tried again')
    t.equal(await servers.ask(errand(['127.0.0.9'])), undefined, 'nobody is there')
  },
)

t.test('questions under way are bounded, for a guest and in all, and end when it closes', async (t) => {
  const port = await server(t, '127.0.0.1', 0, () => undefined)
  const servers = new NameServers({ port, timeout: 60_000, most: 5, mostOfGuest: 3 })
  const asked = [1, 1, 1, 1, 2, 2, 2].map((guest) => servers.ask(errand(['127.0.0.1'], { guest })))
  t.strictSame(
    asked.map((one) => one !== undefined),
    [true, true, true, false, true, true, false],
  )
  servers.close()
  t.strictSame(
    await Promise.all(asked),
    asked.map(() => undefined),
  )
})

t.test('over TCP, however the answer is cut', async (t) => {
  const listener = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', async (data) => {
      const answer = Buffer.concat([data, Buffer.alloc(3000, 7)])
      answer.writeUInt16BE(answer.length - 2)
      answer[4] = 0x81
      for (let at = 0; at < answer.length; at += 1000) {
        socket.write(answer.subarray(at, at + 1000))
        await sleep(5)
      }
    })
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  t.teardown(() => void listener.close())
  const { port } = listener.address() as { port: number }
  const servers = new NameServers({ port, timeout: 5000 })
  t.equal((await servers.ask(errand(['127.0.0.1'], { stream: true })))?.length, QUERY.length + 3000)
})
