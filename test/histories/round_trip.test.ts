/**
 * `vnctl export`, an empty store, `vnctl apply`: the same model and the same flow tables, whatever was done before. Numbers
 * of rows are the store's own and differ, so rows are compared by uuid, and tables after rows are numbered by name.
 */
import type { AddressInfo } from 'node:net'
import { type Api, createApi } from '@openvnet/api'
import { createLocalBus, type Snapshot } from '@openvnet/feed'
import { columnName, RESOURCE_NAMES, RESOURCES, type ResourceSpec, type Row } from '@openvnet/schema'
import t, { type Test } from 'tap'
import { newSeed, Random } from '../../packages/controller/test/random.ts'
import { DPIDS, silent, tablesText, World } from '../../packages/controller/test/world.ts'
import { run } from '../../packages/vnctl/src/index.ts'
import { type Model, toModel } from '../../packages/vnctl/src/model/model.ts'
import { newStoreFile } from '../scenarios/store_file.ts'
import { type AnyCall, anyCall } from './any_call.ts'
import { EVERYTHING } from './everything.ts'

/** More with FUZZ_FACTOR, e.g. 10. */
const RUNS = 3 * Number(process.env['FUZZ_FACTOR'] ?? 1)
const CALLS = 500

interface Site {
  readonly api: Api
  readonly vnctl: (line: string, stdin?: string) => Promise<{ code: number; stdout: string; stderr: string }>
}

async function* once(text: string) {
  yield text
}

const open = async (t: Test): Promise<Site> => {
  const bus = createLocalBus({ log: silent })
  const store = newStoreFile()
  const api = await createApi({ file: store.file, bus, log: silent, expiryInterval: 3_600_000 })
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    await api.close()
    await bus.close()
    store.remove()
  })
  const { port } = api.app.server.address() as AddressInfo
  const vnctl = async (line: string, stdin = '') => {
    const out: string[] = []
    const err: string[] = []
    const code = await run(line.split(' '), {
      stdout: (text) => void out.push(text),
      stderr: (text) => void err.push(text),
      stdin: once(stdin),
      env: { VNCTL_SERVER: `http://127.0.0.1:${port}` },
      width: null,
    })
    return { code, stdout: out.join(''), stderr: err.join('') }
  }
  return { api, vnctl }
}

const take = async ({ api }: Site, { method, path, body }: AnyCall): Promise<boolean> => {
  const { statusCode, body: text } = await api.app.inject({
    method,
    url: `/api/1.0/${path}`,
    payload: body as object,
  })
  if (statusCode >= 500 && statusCode !== 507)
    throw new Error(`${method} ${path} ${JSON.stringify(body)}: ${text}`)
  return statusCode < 300
}

/** Rows without their numbers, in one order. */
const modelOf = async ({ api }: Site): Promise<string[]> => {
  const { rows }: Model = toModel(await api.feed.snapshot())
  return rows.map(({ resource, key, values }) => `${resource.name} ${key} ${JSON.stringify(values)}`).sort()
}

const nameOf = (resource: ResourceSpec, row: Row, names: ReadonlyMap<string, string>): string => {
  if (row.uuid !== '') return row.uuid
  return Object.entries(resource.fields)
    .map(([name, field]) => {
      const value = (row as unknown as Record<string, unknown>)[columnName(name, field)]
      return field.type === 'reference' ? names.get(`${field.to} ${value}`) : String(value)
    })
    .join(' ')
}

