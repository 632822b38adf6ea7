/** The client against a real ovsdb-server; and the README's examples, each in a process of its own. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import {
  boolean,
  byUuid,
  Client,
  comment,
  insert,
  integer,
  map,
  mutate,
  named,
  optional,
  type RowChange,
  real,
  remove,
  select,
  set,
  string,
  table,
  update,
  uuid,
  wait,
} from '../src/index.ts'
import { type PrivateServer, startServer, withoutServer } from './private_server.ts'

const COLUMNS = {
  name: string,
  number: integer,
  ratio: real,
  flag: boolean,
  maybe: optional(string),
  numbers: set(integer),
  words: set(string),
  pairs: map(string, string),
}
const Thing = table('Thing', { ...COLUMNS, parts: set(uuid) })
const Part = table('Part', { name: string })
const DATABASE = 'Everything'
const TABLES = { Thing: COLUMNS }

const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (const deadline = Date.now() + 20_000; !isSo(); await sleep(2))
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`)
}

const clientOf = async (t: Test, remote: string): Promise<Client> => {
  const client = new Client({ remote, minBackoff: 10, maxBackoff: 50 })
  t.teardown(() => client.close())
  await client.connected()
  return client
}

const there = () => ({ skip: withoutServer })

t.test('databases, schemas, and transactions of every kind', there(), async (t) => {
  const client = await clientOf(t, (await startServer(t)).remote)
  t.ok((await client.listDatabases()).includes('Open_vSwitch'))
  const schema = await client.schema('Open_vSwitch')
  t.equal(schema.tables.get('Bridge')?.get('ports')?.name, 'set of uuid')
  t.ok(schema.tables.size > 10)
  await t.rejects(client.schema('Nothing'), { name: 'RequestRefused', message: /unknown database/ })

  const [part, thing] = await client.transact(DATABASE, [
    insert(Part, { name: 'wheel' }, { name: 'wheel' }),
    insert(Thing, { name: 'cart', parts: [named('wheel')], pairs: new Map([['a', '1']]) }),
    comment('a cart'),
  ])
  const [rows, count, none] = await client.transact(DATABASE, [
    select(Thing, byUuid(thing)),
    update(Thing, [['name', '==', 'cart']], { number: 7, maybe: 'yes' }),
    remove(Thing, [['number', '>', 100]]),
  ])
  t.match(rows, [{ name: 'cart', number: 0, maybe: null, parts: [part] }])
  t.same([count, none], [1, 0])
  const [, changed] = await client.transact(DATABASE, [
    mutate(Thing, byUuid(thing), [
      ['number', '+=', 3],
      ['words', 'insert', ['x', 'y']],
      ['pairs', 'delete', new Map([['a', '1']])],
    ]),
    select(Thing),
  ])
  t.match(changed, [{ number: 10, maybe: 'yes', words: ['x', 'y'] }])
  t.equal(changed[0]?.pairs.size, 0)
  const waits = client.transact(DATABASE, [
    wait(Thing, [['name', '==', 'cart']], { until: '==', rows: [{ number: 11 }] }),
    remove(Thing, []),
  ])
  await t.rejects(waits, { name: 'TransactionFailed', index: 0, error: 'timed out' })
  const twice = client.transact(DATABASE, [
    insert(Thing, { parts: [part] }),
    insert(Part, { name: 'wheel' }, { name: 'w' }),
    mutate(Thing, [], [['parts', 'insert', [named('w')]]]),
  ])
  await t.rejects(twice, {
    name: 'TransactionFailed',
    index: 3,
    message: /^the transaction failed: constraint violation/,
  })
})

const texts = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '').toWellFormed())
const int = fc.maxSafeInteger()
const rows = fc.record({
  name: texts,
  number: int,
  ratio: fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 })
    .map((x) => (Math.abs(x) < 1e-300 ? 0 : Number(x.toPrecision(15)))),
  flag: fc.boolean(),
  maybe: fc.option(texts),
  numbers: fc.uniqueArray(int),
  words: fc.uniqueArray(texts),
  pairs: fc.array(fc.tuple(texts, texts)).map((pairs) => new Map(pairs)),
})

const sorted = (row: object): string =>
  JSON.stringify(
    Object.entries(row).map(([name, value]) => [
      name,
      Array.isArray(value)
        ? value.toSorted()
        : value instanceof Map
          ? [...value].sort()
          : Object.is(value, -0)
            ? 0
            : value,
    ]),
  )

t.test('whatever is written is what select and monitor read, also as a difference', there(), async (t) => {
  const client = await clientOf(t, (await startServer(t)).remote)
  const monitor = client.monitor({ database: DATABASE, tables: TABLES, onChange: () => undefined })
  const read = table('Thing', COLUMNS)
  const [id] = await client.transact(DATABASE, [insert(read, {})])
  await fc.assert(
    fc.asyncProperty(rows, async (row) => {
      const [, found] = await client.transact(DATABASE, [
        update(read, byUuid(id), row),
        select(read, byUuid(id)),
      ])
      const wanted = sorted(row)
      await until('the monitor has it', () => sorted(monitor.rows('Thing').get(id) ?? {}) === wanted)
      return sorted(found[0] ?? {}) === wanted
    }),
    { numRuns: 150 },
  )
})

/** What somebody who is told all changes knows. */
const follow = () => {
  const known = new Map<string, string>()
  const onChange = (changes: readonly RowChange<typeof TABLES>[]): void => {
    for (const { uuid: id, before, after } of changes) {
      if ((before?.name ?? undefined) !== known.get(id)) throw new Error(`${id} was ${known.get(id)}`)
      if (after === null) known.delete(id)
      else known.set(id, after.name)
    }
  }
  return { known, onChange }
}

