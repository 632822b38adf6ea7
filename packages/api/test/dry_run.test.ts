/** `?dry_run=true`: what a call would answer and what would become of which rows; nothing is stored, nothing published. */
import t from 'tap'
import { startApi, type TestApi } from './support/api.ts'

const build = async (api: TestApi): Promise<void> => {
  await api.ok('POST', 'networks', { uuid: 'nw-a', ipv4_network: '10.0.0.0' })
  await api.ok('POST', 'datapaths', { uuid: 'dp-a', dpid: '0xa' })
  await api.ok('POST', 'datapaths/dp-a/networks/nw-a', {})
  await api.ok('POST', 'interfaces', {
    uuid: 'if-a',
    network_uuid: 'nw-a',
    mac_address: '02:00:00:00:00:01',
    ipv4_address: '10.0.0.1',
  })
}

const everything = async (api: TestApi) => {
  const { revision, rows } = (await api.ok('GET', 'snapshot')).body
  return { revision, rows }
}

t.test('every method answers what it would do and does nothing', async (t) => {
  const api = await startApi(t)
  await build(api)
  const before = await everything(api)
  const published: unknown[] = []
  api.store.onChange((change) => published.push(change))
  const add = await api.ok(
    'POST',
    'networks?dry_run=true',
    { uuid: 'nw-b', ipv4_network: '10.1.0.0' },
    'json',
  )
  t.match(add.body, {
    dry_run: true,
    answer: { uuid: 'nw-b', ipv4_network: '10.1.0.0', ipv4_prefix: 24 },
    changes: [{ kind: 'add', resource: 'network', name: 'nw-b', before: null, after: { mode: 'virtual' } }],
  })
  t.equal(add.headers['x-revision'], String(before.revision), 'no revision is made')
  const put = await api.ok('PUT', 'networks/nw-a?dry_run=true', { display_name: 'A' }, 'json')
  t.match(put.body.changes, [
    { kind: 'change', name: 'nw-a', before: { display_name: 'nw-a' }, after: { display_name: 'A' } },
  ])
  const gone = await api.ok('DELETE', 'networks/nw-a', { dry_run: true })
  t.same(gone.body.answer, ['nw-a'])
  const names = gone.body.changes.map(({ kind, resource, name }: Record<string, string>) =>
    [kind, resource, resource === 'ip_lease' ? '' : name].join(' '),
  )
  t.same(names.toSorted(), [
    'change interface if-a',
    'remove datapath_network dp-a nw-a',
    'remove ip_lease ',
    'remove network nw-a',
  ])
  t.match(
    gone.body.changes.find(({ resource }: { resource: string }) => resource === 'interface'),
    { before: { network_uuid: 'nw-a' }, after: { network_uuid: null } },
  )
  t.same(await everything(api), before)
  t.same(published, [])
  const real = await api.ok('POST', 'networks', { uuid: 'nw-b', ipv4_network: '10.1.0.0' })
  t.equal(real.headers['x-revision'], String(before.revision + 1))
  t.equal(real.body.id, add.body.answer.id, 'what was tried leaves no trace in the ids either')
})

t.test('refusals are those of the call itself', async (t) => {
  const api = await startApi(t)
  await build(api)
  const same = [
    ['POST', 'networks', { uuid: 'nw-a', ipv4_network: '10.0.0.0' }],
    ['POST', 'networks', {}],
    ['DELETE', 'networks/nw-x', {}],
    ['PUT', 'networks/nw-a', { ipv4_prefix: 8 }],
  ] as const
  for (const [method, path, parameters] of same) {
    const tried = await api.send(method, path, { ...parameters, dry_run: 'true' })
    const real = await api.send(method, path, parameters)
    t.same([tried.status, tried.body], [real.status, real.body], `${method} ${path}`)
    t.not(tried.status, 200)
  }
  t.equal(
    (await api.send('GET', 'networks', { dry_run: true })).status,
    400,
    'what reads has no such parameter',
  )
})

t.test('a batch is tried as a whole: later operations see what earlier ones would make', async (t) => {
  const api = await startApi(t)
  await build(api)
  const before = await everything(api)
  const batch = (operations: object[], query = '?dry_run=true') =>
    api.send('POST', `batch${query}`, { operations }, 'json')
  const tried = await batch([
    { method: 'DELETE', path: 'networks/nw-a' },
    { method: 'POST', path: 'networks', body: { uuid: 'nw-a', ipv4_network: '10.9.0.0' } },
    { method: 'POST', path: 'datapaths/dp-a/networks/nw-a' },
    { method: 'POST', path: 'networks', body: { uuid: 'nw-t', ipv4_network: '10.8.0.0' } },
    { method: 'DELETE', path: 'networks/nw-t' },
  ])
  t.equal(tried.status, 200)
  t.equal(tried.body.answer.answers.length, 5)
  const kinds = tried.body.changes.map(
    ({ kind, resource, name }: Record<string, string>) => `${kind} ${resource} ${name}`,
  )
  t.ok(kinds.includes('remove network nw-a'))
  t.ok(kinds.includes('add network nw-a'))
  t.ok(kinds.includes('add datapath_network dp-a nw-a'))
  t.notOk(
    kinds.some((kind: string) => kind.includes('nw-t')),
    'what comes and goes never was',
  )
  t.same(await everything(api), before)
  const refused = await batch([{ method: 'POST', path: 'networks', body: {} }])
  t.equal(refused.body.error, 'MissingArgument')
  t.match(refused.body, { operation: { index: 0 } })
  const inside = await batch([{ method: 'POST', path: 'networks', body: { dry_run: true } }], '')
  t.match(inside.body.message, { parameter: 'dry_run', reason: /belongs to the batch/ })
})

t.test('a rehearsal beside writes of the same moment leaves those alone', async (t) => {
  const api = await startApi(t)
  await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      api.ok('POST', 'networks', {
        uuid: `nw-${index}`,
        ipv4_network: '10.0.0.0',
        ...(index % 2 === 0 ? { dry_run: true } : {}),
      }),
    ),
  )
  const { revision, rows } = await everything(api)
  t.equal(revision, 20)
  t.same(
    rows.network.map(({ uuid }: { uuid: string }) => Number(uuid.slice(3)) % 2),
    Array(20).fill(1),
  )
})
