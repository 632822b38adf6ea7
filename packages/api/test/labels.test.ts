/** Labels: on every resource, in every form of a body, changed one by one or as a whole, and as the choice of a list. */
import { labelsOf, labelTerms, matchesLabels, RESOURCES, type ResourceSpec } from '@openvnet/schema'
import fc from 'fast-check'
import t from 'tap'
import { labelConditions } from '../src/store/label_condition.ts'
import { type Encoding, startApi } from './support/api.ts'

const NETWORK = { uuid: 'nw-a', ipv4_network: '10.0.0.0' }

t.test('every form of a body can carry labels, and answers show them as a map', async (t) => {
  const api = await startApi(t)
  const forms: [unknown, Encoding][] = [
    [{ app: 'web', tier: 'front' }, 'json'],
    [{ app: 'web', tier: 'front' }, 'envelope'],
    [['app=web', 'tier=front'], 'json'],
    ['tier=front,app=web', 'form'],
    ['app=web,tier=front', 'query'],
    ['{"app":"web","tier":"front"}', 'query'],
  ]
  for (const [labels, encoding] of forms) {
    const { body } = await api.ok('POST', 'networks', { ...NETWORK, labels }, encoding)
    t.same(body.labels, { app: 'web', tier: 'front' }, encoding)
    await api.ok('DELETE', 'networks/nw-a')
  }
  const query = 'uuid=nw-a&ipv4_network=10.0.0.0&label=app%3Dweb&label=tier%3Dfront'
  const { body } = await api.raw({ method: 'POST', url: `/api/1.0/networks?${query}` })
  t.same(body.labels, { app: 'web', tier: 'front' })
  const yaml = await api.raw({
    method: 'PUT',
    url: '/api/1.0/networks/nw-a',
    headers: { 'content-type': 'application/yaml' },
    payload: 'labels:\n  app: other\n',
  })
  t.same(yaml.body.labels, { app: 'other' })
})

t.test('PUT changes single labels with label, all of them with labels', async (t) => {
  const api = await startApi(t)
  t.same((await api.ok('POST', 'networks', NETWORK)).body.labels, {})
  const put = async (parameters: object) =>
    (await api.ok('PUT', 'networks/nw-a', parameters, 'json')).body.labels
  t.same(await put({ label: 'app=web,tier=front' }), { app: 'web', tier: 'front' })
  t.same(await put({ label: ['tier-', 'team=blue'] }), { app: 'web', team: 'blue' })
  t.same(await put({ labels: { only: '' } }), { only: '' })
  const { revision } = (await api.ok('GET', 'status')).body
  await put({ label: 'only=' })
  t.equal((await api.ok('GET', 'status')).body.revision, revision, 'the same again is no change')
  t.same(await put({ labels: null }), {})
  t.same(await put({ label: 'a=b' }), { a: 'b' })
  t.same(await put({ labels: {} }), {})
})

t.test('what is no label is refused with the rule', async (t) => {
  const api = await startApi(t)
  const refused: [unknown, RegExp][] = [
    [{ 'a b': 'x' }, /'a b' is no key; the key of a label has at most 63 of letters/],
    [{ '-a': 'x' }, /'-a' is no key/],
    [{ [`${'a'.repeat(64)}`]: 'x' }, /is no key/],
    [{ 'Up.example/x': 'x' }, /is no key/],
    [{ 'a/b/c': 'x' }, /is no key/],
    [{ a: 'x y' }, /'x y' of a is no value/],
    [{ a: 'b'.repeat(64) }, /of a is no value/],
    [{ a: {} }, /not labels like app=web,tier=front/],
    [7, /not labels like/],
    [['a=1', 'a=2'], /a is both '1' and '2'/],
    [
      Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`k${index}`, ''])),
      /65 of them, the limit is 64/,
    ],
  ]
  for (const [labels, reason] of refused) {
    const { status, body } = await api.send('POST', 'networks', { ...NETWORK, labels }, 'json')
    t.equal(status, 400)
    t.match(body.message, { parameter: 'labels', reason })
  }
  const { body } = await api.ok(
    'POST',
    'networks',
    { ...NETWORK, labels: { 'example.com/app': '1.0_x' } },
    'json',
  )
  t.same(body.labels, { 'example.com/app': '1.0_x' })
  t.equal((await api.send('PUT', 'networks/nw-a', { label: 'app' })).status, 400)
  t.equal((await api.send('GET', 'networks', { label: '!a=b' })).status, 400)
})

