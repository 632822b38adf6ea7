import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { RESOURCE_NAMES } from '@openvnet/schema'
import SqliteDatabase, { type Database } from 'better-sqlite3'
import t, { type Test } from 'tap'
import { openStore } from '../src/index.ts'
import { specOf } from '../src/store/columns.ts'
import { schemaSql } from '../src/store/ddl.ts'
import { initial } from '../src/store/migrations/0001_initial.ts'
import { leasing } from '../src/store/migrations/0002_leasing.ts'
import { description } from '../src/store/migrations/0003_description.ts'
import { labels } from '../src/store/migrations/0004_labels.ts'
import { olderApi } from '../src/store/migrations/0005_older_api.ts'
import { vlans } from '../src/store/migrations/0006_vlans.ts'
import { manyHosts } from '../src/store/migrations/0007_many_hosts.ts'
import { migrate, SCHEMA_VERSION } from '../src/store/migrations/migrate.ts'
import { startApi } from './support/api.ts'
import { createReplica } from './support/replica.ts'

type Facts = Record<string, unknown>[]

/**
 * What SQLite knows of a table, in an order that does not depend on how it came to be. Not the defaults: rows are written
 * whole, and a column that a migration adds has one for those that are there.
 */
const factsOf = (db: Database, table: string) => {
  const sorted = (rows: unknown) => (rows as Facts).map((row) => JSON.stringify(row)).sort()
  const columns = db.prepare(`SELECT name, type, "notnull", pk FROM pragma_table_info('${table}')`)
  const references = db.prepare(
    `SELECT "table", "from", "to", on_delete FROM pragma_foreign_key_list('${table}')`,
  )
  const unique = db.prepare(
    `SELECT group_concat(info.name) AS columns FROM pragma_index_list('${table}') AS list,
     pragma_index_info(list.name) AS info WHERE list."unique" = 1 GROUP BY list.name`,
  )
  const { strict } = db.prepare(`SELECT strict FROM pragma_table_list('${table}')`).get() as Facts[0] & {
    strict: number
  }
  return {
    strict,
    columns: sorted(columns.all()),
    references: sorted(references.all()),
    unique: sorted(unique.all()),
  }
}

const indexedColumns = (db: Database, table: string): string[] =>
  (
    db
      .prepare(
        `SELECT info.name FROM pragma_index_list('${table}') AS list, pragma_index_info(list.name) AS info
         WHERE info.seqno = 0`,
      )
      .all() as { name: string }[]
  ).map(({ name }) => name)

t.test('the migrations make the tables that the schema asks for', async (t) => {
  const migrated = new SqliteDatabase(':memory:')
  migrate(migrated)
  const derived = new SqliteDatabase(':memory:')
  derived.exec(schemaSql())
  for (const name of RESOURCE_NAMES) {
    const { collection } = specOf(name)
    t.same(
      factsOf(migrated, collection),
      factsOf(derived, collection),
      `${collection}: a change of the schema needs a migration (see src/store/ddl.ts)`,
    )
    const missing = indexedColumns(derived, collection).filter(
      (column) => !indexedColumns(migrated, collection).includes(column),
    )
    t.same(missing, [], `${collection} has the indexes of its references`)
  }
})

