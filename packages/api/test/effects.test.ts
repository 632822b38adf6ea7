/** Every parameter that is accepted has an effect: it is in the answer, in the change and in the snapshot. */
import { RESOURCE_NAMES, type ResourceName } from '@openvnet/schema'
import t from 'tap'
import { createModel } from '../src/crud/model.ts'
import { check } from '../src/parameters/check.ts'
import { createSignature, updateSignature } from '../src/parameters/expected.ts'
import { behaviours } from '../src/resources/index.ts'
import { columnsOf, specOf } from '../src/store/columns.ts'
import { createFinder } from '../src/writing/batch.ts'
import { createCalls } from '../src/writing/calls.ts'
import { startApi, type TestApi } from './support/api.ts'
import { type Call, CHANGING, MAKING, UNMAKING } from './support/description.ts'

const calls = createCalls(createModel(behaviours))
const find = createFinder(calls)

/** Held elsewhere, for all calls alike. */
const OF_ALL = ['wait', 'dry_run', 'label', 'uuid']

/** Labels are the same for all. */
const making = MAKING.map(([method, path, parameters]): Call => {
  const isLabelled = find({ index: 0, method, path }).call.signature.parameters.some(
    ({ name }) => name === 'labels',
  )
  return [method, path, isLabelled ? { ...parameters, labels: 'app=web' } : (parameters ?? {})]
})
const labelling = making.flatMap(([method, path, parameters = {}]): Call[] =>
  method === 'POST' && 'uuid' in parameters && !path.includes('/')
    ? [['PUT', `${path}/${parameters.uuid}`, { labels: 'app=db,tier=back' }]]
    : [],
)
const changing: Call[] = [
  ...Object.entries(CHANGING).flatMap(([path, fields]) =>
    Object.entries(fields).map(([name, value]): Call => ['PUT', path, { [name]: value }]),
  ),
  ...labelling,
]

type Cells = Readonly<Record<string, unknown>>

const operationsOf = async (api: TestApi, revision: unknown) => {
  const { body } = await api.ok('GET', 'changes', { since: Number(revision) - 1 })
  return body.changes[0].operations as { resource: ResourceName; id: number; row: Cells | null }[]
}

t.test('the description calls everything that writes, with every parameter', (t) => {
  const done = new Map([...calls.keys()].map((name) => [name, new Set<string>()]))
  for (const [method, path, parameters = {}] of [...making, ...changing, ...UNMAKING]) {
    const { call } = find({ index: 0, method, path })
    for (const name of Object.keys(parameters)) done.get(`${call.method} ${call.path}`)?.add(name)
    t.ok(done.has(`${call.method} ${call.path}`))
    done.get(`${call.method} ${call.path}`)?.add('')
  }
  for (const [name, given] of done) {
    const { signature, method } = calls.get(name) as NonNullable<ReturnType<typeof calls.get>>
    const names = signature.parameters.map((parameter) => parameter.name)
    if (!given.has('')) t.fail(`${name} is not called`)
    if (method === 'DELETE' || name.endsWith('/static_addresses')) continue
    const left = names.filter((one) => !OF_ALL.includes(one) && !given.has(one))
    if (left.length > 0) t.fail(`${name} is called without ${left}`)
  }
  t.end()
})

/** The row that a parameter becomes a column of; `undefined` for one that makes other rows. */
const columnOf = (name: ResourceName, parameter: string): string | undefined =>
  columnsOf(name).find((column) => column.parameter === parameter)?.column

/** What is stored for a parameter. */
const storedValue = (api: TestApi, name: ResourceName, parameter: string, value: unknown): unknown => {
  const column = columnsOf(name).find((one) => one.parameter === parameter)
  if (column?.field.type !== 'reference') return value
  return api.store.byUuid(column.field.to as ResourceName, String(value))?.id
}

const BY_COLLECTION = new Map(RESOURCE_NAMES.map((name) => [specOf(name).collection, name]))
const signatureOf = (name: ResourceName, method: string) =>
  method === 'PUT' ? updateSignature(specOf(name)) : createSignature(specOf(name))

/** As the API takes it. */
const canonical = (name: ResourceName, method: string, parameters: object): ReadonlyMap<string, unknown> => {
  const signature = signatureOf(name, method)
  const own = Object.entries(parameters).filter(
    ([key]) => key !== 'uuid' && signature.parameters.some((one) => one.name === key),
  )
  const lenient = {
    ...signature,
    parameters: signature.parameters.map((one) => ({ ...one, required: false })),
  }
  return check(new Map(own), lenient)
}

