/** The client against servers that we play: slow, hostile, old, silent, gone. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import {
  Client,
  type ClientOptions,
  ConnectionClosed,
  insert,
  RequestRefused,
  RequestTimeout,
  type RowChange,
  set,
  string,
  TransactionFailed,
  table,
} from '../src/index.ts'

interface Call {
  readonly method: string
  readonly params: readonly unknown[]
  readonly id: unknown
}
type Answer = (call: Call, socket: net.Socket) => unknown

const SCHEMA = {
  name: 'D',
  version: '1.0.0',
  tables: {
    T: { columns: { a: { type: 'string' }, b: { type: { key: 'string', min: 0, max: 'unlimited' } } } },
  },
}
const TABLES = { T: { a: string, b: set(string) } }

/** Short enough for a socket. */
const socketPath = (t: Test): string => {
  const directory = mkdtempSync(join(tmpdir(), 'ovsdb-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 's')
}

/** Answers every call with what `answer` returns; `undefined`: not at all. An Error refuses it. */
const play = async (t: Test, answer: Answer) => {
  const path = socketPath(t)
  const calls: Call[] = []
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.setEncoding('utf8')
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
      // Each message of ours ends where a next one could begin.
      for (let end = text.indexOf('}{'); ; end = text.indexOf('}{')) {
        const one = end < 0 ? text : text.slice(0, end + 1)
        try {
          take(JSON.parse(one) as Call, socket)
        } catch {
          return
        }
        text = text.slice(one.length)
        if (text === '') return
      }
    })
  })
  const take = (call: Call, socket: net.Socket): void => {
    calls.push(call)
    const result = answer(call, socket)
    if (result === undefined || call.method === undefined) return
    const isError = result instanceof Error
    const json = { id: call.id, result: isError ? null : result, error: isError ? result.message : null }
    socket.write(JSON.stringify(json))
  }
  server.listen(path)
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { remote: `unix:${path}`, calls, sockets }
}

const clientOf = (t: Test, options: ClientOptions): { client: Client; reasons: string[] } => {
  const reasons: string[] = []
  const onState: ClientOptions['onState'] = ({ reason }) => {
    if (reason !== null) reasons.push(reason.message)
  }
  const client = new Client({ minBackoff: 5, maxBackoff: 20, onState, ...options })
  t.teardown(() => client.close())
  return { client, reasons }
}

