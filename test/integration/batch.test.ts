/**
 * A batch through everything: one revision at the API, one change to the controller (over HTTP, when it is another
 * process and the change too long for the bus), one set of flows at the bridge; and taken back as a whole.
 */
import { writeFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { until } from '../lab/wait.ts'
import { freshTables, Machine, tables } from './process.ts'

/** More rows than one message of the bus holds. */
const GUESTS = 400
const PORTS = ['port-0', 'port-1', 'port-2'] as const

const post = (path: string, body: object) => ({ method: 'POST', path, body })

const guest = (n: number) =>
  post('interfaces', {
    uuid: `if-${n}`,
    ...(n < PORTS.length && { port_name: PORTS[n] }),
    network_uuid: `nw-${n % 2}`,
    mac_address: `52:54:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`,
    ipv4_address: `10.${n % 2}.${n >> 7}.${(n & 127) + 10}`,
  })

const creation = [
  ...[0, 1].map((n) => post('networks', { uuid: `nw-${n}`, ipv4_network: `10.${n}.0.0`, ipv4_prefix: 16 })),
  ...Array.from({ length: GUESTS }, (_, n) => guest(n)),
  post('route_links', { uuid: 'rl-1' }),
  ...[0, 1].flatMap((n) => [
    post('interfaces', {
      uuid: `if-leg${n}`,
      mode: 'simulated',
      network_uuid: `nw-${n}`,
      ipv4_address: `10.${n}.0.1`,
    }),
    post('routes', { uuid: `r-${n}`, interface_uuid: `if-leg${n}`, route_link_uuid: 'rl-1' }),
  ]),
]

const deletion = creation.toReversed().map(({ path, body }) => ({
  method: 'DELETE',
  path: `${path}/${(body as { uuid: string }).uuid}`,
}))

const promises = async (t: Test, machine: Machine): Promise<void> => {
  const ovs = await machine.bridge(PORTS)
  // Before the first revision there is none to acknowledge; what every bridge has comes in one bundle.
  await until('the flows that every bridge has', async () => (await tables(ovs)).length > 0)
  const before = await tables(ovs)

  const made = await machine.rest.post('batch?wait=30', { operations: creation })
  t.equal(made.headers['x-revision'], '1')
  t.equal(made.headers['x-applied'], 'true', String(made.headers['x-pending']))
  const { revision, datapaths } = await machine.status()
  t.match({ revision, acknowledged: datapaths[0]?.acknowledged_revision }, { revision: 1, acknowledged: 1 })
  const full = await tables(ovs)
  t.ok(full.length > before.length)
  t.same(full, await freshTables(t, machine, PORTS), 'the bridge has what the store says')

  const bad = [...deletion, { method: 'DELETE', path: 'networks/nw-none' }]
  const sent = { method: 'POST', path: '/api/1.0/batch', headers: { 'content-type': 'application/json' } }
  const refused = await machine.rest.send({ ...sent, body: JSON.stringify(bad) })
  t.match(refused, { status: 404, body: { operation: { index: deletion.length } } })
  await machine.converged()
  t.same(await tables(ovs), full, 'a batch that is refused changes nothing')

  const file = `${machine.directory}/deletion.json`
  await writeFile(file, JSON.stringify(deletion))
  const { code, stdout, stderr } = await machine.vnctl('batch', '-f', file, '--wait', '30')
  t.same([code, stdout, stderr], [0, `${deletion.length} operations done\n`, ''])
  t.same(await tables(ovs), before, 'nothing is left of it')
  t.equal((await machine.status()).revision, 2)
}

t.test('in one process', async (t) => {
  const machine = await Machine.create(t)
  const vnetd = await machine.vnetd()
  await promises(t, machine)
  t.same(
    vnetd.log().filter(({ level }) => level >= 50),
    [],
  )
})

t.test('split', async (t) => {
  const machine = await Machine.create(t)
  await machine.redis()
  const parts = [await machine.part('api'), await machine.part('controller')]
  await promises(t, machine)
  for (const part of parts)
    t.same(
      part.log().filter(({ level }) => level >= 50),
      [],
    )
})