t.test('a store of the first version keeps its rows and its ids', async (t) => {
  const file = `${t.testdir()}/a.db`
  const db = new SqliteDatabase(file)
  db.exec(`
    CREATE TABLE store (one INTEGER PRIMARY KEY CHECK (one = 1), identity TEXT NOT NULL, schema_version INTEGER NOT NULL) STRICT;
    ${initial}
    INSERT INTO store VALUES (1, 'old', 1);
    INSERT INTO networks VALUES (1, 'nw-1', 'a', 'a', 'virtual', '10.0.0.0', 24, 'then', 'then');
    INSERT INTO interfaces VALUES (1, 'if-1', 'a', 'vif', NULL, NULL, 1, 0, 0, 0, 'then', 'then');
    INSERT INTO mac_leases VALUES (1, 'ml-1', 1, '52:54:00:00:00:01', 'then', 'then');
    INSERT INTO ip_leases VALUES (3, 'il-3', 1, 1, 1, '10.0.0.3', 1, 'then', 'then');
    INSERT INTO ip_leases VALUES (7, 'il-7', 1, 1, 1, '10.0.0.7', 0, 'then', 'then');
    DELETE FROM ip_leases WHERE id = 7;
    INSERT INTO datapaths (id, uuid, display_name, dpid, enable_ovs_learn_action, created_at, updated_at)
      VALUES (1, 'dp-1', 'a', '0x0000000000000001', 1, 'then', 'then');
    INSERT INTO datapath_networks (id, datapath_id, network_id, interface_id, mac_address, created_at, updated_at)
      VALUES (4, 1, 1, 1, '06:00:00:00:00:01', 'then', 'then');
    INSERT INTO changes VALUES (5, 'then', '[]');
  `)
  db.close()
  const store = openStore({ file })
  t.teardown(() => store.close())
  t.not(store.identity, 'old', 'replicas start over')
  t.equal(store.revision(), 5)
  const lease = { id: 3, uuid: 'il-3', network_id: 1, mac_lease_id: 1, interface_id: 1, address: '10.0.0.3' }
  t.match(store.byId('ip_lease', 3), { ...lease, enable_routing: true, created_at: 'then' })
  t.match(store.byId('interface', 1), { uuid: 'if-1', segment_id: null })
  t.match(store.byId('datapath_network', 4), { interface_id: 1, topology_id: null, created_at: 'then' })
  const { value } = store.write((writer) =>
    writer.insert('ip_lease', {
      ...{ uuid: 'il-8', network_id: 1, address: '10.0.0.8', enable_routing: false },
      ...{ mac_lease_id: null, interface_id: null },
    }),
  )
  t.equal(value.id, 8, 'an id that was used is not used again')
  store.write((writer) => writer.delete('interface', 1))
  t.equal(store.count('datapath_network'), 0, 'what is there by an interface goes with it')
  store.write((writer) => writer.delete('network', 1))
  t.equal(store.count('ip_lease'), 0)
})

t.test('a store from before IPv6 keeps networks, routes and records, and what names them', async (t) => {
  const file = `${t.testdir()}/a.db`
  const db = new SqliteDatabase(file)
  const times = { created_at: 'then', updated_at: 'then' }
  const insert = (table: string, row: Record<string, string | number | null>): void => {
    const all = { ...row, ...times }
    const names = Object.keys(all)
    db.prepare(`INSERT INTO ${table} (${names}) VALUES (${names.map(() => '?')})`).run(...Object.values(all))
  }
  db.exec(`
    CREATE TABLE store (one INTEGER PRIMARY KEY CHECK (one = 1), identity TEXT NOT NULL, schema_version INTEGER NOT NULL) STRICT;
    ${[initial, leasing, description, labels, olderApi, vlans, manyHosts].join('\n')}
    INSERT INTO store VALUES (1, 'old', 7);
  `)
  const names = { display_name: 'a', mode: 'simulated' }
  insert('networks', {
    ...{ id: 1, uuid: 'nw-1', display_name: 'a', domain_name: 'a', mode: 'virtual' },
    ...{ ipv4_network: '10.0.0.0', ipv4_prefix: 16 },
  })
  const flags = { enable_routing: 0, enable_route_translation: 0, enable_filtering: 0 }
  insert('interfaces', { id: 1, uuid: 'if-1', ...names, network_id: 1, ...flags })
  insert('route_links', { id: 1, uuid: 'rl-1', mac_address: '06:00:00:00:00:01' })
  const ends = { interface_id: 1, network_id: 1, route_link_id: 1 }
  insert('routes', {
    id: 5,
    uuid: 'r-5',
    ...ends,
    destination: '10.0.0.0',
    prefix: 16,
    ingress: 1,
    egress: 0,
  })
  insert('routers', { id: 1, uuid: 'rt-1', display_name: 'a', route_link_id: 1 })
  insert('router_networks', { router_id: 1, network_id: 1, interface_id: 1, route_id: 5 })
  insert('network_services', { id: 1, uuid: 'ns-1', display_name: 'a', mode: 'dns' })
  insert('dns_services', { id: 1, uuid: 'dnss-1', network_service_id: 1 })
  insert('dns_records', { uuid: 'dnsr-1', dns_service_id: 1, name: 'web', address: '10.0.0.9' })
  db.close()
  const store = openStore({ file })
  t.teardown(() => store.close())
  t.match(store.byId('network', 1), {
    ...{ ipv4_network: '10.0.0.0', ipv4_prefix: 16, ipv6_network: null, ipv6_prefix: 64 },
    ...{ ipv6_address_mode: 'slaac', dhcp_lease_time: 86_400 },
  })
  t.match(store.byId('route', 5), {
    ...{ ...ends, uuid: 'r-5', router_id: 1, destination: '10.0.0.0', prefix: 16, created_at: 'then' },
    ...{ type: 'unicast', via: null, weight: 1, ingress: true, egress: false },
  })
  t.match(store.byId('router_network', 1), { interface_id: 1, route_id: 5, ipv6_route_id: null })
  t.match(store.byUuid('dns_record', 'dnsr-1'), { type: 'A', value: '10.0.0.9', name: 'web' })
  store.write((writer) => writer.delete('router', 1))
  t.equal(store.count('route') + store.count('router_network'), 0)
})