const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (const deadline = Date.now() + 15_000; !isSo(); await sleep(2))
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`)
}

const describe = ({ before, after }: RowChange<typeof TABLES>): string =>
  `${before?.a ?? ''}>${after?.a ?? ''}`

t.test('updates behind the initial state are taken after it, however they come', async (t) => {
  const { remote } = await play(t, ({ method, params, id }, socket) => {
    if (method === 'get_schema') return SCHEMA
    if (method !== 'monitor_cond_since') return undefined
    const initial = { T: { '1': { initial: { a: 'x', b: ['set', ['p', 'q']] } } } }
    const later = { T: { '1': { modify: { a: 'y', b: ['set', ['q', 'r']] } }, '2': { insert: {} } } }
    socket.write(
      JSON.stringify({ id, result: [false, 't1', initial], error: null }) +
        JSON.stringify({ method: 'update3', params: [params[1], 't2', later], id: null }),
    )
    return undefined
  })
  const { client } = clientOf(t, { remote })
  const changes: string[][] = []
  const monitor = client.monitor({
    database: 'D',
    tables: TABLES,
    onChange: (some) => void changes.push(some.map(describe)),
  })
  await until('both', () => changes.length === 2)
  t.same(changes, [['>x'], ['x>y', '>']])
  t.same(
    [...monitor.rows('T')],
    [
      ['1', { a: 'y', b: ['p', 'r'] }],
      ['2', { a: '', b: [] }],
    ],
  )
})

t.test('after a connection is lost it asks since when, and tells what is different only', async (t) => {
  const asked: unknown[] = []
  const { remote, sockets } = await play(t, ({ method, params }) => {
    if (method === 'get_schema') return SCHEMA
    if (method !== 'monitor_cond_since') return {}
    asked.push(params[3])
    if (asked.length === 1) return [false, 't1', { T: { '1': { initial: { a: 'x' } } } }]
    if (asked.length === 2) return [true, 't2', { T: { '1': { modify: { a: 'y' } } } }]
    return [false, 't3', { T: { '1': { initial: { a: 'y' } }, '2': { initial: { a: 'z' } } } }]
  })
  const { client } = clientOf(t, { remote })
  const changes: string[] = []
  const monitor = client.monitor({
    database: 'D',
    tables: TABLES,
    onChange: (some) => void changes.push(...some.map(describe)),
  })
  for (const count of [1, 2]) {
    await until('in step', () => monitor.synced && asked.length === count)
    for (const socket of sockets) socket.destroy()
    await until('lost', () => !monitor.synced)
    t.ok(monitor.rows('T').size > 0, 'what was known stays')
  }
  await until('in step again', () => monitor.synced && asked.length === 3)
  t.same(asked, ['00000000-0000-0000-0000-000000000000', 't1', 't2'])
  t.same(changes, ['>x', 'x>y', '>z'])
  monitor.cancel()
  t.notOk(monitor.synced)
})

t.test('an old server is asked in an old way', async (t) => {
  for (const known of ['monitor_cond', 'monitor'] as const) {
    const isOld = known === 'monitor'
    const { remote, calls, sockets } = await play(t, ({ method }) => {
      if (method === 'get_schema') return SCHEMA
      if (method !== known) return new Error('unknown method')
      return { T: { '1': isOld ? { new: { a: 'x', b: 'only' } } : { initial: { a: 'x', b: 'only' } } } }
    })
    const { client } = clientOf(t, { remote })
    const changes: string[] = []
    const monitor = client.monitor({
      database: 'D',
      tables: TABLES,
      onChange: (some) => void changes.push(...some.map(describe)),
    })
    await client.connected()
    t.same([...monitor.rows('T').values()], [{ a: 'x', b: ['only'] }], known)
    const id = calls.at(-1)!.params[1]
    const update = isOld ? { old: { a: 'x' }, new: { a: 'y', b: 'only' } } : { modify: { a: 'y' } }
    const gone = isOld ? { old: { a: 'y' } } : { delete: null }
    for (const one of [update, gone]) {
      const params = [id, { T: { '1': one } }]
      for (const socket of sockets)
        socket.write(JSON.stringify({ method: isOld ? 'update' : 'update2', params, id: null }))
    }
    await until('both', () => changes.length === 3)
    t.same(changes, ['>x', 'x>y', 'y>'], known)
    await client.close()
  }
})

t.test('a server that has less than is wanted, or other types', async (t) => {
  const less = { ...SCHEMA, tables: { T: { columns: { a: { type: 'string' } } } } }
  const { remote, calls } = await play(t, ({ method }) =>
    method === 'get_schema' ? less : [false, 't', { T: { '1': { initial: { a: 'x' } } } }],
  )
  const { client } = clientOf(t, { remote })
  const monitor = client.monitor({
    database: 'D',
    tables: { ...TABLES, U: { c: string } },
    onChange: () => undefined,
  })
  await client.connected()
  t.same([...monitor.rows('T').values()], [{ a: 'x', b: [] }])
  t.same([...monitor.rows('U')], [])
  t.same(calls[1]?.params[2], { T: [{ columns: ['a'] }] })

  const other = clientOf(t, { remote })
  other.client.monitor({ database: 'D', tables: { T: { a: set(string) } }, onChange: () => undefined })
  await until('a reason', () => other.reasons.length > 0)
  t.match(other.reasons[0], "column a of T is string in the server's schema, not set of string")
})

t.test('requests: refused, too late, cut off, and what a transaction fails with', async (t) => {
  const { remote, calls, sockets } = await play(t, ({ method, params }) => {
    if (method === 'get_schema') return new Error('unknown database')
    if (method === 'transact' && params[0] === 'slow') return undefined
    if (method === 'transact')
      return [{ uuid: ['uuid', '1'] }, { error: 'constraint violation', details: 'no' }, null]
    return method === 'list_dbs' ? ['D', 7] : undefined
  })
  const { client } = clientOf(t, { remote })
  await t.rejects(client.request('list_dbs', []), {
    name: 'ConnectionClosed',
    message: /no connection to unix:/,
  })
  await client.connected()
  const refused = client.schema('D')
  await t.rejects(refused, { name: 'RequestRefused', error: 'unknown database', method: 'get_schema' })
  await refused.catch((error: unknown) => t.ok(error instanceof RequestRefused))
  await t.rejects(client.listDatabases(), {
    name: 'ProtocolError',
    message: /answered list_dbs with \["D",7\]/,
  })
  const T = table('T', TABLES.T)
  const failed = client.transact('D', [insert(T, { a: '1' }), insert(T, { a: '2' })])
  await t.rejects(failed, {
    name: 'TransactionFailed',
    index: 1,
    message: 'insert into T failed: constraint violation (no)',
  })
  await failed.catch((error: unknown) => t.ok(error instanceof TransactionFailed))
  const late = client.transact('slow', [], { timeout: 10 })
  await t.rejects(late, RequestTimeout)
  await until('the cancellation', () => calls.at(-1)?.method === 'cancel')
  t.equal(calls.at(-1)?.id, null)
  const cut = client.request('transact', ['slow'])
  await until('asked', () => calls.at(-1)?.method === 'transact')
  for (const socket of sockets) socket.destroy()
  await t.rejects(cut, ConnectionClosed)
})

const manyRows = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`row ${index}`, { new: {} }]))

t.test('whatever a hostile server does, it is a reason and another attempt', async (t) => {
  const hostile: [says: RegExp, sends: string | Buffer][] = [
    [/does not speak JSON-RPC/, 'SSH-2.0-OpenSSH_9.2p1\r\n'],
    [/is no JSON/, '{"id"}'],
    [/no JSON-RPC message/, '[1,2]'],
    [/neither a request nor an answer/, '{}'],
    [/without method or params/, '{"method":7,"id":null}'],
    [/nested deeper/, '['.repeat(100)],
    [/longer than 65536 bytes/, `{"a":"${'x'.repeat(70_000)}`],
    [/an update whose list of tables is 7/, '{"method":"update3","params":[1,"t",7],"id":null}'],
    [/without transaction/, '{"method":"update3","params":[1],"id":null}'],
    [/not there/, '{"method":"update2","params":[1,{"T":{"9":{"modify":{"a":"x"}}}}],"id":null}'],
    [/where string is due/, '{"method":"update","params":[1,{"T":{"9":{"new":{"a":7}}}}],"id":null}'],
    [/more than 10 rows/, JSON.stringify({ method: 'update', params: [1, { T: manyRows(11) }], id: null })],
    [/within a message/, '{"method":'],
  ]
  for (const [says, sends] of hostile) {
    const { remote } = await play(t, ({ method }, socket) => {
      if (method === 'get_schema') return SCHEMA
      if (method !== 'monitor_cond_since') return undefined
      setTimeout(() => socket.end(sends), 1)
      return [false, 't', {}]
    })
    const { client, reasons } = clientOf(t, { remote, maxMessageBytes: 65_536 })
    client.monitor({ database: 'D', tables: TABLES, maxRows: 10, onChange: () => undefined })
    await until(String(says), () => reasons.length > 1)
    t.match(reasons[0], says)
    await client.close()
  }
})

