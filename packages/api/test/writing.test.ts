/** Requests that come at the same time: one transaction, a revision each, answered when it is on the disk. */
import { renameSync, statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import SqliteDatabase from 'better-sqlite3'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { openStore } from '../src/index.ts'
import { watchJournal } from '../src/store/journal.ts'
import { PIECE, parseInPieces, piecesOf } from '../src/store/long_change.ts'
import type { Writer } from '../src/store/rows.ts'
import { createWriteClient } from '../src/writing/client.ts'
import { createReadiness } from '../src/writing/readiness.ts'
import { startApi } from './support/api.ts'
import { createReplica } from './support/replica.ts'

const network = (uuid: string) => ({
  uuid,
  display_name: uuid,
  domain_name: uuid,
  mode: 'virtual' as const,
  ipv4_network: '10.0.0.0',
  ipv4_prefix: 8,
  ipv6_network: null,
  ipv6_prefix: 64,
  ipv6_address_mode: 'slaac' as const,
  dhcp_lease_time: 86_400,
  vlan_id: null,
  mtu: null,
  vlan_transparent: false,
  segment_id: null,
})

t.test('writes share a transaction, and one that fails leaves the others alone', async (t) => {
  const file = `${t.testdir()}/a.db`
  const store = openStore({ file })
  t.teardown(() => store.close())
  const watcher = new SqliteDatabase(file, { readonly: true })
  t.teardown(() => watcher.close())
  const commits = () => watcher.pragma('data_version', { simple: true }) as number
  const before = commits()
  const works = ['nw-a', 'nw-b', 'nw-a', 'nothing', 'nw-c'].map((uuid) => (writer: Writer) => {
    if (uuid === 'nothing') return 0
    writer.insert('network', network(`${uuid}x`))
    return writer.insert('network', network(uuid)).id
  })
  const attempts = store.writeAll(() => works.shift())
  t.equal(commits(), before + 1, 'one commit')
  t.same(
    attempts.map((attempt) => (attempt.ok ? attempt.written.revision : String(attempt.error).slice(0, 30))),
    [1, 2, 'SqliteError: UNIQUE constraint', 2, 3],
  )
  t.same(
    store.list('network', { limit: 10, offset: 0 }).map(({ uuid }) => uuid),
    ['nw-ax', 'nw-a', 'nw-bx', 'nw-b', 'nw-cx', 'nw-c'],
  )
  const replica = createReplica()
  const since = store.since(0)
  if (since.kind === 'changes') since.changes.forEach(replica.apply)
  t.same(replica.rows(), store.snapshot().rows)
})

t.test('the journal is moved into the file when there is much of it, and not again before', async (t) => {
  const file = `${t.testdir()}/a.db`
  const store = openStore({ file })
  t.teardown(() => store.close())
  const journal = watchJournal(file)
  t.teardown(() => journal.close())
  const moves: number[] = []
  for (let n = 0; n < 600; n += 1) {
    store.write((writer) =>
      writer.insert('network', { ...network(`nw-${n}`), display_name: 'x'.repeat(200) }),
    )
    const before = journal.pending()
    t.ok(before > 0 && before < 1100)
    store.tidy()
    if (journal.pending() !== before) moves.push(before)
  }
  t.ok(moves.length >= 1 && moves.length <= 5, `moved ${moves.length} times`)
  t.ok(statSync(`${file}-wal`).size < 6 * 2 ** 20, 'it does not grow')
  t.equal(watchJournal(`${file}-none`).pending(), 0)
})

t.test('each of many requests at once has its own revision and its own answer', async (t) => {
  const api = await startApi(t)
  const hinted: number[] = []
  const replica = createReplica()
  api.store.onChange((change) => {
    hinted.push(change.revision)
    replica.apply(change)
  })
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, n) =>
      n % 3 === 2
        ? api.send('POST', 'networks', { uuid: `nw-${n - 1}`, ipv4_network: '10.0.0.0' })
        : api.send('POST', 'networks', { uuid: `nw-${n}`, ipv4_network: '10.0.0.0' }),
    ),
  )
  answers.forEach(({ status, body, headers }, n) => {
    if (n % 3 === 2) t.match([status, body.error, headers['x-revision']], [400, 'DuplicateUUID', undefined])
    else t.match([status, body.uuid], [200, `nw-${n}`])
  })
  const revisions = answers.flatMap(({ headers }) => headers['x-revision'] ?? [])
  const all = Array.from({ length: 200 }, (_, index) => index + 1)
  t.same(revisions.map(Number), all, 'in the order of the requests')
  t.same(hinted, all, 'and so are the hints')
  t.strictSame(replica.rows(), api.store.snapshot().rows)
})

t.test('an allocated address is not given twice to requests of one transaction', async (t) => {
  const api = await startApi(t)
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      api.send('POST', 'networks', { uuid: `nw-${n % 25}`, ipv4_network: '10.0.0.0' }),
    ),
  )
  t.equal(answers.filter(({ status }) => status === 200).length, 25)
  t.equal(api.store.count('network'), 25)
})

