/**
 * Every statement that the API prepares, and how SQLite runs it: by an index, so that it costs the same whatever the
 * size of the tables, and without being compiled again.
 */
import SqliteDatabase from 'better-sqlite3'
import t, { type Test } from 'tap'
import { createModel } from '../src/crud/model.ts'
import { behaviours } from '../src/resources/index.ts'
import { expire } from '../src/retention/expiry.ts'
import { openStore } from '../src/store/store.ts'
import { createBatch } from '../src/writing/batch.ts'
import { createCalls } from '../src/writing/calls.ts'
import { startApi } from './support/api.ts'
import { type Call, CHANGING, MAKING, UNMAKING } from './support/description.ts'

/** What has been prepared since the test began, in this thread. */
const watch = (t: Test): Set<string> => {
  const prepared = new Set<string>()
  const { prepare } = SqliteDatabase.prototype
  SqliteDatabase.prototype.prepare = function (this: SqliteDatabase.Database, sql: string) {
    prepared.add(sql)
    return prepare.call(this, sql)
  } as typeof prepare
  t.teardown(() => {
    SqliteDatabase.prototype.prepare = prepare
  })
  return prepared
}

const CHANGES = Object.entries(CHANGING).map(([path, fields]): Call => ['PUT', path, fields])

/** Writes in this thread. */
const write = (file: string, calls: readonly Call[], now: number): void => {
  const store = openStore({ file })
  const perform = createBatch(createCalls(createModel(behaviours)), () => false)
  const operations = calls.map(([method, path, body = {}]) => ({ method, path, body }))
  store.write((writer) => perform(writer, new TextEncoder().encode(JSON.stringify(operations))))
  store.write((writer) => expire(createModel(behaviours).work(writer), now))
  store.tidy()
  store.close()
}

/** Everything that can be read. */
const readAll = async (t: Test, file: string): Promise<void> => {
  const api = await startApi(t, { file })
  const { paths } = (await api.ok('GET', '/openapi.json')).body
  const uuids = new Map(
    Object.values(api.store.snapshot().rows)
      .flat()
      .map(({ uuid }) => [uuid.split('-')[0], uuid]),
  )
  for (const [path, { get }] of Object.entries<{ get?: { operationId: string } }>(paths)) {
    if (get === undefined) continue
    const prefix = UNMAKING.find(([, one]) => path.split('/').at(-2) === one.split('/')[0])?.[1].split(
      /[/-]/,
    )[1]
    const url = path.replace('{uuid}', uuids.get(prefix ?? '') ?? 'if-1')
    const { status } = await api.send('GET', path.endsWith('/wait') ? `${url}?timeout=0` : url)
    if (status >= 500) t.fail(`${path}: ${status}`)
  }
  await api.close()
}

/** What does not cost more in a larger store, or reads what it is there to read. */
const MAY_SCAN = [
  // Whole pages and totals of a list, in the order of the ids; whether there is a row; the newest and the oldest change.
  /^SELECT \* FROM \w+ ORDER BY id LIMIT \+\? OFFSET \+\?$/,
  /^SELECT count\(\*\) AS n FROM \w+$/,
  /^SELECT \* FROM \w+ ORDER BY id LIMIT 1$/,
  /^SELECT revision FROM changes ORDER BY revision (?:ASC|DESC) LIMIT 1$/,
  // Tables of one row, and that of tables.
  / (?:FROM|UPDATE) (?:store|sqlite_schema)\b|^UPDATE store /,
  // All bridges, for the status of all; all containers, of which there are a few.
  /^SELECT \* FROM (?:datapaths|ip_retention_containers) ORDER BY id$/,
  // Once in the life of a process.
  /^SELECT id FROM \w+ WHERE \w+ IS (?:\+\?|NOT NULL)$/,
]

t.test('no statement goes through a table', async (t) => {
  const prepared = watch(t)
  const file = `${t.testdir()}/openvnet.db`
  write(file, MAKING, 0)
  await readAll(t, file)
  write(file, [...CHANGES, ...UNMAKING], Number.MAX_SAFE_INTEGER / 2)
  const db = new SqliteDatabase(file, { readonly: true })
  t.teardown(() => db.close())
  const queries = [...prepared].filter((sql) => /^(?:SELECT|INSERT|UPDATE|DELETE)/.test(sql))
  t.ok(queries.length > 150, `${queries.length} statements`)
  const slow = queries.filter((sql) => {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...[...sql.matchAll(/\?/g)].map(() => null)) as {
      detail: string
    }[]
    const scans = plan.map(({ detail }) => detail).filter((detail) => /^SCAN (?!json_each)/.test(detail))
    return scans.length > 0 && !MAY_SCAN.some((pattern) => pattern.test(sql))
  })
  t.same(slow, [])
})