t.test('neither changes nor conditions are a way around the limit', async (t) => {
  const api = await startApi(t)
  const many = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=v`)
  await api.ok('POST', 'networks', { ...NETWORK, labels: many(64) }, 'json')
  const { status, body } = await api.send('PUT', 'networks/nw-a', { label: ['more=v'] }, 'json')
  t.equal(status, 400)
  t.match(body.message, { parameter: 'label', reason: /65 of them, the limit is 64/ })
  await api.ok('PUT', 'networks/nw-a', { label: ['k0-', 'more=v'] }, 'json')
  t.equal((await api.ok('GET', 'networks', { label: many(64).slice(1).join(',') })).body.total_count, 1)
  t.match((await api.send('GET', 'networks', { label: many(65).join(',') })).body.message, {
    reason: /65 of them, the limit is 64/,
  })
})

t.test('an object is no label, whatever it has in place of its methods', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'networks', NETWORK)
  const odd = { toString: 1, valueOf: 1 }
  for (const [method, path] of [
    ['PUT', 'networks/nw-a'],
    ['GET', 'networks'],
  ] as const)
    for (const label of [odd, [odd], [['a=b']], 7])
      t.equal(
        (await api.send(method, path, { label }, 'json')).status,
        400,
        `${method} ${JSON.stringify(label)}`,
      )
})

t.test('every choice by labels is one statement, so that clients make up none that are kept', async (t) => {
  const sql = (selector: string) => labelConditions(labelTerms(selector)).map((condition) => condition.sql)
  t.same(sql('a=b,!c,d!=e'), sql('f'))
  t.same(sql('a'), ['labels_match(labels, ?)'])
})

t.test('lists choose by labels, with the number of all that match', async (t) => {
  const api = await startApi(t)
  await api.ok('POST', 'networks', { uuid: 'nw-1', ipv4_network: '10.1.0.0', labels: 'app=web,tier=front' })
  await api.ok('POST', 'networks', { uuid: 'nw-2', ipv4_network: '10.2.0.0', labels: 'app=web,tier=back' })
  await api.ok('POST', 'networks', { uuid: 'nw-3', ipv4_network: '10.3.0.0', labels: 'app=webby' })
  await api.ok('POST', 'networks', { uuid: 'nw-4', ipv4_network: '10.4.0.0' })
  const choose = async (label: string, path = 'networks') => {
    const { body } = await api.ok('GET', path, { label })
    t.equal(body.total_count, body.items.length, label)
    return body.items.map(({ uuid }: { uuid: string }) => uuid)
  }
  t.same(await choose('app=web'), ['nw-1', 'nw-2'])
  t.same(await choose('app=web,tier=back'), ['nw-2'])
  t.same(await choose('app'), ['nw-1', 'nw-2', 'nw-3'])
  t.same(await choose('!app'), ['nw-4'])
  t.same(await choose('tier!=front'), ['nw-2', 'nw-3', 'nw-4'])
  t.same(await choose('app==web,tier!=front'), ['nw-2'])
  t.same(await choose('eb'), [])
  await api.ok('POST', 'datapaths', { uuid: 'dp-1', dpid: '0x1' })
  for (const name of ['nw-1', 'nw-3']) await api.ok('POST', `datapaths/dp-1/networks/${name}`)
  t.same(await choose('app=web', 'datapaths/dp-1/networks'), ['nw-1'], 'of the networks that are listed')
  await api.ok('POST', 'mac_range_groups', { uuid: 'mrg-1' })
  const ends = { begin_mac_address: '02:00:00:00:00:01', end_mac_address: '02:00:00:00:00:09' }
  await api.ok('POST', 'mac_range_groups/mrg-1/mac_ranges', { uuid: 'mr-1', ...ends, labels: 'a=b' })
  t.same(await choose('a=b', 'mac_range_groups/mrg-1/mac_ranges'), ['mr-1'])
  t.same(await choose('!a', 'mac_range_groups/mrg-1/mac_ranges'), [])
})

const key = fc.constantFrom('a', 'b', 'ab', 'x/a', 'a.b', 'a_b')
const value = fc.constantFrom('', 'a', 'b', 'ab', 'a_b', 'a-b')
const term = fc
  .record({ key, value: fc.option(value), negated: fc.boolean() })
  .map(({ key, value, negated }) =>
    value === null ? `${negated ? '!' : ''}${key}` : `${key}${negated ? '!=' : '='}${value}`,
  )

t.test('what the store chooses is what the labels say', async (t) => {
  const api = await startApi(t)
  const rows = fc.sample(fc.dictionary(key, value, { maxKeys: 4 }), { numRuns: 60, seed: 7 })
  for (const [index, labels] of rows.entries()) {
    await api.ok('POST', 'networks', { uuid: `nw-${index}`, ipv4_network: '10.0.0.0', labels }, 'json')
  }
  await fc.assert(
    fc.asyncProperty(fc.array(term, { minLength: 1, maxLength: 3 }), async (terms) => {
      const { body } = await api.ok('GET', 'networks', { label: terms.join(','), limit: 100 })
      const expected = rows.flatMap((labels, index) => {
        const text = Object.entries(labels)
          .map((pair) => pair.join('='))
          .join(',')
        return matchesLabels(text, labelTerms(terms.join(','))) ? [`nw-${index}`] : []
      })
      t.same(
        body.items.map(({ uuid }: { uuid: string }) => uuid),
        expected,
        terms.join(','),
      )
    }),
    { numRuns: 40 },
  )
})

t.test('every resource has labels, and the feed carries them', async (t) => {
  for (const { name, fields } of Object.values<ResourceSpec>(RESOURCES)) {
    t.match(fields['labels'], { type: 'value', mutable: true, nullable: true }, name)
  }
  const api = await startApi(t)
  await api.ok('POST', 'networks', { ...NETWORK, labels: 'b=2,a=1' })
  const { rows } = (await api.ok('GET', 'snapshot')).body
  t.equal(rows.network[0].labels, 'a=1,b=2')
  t.same(labelsOf(rows.network[0].labels), { a: '1', b: '2' })
})