const addThing = (name: string) => ({ op: 'insert', table: 'Thing', row: { name } })
const names = (known: ReadonlyMap<string, string>): string[] => [...known.values()].sort()

t.test(
  'a server that is killed and comes back, with other rows, while it is monitored',
  there(),
  async (t) => {
    const server = await startServer(t)
    const client = await clientOf(t, server.remote)
    const { known, onChange } = follow()
    const monitor = client.monitor({ database: DATABASE, tables: TABLES, onChange })
    for (let round = 0; round < 3; round += 1) {
      await until('in step', () => monitor.synced)
      server.transact(DATABASE, addThing(`before ${round}`))
      await until('told', () => names(known).includes(`before ${round}`))
      await server.kill(round === 0 ? 'SIGTERM' : 'SIGKILL')
      await until('lost', () => !monitor.synced && !client.state.connected)
      t.match(client.state.reason, { name: 'ConnectionClosed' })
      t.ok(monitor.rows('Thing').size > 0, 'what was known stays')
      await server.start()
      server.transact(
        DATABASE,
        { op: 'delete', table: 'Thing', where: [['name', '==', `before ${round}`]] },
        addThing(`after ${round}`),
      )
      await until('in step again', () => monitor.synced && names(known).includes(`after ${round}`))
    }
    await until('all told', () => names(known).join() === 'after 0,after 1,after 2')
    t.same([...monitor.rows('Thing').values()].map(({ name }) => name).sort(), names(known))
    monitor.cancel()
    server.transact(DATABASE, addThing('later'))
    await client.listDatabases()
    t.notOk(names(known).includes('later'), 'nothing is told any more')
  },
)

/** Passes everything on in pieces of random size. */
const shredder = async (t: Test, server: PrivateServer): Promise<string> => {
  const path = join(server.directory, 'shredded')
  const listener = net.createServer((outside) => {
    const inside = net.connect(server.remote.slice('unix:'.length))
    inside.on('data', async (chunk: Buffer) => {
      inside.pause()
      for (let at = 0; at < chunk.length; ) {
        const end = at + 1 + Math.floor(Math.random() * (Math.random() < 0.5 ? 3 : 200))
        outside.write(chunk.subarray(at, end))
        at = end
        if (Math.random() < 0.2) await sleep(0)
      }
      inside.resume()
    })
    outside.pipe(inside)
    inside.on('error', () => outside.destroy())
    outside.on('error', () => inside.destroy())
    outside.on('close', () => inside.destroy())
  })
  listener.listen(path)
  await once(listener, 'listening')
  t.teardown(() => void listener.close())
  return `unix:${path}`
}