/** What a parameter that is no column of the row does: it makes other rows, or is another word for a column. */
const EFFECTS: Readonly<Record<string, RegExp>> = {
  static: /"resource":"interface_(?:network|segment|route_link)"/,
  passthrough: /"action":"pass"/,
  mac_range_group_uuid: /"mac_address":"52:56:/,
  networks: /"address":"10\.3\.0\.254"/,
  topology_uuid: /"resource":"topology_(?:network|segment|route_link)"/,
  lease: /"resource":"ip_lease"/,
  ip_lease_uuid: /"resource":"ip_lease","id":\d+,"row":{"id":\d+,"uuid":"il-lp"/,
  auto: /"resource":"ip_lease"/,
  label: /"resource":"ip_lease_container_ip_lease"/,
}

const effectOf = (parameter: string, value: unknown): RegExp | string =>
  EFFECTS[parameter] ?? EFFECTS[String(value)] ?? JSON.stringify(value)

type Touched = Awaited<ReturnType<typeof operationsOf>>[number]

/** The parameters that a row has in its columns. */
const columnsGiven = (
  api: TestApi,
  { resource, row }: Touched,
  [method, , parameters = {}]: Call,
): string[] => {
  const names = [...canonical(resource, method, parameters)].flatMap(([parameter, value]) => {
    const column = columnOf(resource, parameter)
    const isStored = column !== undefined && row?.[column] === storedValue(api, resource, parameter, value)
    return isStored ? [parameter] : []
  })
  const named = 'uuid' in parameters && row?.['uuid'] === parameters.uuid
  return named ? [...names, 'uuid'] : names
}

t.test('what a call is given is in its change, in the snapshot and in what is shown', async (t) => {
  const api = await startApi(t)
  for (const call of making) {
    const [method, path, parameters = {}] = call
    const { headers } = await api.ok(method, path, parameters, 'json')
    const operations = await operationsOf(api, headers['x-revision'])
    const { rows } = api.store.snapshot()
    for (const { resource, id, row } of operations) {
      const stored = (rows[resource] as readonly { id: number }[]).find((one) => one.id === id)
      t.same(stored, row, 'as in the snapshot')
    }
    const given = operations.flatMap((operation) => columnsGiven(api, operation, call))
    const text = JSON.stringify(operations)
    for (const [parameter, value] of Object.entries(parameters)) {
      if (!given.includes(parameter)) t.match(text, effectOf(parameter, value), `${path} ${parameter}`)
    }
  }
})

t.test('what is changed is in the answer, in the change, in the snapshot and in what is shown', async (t) => {
  const api = await startApi(t)
  for (const [method, path, parameters] of making) await api.ok(method, path, parameters, 'json')
  const missing = new Set(
    RESOURCE_NAMES.flatMap((name) =>
      [...calls.keys()].includes(`PUT ${specOf(name).collection}/:uuid`)
        ? updateSignature(specOf(name)).parameters.map((one) => `${specOf(name).collection} ${one.name}`)
        : [],
    ).filter((text) => !OF_ALL.includes(text.split(' ')[1] ?? '')),
  )
  for (const [method, path, parameters = {}] of changing) {
    const [collection = '', uuid = ''] = path.split('/')
    const name = BY_COLLECTION.get(collection) as ResourceName
    const before = (await api.ok('GET', path)).body
    const { body, headers } = await api.ok(method, path, parameters, 'json')
    const [[parameter, value]] = Object.entries(parameters) as [[string, unknown]]
    t.not(before[parameter], value, `${path} ${parameter} is another one`)
    const asShown = parameter === 'labels' ? { app: 'db', tier: 'back' } : value
    t.same(body[parameter], asShown, 'in the answer')
    const shown = (await api.ok('GET', path)).body
    t.same(shown[parameter], asShown, 'in what is shown')
    const column = columnOf(name, parameter) ?? ''
    const stored = storedValue(api, name, parameter, value)
    const operations = await operationsOf(api, headers['x-revision'])
    t.equal(
      operations.find(({ resource, row }) => resource === name && row?.['uuid'] === uuid)?.row?.[column],
      stored,
    )
    const rows = api.store.snapshot().rows[name] as unknown as Cells[]
    t.equal(rows.find((row) => row['uuid'] === uuid)?.[column], stored, 'in the snapshot')
    missing.delete(`${collection} ${parameter}`)
    const again = await api.ok(method, path, parameters, 'json')
    t.equal(again.headers['x-revision'], headers['x-revision'], 'the same again changes nothing')
  }
  t.same([...missing], [], 'every field that may change was changed')
})