t.test('a store keeps its identity and refuses files that it cannot know', async (t) => {
  const dir = t.testdir({ text: 'this is no database, however long it is'.repeat(100) })
  const file = `${dir}/a.db`
  const first = openStore({ file })
  const { identity } = first
  first.close()
  const again = openStore({ file })
  t.equal(again.identity, identity)
  again.close()
  const other = openStore({ file: `${dir}/deeper/b.db` })
  t.not(other.identity, identity)
  other.close()
  t.throws(() => openStore({ file: `${dir}/text` }), /not a database/)

  const db = new SqliteDatabase(file)
  db.exec(`UPDATE store SET schema_version = ${SCHEMA_VERSION + 1}`)
  db.close()
  t.throws(() => openStore({ file }), /schema version/)
})

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

t.test('a write is one revision, or none at all', async (t) => {
  const store = openStore({ file: `${t.testdir()}/a.db` })
  t.teardown(() => store.close())
  const two = store.write((writer) => [
    writer.insert('network', network('nw-a')),
    writer.insert('network', network('nw-b')),
  ])
  t.equal(two.revision, 1)
  t.throws(() =>
    store.write((writer) => {
      writer.insert('network', network('nw-c'))
      throw new Error('changed my mind')
    }),
  )
  t.equal(store.byUuid('network', 'nw-c'), undefined)
  t.equal(store.write(() => 'nothing').revision, 1, 'a write that touches nothing makes no revision')
  t.throws(() => store.write((writer) => writer.insert('network', network('nw-a'))), /UNIQUE/)
  const third = store.write((writer) => writer.delete('network', two.value[0]?.id ?? 0))
  t.equal(third.revision, 2)
  const seen = [two, third].map(({ made }) => made?.change)
  t.same(
    seen.map((change) => [change?.revision, change?.operations.length]),
    [
      [1, 2],
      [2, 1],
    ],
  )
  t.same(store.since(0), { kind: 'changes', store: store.identity, revision: 2, changes: seen })

  const next = store.write((writer) => writer.insert('network', network('nw-a')))
  t.equal(next.value.id, 3, 'an id is never used twice')
})

t.test('old changes are pruned, and who needs them is told', async (t) => {
  const store = openStore({ file: `${t.testdir()}/a.db`, keepChanges: 10 })
  t.teardown(() => store.close())
  for (let index = 1; index <= 512; index += 1) {
    store.write((writer) => writer.insert('network', network(`nw-${index}`)))
  }
  t.match(store.since(501), { kind: 'gone', revision: 512 })
  t.match(store.since(0), { kind: 'gone', revision: 512 })
  t.match(store.since(502), { kind: 'changes', revision: 512 })
  t.match(store.since(512), { kind: 'changes', changes: [] })
  t.match(store.since(513), { kind: 'gone' }, 'a revision of the future belongs to another history')
  t.equal(store.snapshot().rows.network.length, 512)
})

t.test('what foreign keys delete and change is in the feed', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: '1' })
  await api.ok('POST', 'networks', { uuid: 'nw-1', ipv4_network: '10.1.0.0' })
  await api.ok('POST', 'route_links', { uuid: 'rl-1' })
  await api.ok('POST', 'interfaces', {
    uuid: 'if-gw',
    mode: 'simulated',
    network_uuid: 'nw-1',
    ipv4_address: '10.1.0.1',
  })
  await api.ok('POST', 'interfaces', {
    uuid: 'if-1',
    network_uuid: 'nw-1',
    owner_datapath_uuid: 'dp-1',
    mac_address: '52:54:00:00:00:01',
    ipv4_address: '10.1.0.2',
  })
  await api.ok('POST', 'routes', { uuid: 'r-1', interface_uuid: 'if-gw', route_link_uuid: 'rl-1' })
  await api.ok('POST', 'datapaths/dp-1/networks/nw-1', { interface_uuid: 'if-1' })
  await api.ok('POST', 'datapaths/dp-1/route_links/rl-1')

  const operations = async (method: string, path: string) => {
    const { headers } = await api.ok(method, path)
    const since = api.store.since(Number(headers['x-revision']) - 1)
    return since.kind === 'gone'
      ? []
      : since.changes.flatMap((change) =>
          change.operations.map(({ resource, row }) => `${resource} ${row === null ? 'gone' : 'changed'}`),
        )
  }
  await api.ok('PUT', 'interfaces/if-1', { owner_datapath_uuid: '' })
  t.same(await operations('DELETE', 'datapaths/dp-1'), [
    'datapath_route_link gone',
    'datapath_network gone',
    'datapath gone',
  ])
  t.same(await operations('DELETE', 'networks/nw-1'), [
    'route gone',
    'ip_lease gone',
    'ip_lease gone',
    'network gone',
    'interface changed',
    'interface changed',
  ])
  t.same(await operations('DELETE', 'interfaces/if-gw'), ['mac_lease gone', 'interface gone'])

  const replica = createReplica()
  const all = api.store.since(0)
  if (all.kind === 'changes') all.changes.forEach(replica.apply)
  t.same(replica.rows(), api.store.snapshot().rows)
})