t.test('a stream in pieces of random size, from a server that is frozen for a while', there(), async (t) => {
  const server = await startServer(t)
  const client = await clientOf(t, await shredder(t, server))
  const { known, onChange } = follow()
  client.monitor({ database: DATABASE, tables: TABLES, onChange })
  const writes = Array.from({ length: 200 }, (_, index) =>
    client.transact(DATABASE, [insert(Thing, { name: `käse 🧀 ${index}` })]),
  )
  process.kill(server.pid, 'SIGSTOP')
  await sleep(50)
  process.kill(server.pid, 'SIGCONT')
  await Promise.all(writes)
  await until('all', () => known.size === 200)
  t.ok(names(known).includes('käse 🧀 199'))
})

t.test('over TCP and TLS, with certificates of both ends', there(), async (t) => {
  const directory = t.testdir()
  const at = (name: string): string => join(directory, name)
  const openssl = (...words: string[]) => execFileSync('openssl', words, { stdio: 'ignore' })
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    at('key'),
    '-out',
    at('cert'),
    '-days',
    '2',
    '-subj',
    '/CN=no host',
  )
  const port = 20_000 + (process.pid % 20_000)
  const words = [`--private-key=${at('key')}`, `--certificate=${at('cert')}`, `--ca-cert=${at('cert')}`]
  const server = await startServer(
    t,
    `--remote=ptcp:${port}:127.0.0.1`,
    `--remote=pssl:${port + 1}:127.0.0.1`,
    ...words,
  )
  t.ok(server.pid)
  const plain = await clientOf(t, `tcp:127.0.0.1:${port}`)
  t.ok((await plain.listDatabases()).includes(DATABASE))
  const [cert, key] = [readFileSync(at('cert')), readFileSync(at('key'))]
  const secret = new Client({ remote: `ssl:127.0.0.1:${port + 1}`, tls: { ca: cert, cert, key } })
  t.teardown(() => secret.close())
  await secret.connected()
  t.ok((await secret.listDatabases()).includes(DATABASE))
  const reasons: string[] = []
  const stranger = new Client({
    remote: `ssl:127.0.0.1:${port + 1}`,
    onState: ({ reason }) => reasons.push(reason?.message ?? ''),
  })
  t.teardown(() => stranger.close())
  await until('a reason', () => reasons.length > 0)
  t.match(reasons[0], /self-signed certificate/)
})

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

t.test('the examples are those of the README, and do what they say', there(), async (t) => {
  const { remote } = await startServer(t)
  execFileSync('ovs-vsctl', [`--db=${remote}`, '--no-wait', 'init'])
  const blocks = [...README.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block)
  const run = (file: string, ...words: string[]) => {
    const path = join(import.meta.dirname, '../examples', file)
    const text = readFileSync(path, 'utf8').replace(/^\/\/ biome-ignore.*\n/, '')
    t.ok(blocks.includes(text), `the README has ${file}`)
    const child = spawn(process.execPath, ['--conditions=vnet-source', path, remote, ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.teardown(() => void child.kill())
    const said = { text: '', child }
    child.stdout.on('data', (chunk) => {
      said.text += chunk
    })
    return said
  }
  const watch = run('watch-ports.ts')
  await until('connected', () => watch.text.includes('connected'))
  const add = run('add-bridge.ts', 'br7', 'p7')
  await once(add.child, 'exit')
  t.match(add.text, /^br7 is [\da-f-]{36}$/m)
  await until('told', () => watch.text.includes('p7 port null iface-id undefined'))
  execFileSync('ovs-vsctl', [
    `--db=${remote}`,
    '--no-wait',
    'set',
    'Interface',
    'p7',
    'external_ids:iface-id=vm',
  ])
  await until('told', () => watch.text.includes('p7 port null iface-id vm'))
  execFileSync('ovs-vsctl', [`--db=${remote}`, '--no-wait', 'del-br', 'br7'])
  await until('told', () => watch.text.includes('p7 is gone'))
})