/** The same rows, numbered by their names. */
const renumbered = ({ store, revision, rows }: Snapshot): Snapshot => {
  const names = new Map<string, string>()
  const ids = new Map<string, number>()
  const all = RESOURCE_NAMES.map((name) => {
    const resource: ResourceSpec = RESOURCES[name]
    const own = rows[name] as readonly Row[]
    for (const row of own) names.set(`${name} ${row.id}`, nameOf(resource, row, names))
    const sorted = own.toSorted((a, b) =>
      (names.get(`${name} ${a.id}`) ?? '') < (names.get(`${name} ${b.id}`) ?? '') ? -1 : 1,
    )
    for (const [index, row] of sorted.entries()) ids.set(`${name} ${row.id}`, index + 1)
    const references = Object.entries(resource.fields).flatMap(([field, one]) =>
      one.type === 'reference' ? [[columnName(field, one), one.to] as const] : [],
    )
    const numbered = sorted.map((row) => {
      const cells = row as unknown as Record<string, number | null>
      const changed = references.map(([column, to]) => [column, ids.get(`${to} ${cells[column]}`) ?? null])
      return { ...row, id: ids.get(`${name} ${row.id}`), ...Object.fromEntries(changed) }
    })
    return [name, numbered] as const
  })
  return { store, revision, rows: Object.fromEntries(all) as unknown as Snapshot['rows'] }
}

const PORTS = new Map([
  ['if-1', 1],
  ['if-2', 2],
  ['eth0', 3],
])

/** All flows and groups of the switches, with every port there. */
const tablesOf = async (snapshot: Snapshot): Promise<string> => {
  const world = new World()
  for (const dpid of DPIDS) world.engine.connected(dpid, PORTS)
  world.engine.load(snapshot)
  await world.engine.settled()
  return DPIDS.map((dpid) => tablesText(world.tables(dpid))).join('\n\n')
}

/** Applies an export to an empty store. */
const restore = async (t: Test, exported: string): Promise<Site> => {
  const site = await open(t)
  const { code, stderr } = await site.vnctl('apply -f -', exported)
  if (code !== 0) throw new Error(`${stderr}\n${exported}`)
  return site
}

/** @returns the names of the resources that were there */
const checkRoundTrip = async (t: Test, site: Site): Promise<ReadonlySet<string>> => {
  const exported = await site.vnctl('export')
  t.equal(exported.code, 0, exported.stderr)
  const other = await restore(t, exported.stdout)
  const [model, again] = [await modelOf(site), await modelOf(other)]
  t.same(again, model, 'the same rows')
  t.equal((await other.vnctl('export')).stdout, exported.stdout, 'the same export')
  const [before, after] = [await site.api.feed.snapshot(), await other.api.feed.snapshot()]
  t.equal(await tablesOf(renumbered(after)), await tablesOf(renumbered(before)), 'the same flow tables')
  for (const here of [site, other]) {
    const { revision } = await here.api.feed.snapshot()
    const { code, stdout } = await here.vnctl('apply -f -', exported.stdout)
    t.match({ code, stdout }, { code: 0, stdout: /^\d+ unchanged\n$/ }, 'applied again it changes nothing')
    t.equal((await here.api.feed.snapshot()).revision, revision)
  }
  return new Set(model.map((row) => row.split(' ')[0] ?? ''))
}

t.test('what is exported makes the same model and the same flow tables in an empty store', async (t) => {
  const seed = newSeed()
  t.comment(`FUZZ_SEED=${seed}`)
  const random = new Random(seed)
  for (let run = 0; run < RUNS; run += 1) {
    await t.test(`run ${run} of FUZZ_SEED=${seed}`, async (t) => {
      const site = await open(t)
      for (let call = 0; call < CALLS; call += 1) await take(site, anyCall(random))
      await checkRoundTrip(t, site)
    })
    if (!t.passing()) break
  }
})

t.test('rows of every resource come back', async (t) => {
  const site = await open(t)
  for (const call of EVERYTHING) t.ok(await take(site, call), `${call.method} ${call.path}`)
  const { rows } = toModel(await site.api.feed.snapshot())
  const leg = rows.find(({ resource }) => resource.name === 'router_network')?.values['interface_uuid']
  const onLeg = { uuid: 'fil-leg', interface_uuid: leg, mode: 'static' }
  t.ok(await take(site, { method: 'POST', path: 'filters', body: onLeg }))
  const met = await checkRoundTrip(t, site)
  const missing = RESOURCE_NAMES.filter((name) => !met.has(name))
  t.same(missing, [], 'a new resource belongs into everything.ts')
})