const startWriter = (file: string, name: string, count?: number) => {
  const child = spawn(
    process.execPath,
    [
      '--conditions=vnet-source',
      fileURLToPath(new URL('./support/writer.ts', import.meta.url)),
      file,
      name,
      ...(count === undefined ? [] : [String(count)]),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const exited = once(child, 'exit')
  /** Revision and uuid of every write that was answered. */
  const answered = () =>
    output
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' ') as [string, string])
  return { child, exited, answered }
}

const until = async (t: Test, what: string, condition: () => boolean): Promise<void> => {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    if (condition()) return
    await sleep(10)
  }
  t.fail(`timed out: ${what}`)
}

t.test('a write that was answered survives kill -9', async (t) => {
  const file = `${t.testdir()}/a.db`
  for (const round of ['a', 'b']) {
    const { child, exited, answered } = startWriter(file, round)
    await until(t, 'a hundred writes', () => answered().length >= 100)
    child.kill('SIGKILL')
    await exited
    const store = openStore({ file })
    const missing = answered().filter(([, uuid]) => store.byUuid('network', uuid) === undefined)
    t.same(missing, [], `all of ${answered().length} answered writes are there`)
    t.ok(store.revision() >= Number(answered().at(-1)?.[0]))
    const replica = createReplica()
    const all = store.since(0)
    if (all.kind === 'changes') all.changes.forEach(replica.apply)
    t.equal(replica.revision, store.revision(), 'revisions have no gap')
    t.same(replica.rows(), store.snapshot().rows)
    store.close()
  }
})

t.test('another process on the same file is noticed', async (t) => {
  const api = await startApi(t, { pollInterval: 20 })
  const replica = createReplica()
  const hinted: number[] = []
  api.bus.subscribe('change', ({ store, change }) => {
    t.equal(store, api.store.identity)
    hinted.push(change.revision)
    if (change.operations !== null) replica.apply(change)
  })
  const { exited, answered } = startWriter(api.file, 'other', 40)
  let own = 0
  while (answered().length < 40) {
    await api.ok('POST', 'networks', { uuid: `nw-own${own}`, ipv4_network: '10.0.0.0' })
    own += 1
    await sleep(5)
  }
  const [code] = await exited
  t.equal(code, 0)
  await until(t, 'hints of all revisions', () => hinted.length >= own + 40)
  t.same(
    hinted,
    Array.from({ length: own + 40 }, (_, index) => index + 1),
    'each revision once and in order',
  )
  t.same(replica.rows(), api.store.snapshot().rows)
})

t.test('a store that is locked for long is told apart from a bug', async (t) => {
  const api = await startApi(t)
  const locker = new SqliteDatabase(api.file)
  locker.pragma('journal_mode = WAL')
  locker.exec('BEGIN IMMEDIATE')
  const { status, body } = await api.send('POST', 'networks', { ipv4_network: '10.0.0.0' })
  t.equal(status, 503)
  t.match(body, { error: 'StoreBusy', code: '503' })
  locker.exec('ROLLBACK')
  locker.close()
  await api.ok('POST', 'networks', { ipv4_network: '10.0.0.0' })
})

t.test('a directory in the place of the file is refused', async (t) => {
  const dir = t.testdir({ sub: {} })
  writeFileSync(`${dir}/empty.db`, '')
  t.throws(() => openStore({ file: `${dir}/sub` }))
  const store = openStore({ file: `${dir}/empty.db` })
  t.equal(store.revision(), 0, 'an empty file becomes a store')
  store.close()
})