t.test('a server that asks without reading takes no memory', async (t) => {
  let flood: NodeJS.Timeout | undefined
  const { remote } = await play(t, ({ method }, socket) => {
    if (method !== 'list_dbs') return undefined
    socket.pause()
    const echo = JSON.stringify({ method: 'echo', params: ['x'.repeat(10_000)], id: 'e' }).repeat(20)
    flood = setInterval(() => socket.write(echo), 1)
    return []
  })
  t.teardown(() => clearInterval(flood))
  const { client, reasons } = clientOf(t, { remote, maxQueuedBytes: 100_000, minBackoff: 5000 })
  await client.connected()
  await client.listDatabases()
  await until('a reason', () => reasons.length > 0)
  t.match(reasons[0], /does not take what is sent to it: 100000 bytes wait/)
})

t.test('a silent server is asked and then given up; our answer to its echo keeps us', async (t) => {
  const { remote, calls, sockets } = await play(t, () => undefined)
  const { client, reasons } = clientOf(t, { remote, probeInterval: 40, minBackoff: 5000 })
  await client.connected()
  for (const socket of sockets)
    socket.write('{"method":"echo","params":[1],"id":"theirs"}{"method":"steal","params":[],"id":5}')
  await until('a reason', () => reasons.length > 0)
  t.match(reasons[0], /silent for 0.08 s/)
  const said = calls.map((call) => JSON.stringify(call))
  t.ok(said.includes('{"id":"theirs","result":[1],"error":null}'))
  t.ok(said.includes('{"id":5,"result":null,"error":"unknown method"}'))
  t.ok(said.includes('{"method":"echo","params":[],"id":"echo"}'))
})

t.test('a callback that throws ends the connection and nothing else', async (t) => {
  const { remote } = await play(t, ({ method }) =>
    method === 'get_schema' ? SCHEMA : [false, 't', { T: { '1': { initial: { a: 'x' } } } }],
  )
  const { client, reasons } = clientOf(t, { remote })
  client.monitor({
    database: 'D',
    tables: TABLES,
    onChange: () => {
      throw new Error('a bug')
    },
  })
  await until('a reason', () => reasons.length > 0)
  t.match(reasons[0], 'a callback threw: Error: a bug')
})

t.test('nobody there: the pause grows, and closing ends it at once', async (t) => {
  const { client, reasons } = clientOf(t, { remote: `unix:${socketPath(t)}`, maxBackoff: 10_000 })
  await until('a reason', () => reasons.length > 0)
  t.match(reasons[0], /there is no such socket: ovsdb-server does not run/)
  t.equal(reasons.length, 1, 'the same reason is told once')
  const waiting = client.connected()
  await client.close()
  await t.rejects(waiting, ConnectionClosed)
  t.throws(() => new Client({ remote: 'http://x' }), { name: 'RemoteSyntaxError' })
  const unknown = clientOf(t, { remote: `unix:/${'x'.repeat(200)}` })
  await until('a reason', () => unknown.reasons.length > 0)
  t.match(unknown.reasons[0], /at most 107 bytes/)
})
