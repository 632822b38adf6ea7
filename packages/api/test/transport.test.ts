/** How requests and answers are spelt: suffixes, YAML, bodies of old clients. */
import t from 'tap'
import { parse } from 'yaml'
import { startApi } from './support/api.ts'

t.test('the suffix of a path is the format of the answer', async (t) => {
  const api = await startApi(t)
  const network = { uuid: 'nw-1', ipv4_network: '10.0.0.0', display_name: 'yes: "no" #\n'.trim() }
  const made = await api.ok('POST', '/api/networks.yml', network)
  t.match(made.headers['content-type'], /^application\/yaml/)
  t.ok(Number(made.headers['x-revision']) > 0)
  t.match(made.body, /^uuid: nw-1$/m, 'keys are plain text')
  const asJson = (await api.ok('GET', 'networks/nw-1.json')).body
  for (const suffix of ['.yml', '.yaml']) {
    t.same(parse((await api.ok('GET', `networks/nw-1${suffix}`)).body), asJson)
  }
  const page = await api.ok('GET', 'networks.yml', { limit: 1 })
  t.same(parse(page.body), { total_count: 1, offset: 0, limit: 1, items: [asJson] })
  t.same(parse((await api.send('DELETE', 'networks/nw-1.yml')).body), ['nw-1'])
  const refused = await api.send('GET', 'networks/nw-1.yml')
  t.equal(refused.status, 404)
  t.match(parse(refused.body), { error: 'UnknownUUIDResource', code: '100' })
  t.equal((await api.send('GET', '/healthz.yml')).status, 404, 'only paths of the API have a suffix')
})

t.test('what is long is JSON, which is YAML: writing it anew would hold up everybody', async (t) => {
  const api = await startApi(t)
  const operations = Array.from({ length: 600 }, (_, index) => ({
    ...{ method: 'POST', path: 'networks' },
    body: { uuid: `nw-${index}`, ipv4_network: '10.0.0.0', display_name: 'yes: "no" # \u2028' },
  }))
  await api.ok('POST', 'batch', { operations }, 'json')
  for (const path of ['networks', 'snapshot', 'changes']) {
    const url = `/api/1.0/${path}`
    const query = path === 'networks' ? '?limit=1000' : ''
    const { body: said } = await api.raw({ method: 'GET', url: `${url}${query}` })
    const { body, headers } = await api.raw({ method: 'GET', url: `${url}.yml${query}` })
    t.match(headers['content-type'], 'application/yaml')
    t.same(body, said, `${path}: JSON, and the same`)
    t.same(parse(JSON.stringify(said)), said, 'as YAML too')
  }
})

t.test('a body in YAML is flat or in an envelope, with plain or with symbol keys', async (t) => {
  const api = await startApi(t)
  const send = (payload: string, type = 'application/yaml') =>
    api.raw({ method: 'POST', url: '/api/1.0/datapaths', payload, headers: { 'content-type': type } })
  const dpids = ['0x01', '0x02', '0x03', '10']
  const bodies = [
    `uuid: dp-a\ndpid: ${dpids[0]}\ndisplay_name: 1e3`,
    `datapath:\n  uuid: dp-b\n  dpid: ${dpids[1]}\n  enable_ovs_learn_action: no`,
    `---\n:datapath:\n  :uuid: dp-c\n  :dpid: ${dpids[2]}\n  :node_id: null`,
    `{uuid: dp-d, dpid: ${dpids[3]}}`,
  ]
  const types = ['application/yaml', 'text/yaml', 'application/yaml; charset=utf-8', 'application/x-yaml']
  for (const [index, body] of bodies.entries()) {
    const answer = await send(body, types[index])
    t.equal(answer.status, 200, JSON.stringify(answer.body))
    t.equal(BigInt(answer.body.dpid), BigInt(`0x${(dpids[index] as string).replace('0x', '')}`))
  }
  t.equal((await api.ok('GET', 'datapaths/dp-a')).body.display_name, '1e3', 'scalars are text')
  t.equal((await api.ok('GET', 'datapaths/dp-b')).body.enable_ovs_learn_action, false)
  const malformed = ['- a\n- b', 'a: [', 'just text', 'a: &a {b: 1}\nc: *a', `${'['.repeat(100_000)}`]
  for (const body of malformed) {
    const answer = await send(body)
    t.match(answer, { status: 400, body: { error: 'InvalidRequest' } }, body.slice(0, 20))
  }
})