t.test('a change taken apart is the same change', async (t) => {
  const operation = fc.record({
    resource: fc.constant('network' as const),
    id: fc.nat(),
    row: fc.option(fc.record({ id: fc.nat(), display_name: fc.string({ unit: 'binary' }) })),
  })
  for (const count of [1, 2, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 1]) {
    const operations = fc.sample(operation, count)
    const text = `[${operations.map((one) => JSON.stringify(one)).join(',\n')}]`
    t.equal([...piecesOf(text)].length, Math.ceil(count / PIECE))
    t.strictSame(
      await parseInPieces({ revision: 3, operations: text }),
      JSON.parse(`{"revision":3,"operations":${text}}`),
    )
  }
  t.same(await parseInPieces({ revision: 1, operations: '[{"id":1},{"id":2}]' }), {
    revision: 1,
    operations: [{ id: 1 }, { id: 2 }],
  })
})

const ADDED = { ipv4_network: '10.0.0.0' }
const networks = (count: number) =>
  Array.from({ length: count }, () => ({ method: 'POST', path: 'networks', body: ADDED }))

/** An API, and the revisions that it has told on the bus. */
const startTelling = async (t: Test) => {
  const api = await startApi(t)
  const told: number[] = []
  api.bus.subscribe('change', ({ change }) => told.push(change.revision))
  return { api, told }
}

t.test('a long change is told, although the API closes as soon as it is answered', async (t) => {
  const { api, told } = await startTelling(t)
  const headers = { 'content-type': 'application/json' }
  const long = { method: 'POST', url: '/api/1.0/batch', headers, payload: networks(12 * PIECE) } as const
  t.match(await api.raw(long), { status: 200, headers: { 'x-revision': '1' } })
  t.same(told, [], 'it takes its time')
  await api.close()
  // The bus delivers in a turn of its own.
  await setImmediate()
  t.same(told, [1])
})

t.test('what is done while the API closes is told, and the rest is refused', async (t) => {
  const { api, told } = await startTelling(t)
  const writes = Array.from({ length: 20 }, () => api.send('POST', 'networks', ADDED))
  const closed = api.close()
  const late = Array.from({ length: 20 }, async (_, turns) => {
    for (let turn = 0; turn < turns; turn += 1) await setImmediate()
    return api.send('POST', 'networks', ADDED).catch(({ code }) => ({
      status: code === 'FST_ERR_REOPENED_CLOSE_SERVER' ? 503 : code,
    }))
  })
  const statuses = (await Promise.all([...writes, ...late])).map(({ status }) => status)
  t.same(
    statuses.filter((status) => status !== 200 && status !== 503),
    [],
  )
  await closed
  const done = statuses.filter((status) => status === 200).length
  t.ok(done >= 1 && done < 40, `${done} of 40 are done`)
  t.same(
    told,
    Array.from({ length: done }, (_, index) => index + 1),
    'all that is done, in order',
  )
  const again = await startApi(t, { file: api.file })
  t.equal(again.store.count('network'), done)
})

const openClient = async (t: Test, patience?: number) => {
  const { file } = await startApi(t)
  const client = await createWriteClient({
    file,
    onChange: () => {},
    ...(patience !== undefined && { patience }),
  })
  t.teardown(() => client.close())
  return { file, client }
}

t.test('who writes after the end is refused', async (t) => {
  const { client } = await openClient(t)
  await client.close()
  const refused = { name: 'StoreUnavailable', message: /this program stops/ }
  await t.rejects(async () => void (await client.expire()), refused)
  await t.rejects(client.check(), refused)
})

t.test('a store that takes no write is not writable either while a write is under way', async (t) => {
  const { file, client } = await openClient(t)
  await client.check()
  renameSync(file, `${file}.away`)
  const both = [client.expire().then(() => {}), client.check()]
  await Promise.all(both.map((each) => t.rejects(each, { code: 'STORE_MOVED' })))
  renameSync(`${file}.away`, file)
  await client.check()
})

t.test('whether it can be written is answered while a long batch is', async (t) => {
  const { client } = await openClient(t, 50)
  let isWritten = false
  const body = new TextEncoder().encode(JSON.stringify(networks(5000)))
  const written = client.batch(body, false).then(() => {
    isWritten = true
  })
  await client.check()
  t.equal(isWritten, false)
  await written
})

t.test('a store that never answers is not writable', async (t) => {
  const file = '/a.db'
  const never = { ask: () => new Promise<never>(() => {}), file, patience: 5 }
  const patient = createReadiness({ ...never, longest: 60_000 })
  await patient.check()
  patient.note(Object.assign(new Error('no room'), { code: 'SQLITE_FULL' }))
  await t.rejects(patient.check(), { code: 'SQLITE_FULL' }, 'as it said last')
  patient.note(new Error('a request that is refused says nothing of the file'))
  await t.rejects(patient.check(), { code: 'SQLITE_FULL' })
  patient.note(undefined)
  await patient.check()
  await t.rejects(createReadiness({ ...never, longest: 0 }).check(), { code: 'STORE_HUNG' })
})
