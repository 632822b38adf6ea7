/**
 * API and controller as two processes with a real Redis between, each of the three stopped and started while clients
 * write to the ports of a bridge: nothing answered is lost, no revision is missing, and store, replica and bridge
 * agree without anyone's help. Unlike in `split.test.ts` parts start while others are away.
 */
import t, { type Test } from 'tap'
import type { Daemon } from '../lab/daemon.ts'
import { sleep } from '../lab/wait.ts'
import { DPID, freshTables, Machine, tables, type Vnetd } from './process.ts'
import { contradictions, Writer } from './writer.ts'

const NAMES = ['a', 'b', 'c'] as const
const PORTS = [...NAMES.flatMap((name) => [`port-${name}0`, `port-${name}1`]), 'port-waited']

type Part = 'api' | 'controller' | 'redis'
type Step = readonly [does: 'kill' | 'stop' | 'start', part: Part]

const ORDERS: readonly (readonly Step[])[] = [
  [
    ['kill', 'redis'],
    ['start', 'redis'],
  ],
  [
    ['kill', 'redis'],
    ['kill', 'controller'],
    ['start', 'controller'],
    ['start', 'redis'],
  ],
  [
    ['kill', 'api'],
    ['stop', 'redis'],
    ['start', 'api'],
    ['start', 'redis'],
  ],
  [
    ['stop', 'controller'],
    ['kill', 'api'],
    ['start', 'controller'],
    ['start', 'api'],
  ],
  [
    ['stop', 'api'],
    ['kill', 'redis'],
    ['stop', 'controller'],
    ['start', 'controller'],
    ['start', 'api'],
    ['start', 'redis'],
  ],
]

/** Clients get something done between two steps. */
const BETWEEN_STEPS_MS = 300

class Site {
  readonly machine: Machine
  readonly #running = new Map<Part, Vnetd | Daemon>()

  constructor(machine: Machine) {
    this.machine = machine
  }

  async do([does, part]: Step): Promise<void> {
    if (does === 'start') {
      this.#running.set(part, await (part === 'redis' ? this.machine.redis() : this.machine.part(part)))
    } else await this.#running.get(part)!.stop(does === 'kill' ? 'SIGKILL' : 'SIGTERM')
  }
}

const start = async (t: Test) => {
  const machine = await Machine.create(t)
  const site = new Site(machine)
  for (const part of ['redis', 'api', 'controller'] as const) await site.do(['start', part])
  const ovs = await machine.bridge(PORTS)
  await machine.converged()
  return { machine, site, ovs }
}

t.test('parts that come and go while clients write', async (t) => {
  const { machine, site, ovs } = await start(t)
  const writers = NAMES.map(
    (name) =>
      new Writer({
        rest: machine.rest,
        name,
        ports: PORTS.filter((port) => port.startsWith(`port-${name}`)),
        pause: 5,
      }),
  )
  const answered = () => writers.reduce((sum, writer) => sum + writer.answered.length, 0)

  for (const order of ORDERS) {
    await t.test(order.map((step) => step.join(' ')).join(', '), async (t) => {
      const before = answered()
      for (const writer of writers) writer.start()
      for (const step of order) {
        await sleep(BETWEEN_STEPS_MS)
        await site.do(step)
      }
      await sleep(BETWEEN_STEPS_MS)
      for (const writer of writers) await writer.stop()
      const stopped = performance.now()
      await machine.converged()
      t.comment(
        `${answered() - before} writes; converged ${Math.round(performance.now() - stopped)} ms after`,
      )
      t.same(await contradictions(machine.rest, writers), [], 'the store has what was answered')
      t.same(await tables(ovs), await freshTables(t, machine, PORTS), 'the bridge has what the store says')
      await waits(t, machine, async () => (await tables(ovs)).join('\n'))
    })
  }
  t.ok(answered() > 500, `${answered()} writes were answered`)
})

/** A client that asks for it is answered when the bridge, which is the other process's, has its change. */
const waits = async (t: Test, machine: Machine, flows: () => Promise<string>): Promise<void> => {
  const asked = performance.now()
  await machine.rest.post('networks?wait=20', { uuid: 'nw-waited', ipv4_network: '10.9.0.0' })
  const guest = { uuid: 'if-waited', network_uuid: 'nw-waited', port_name: 'port-waited' }
  const address = { mac_address: '52:54:00:00:00:02', ipv4_address: '10.9.0.1' }
  const answer = await machine.rest.post('interfaces?wait=20', { ...guest, ...address })
  t.equal(answer.headers['x-applied'], 'true', `waited ${Math.round(performance.now() - asked)} ms`)
  t.match(await flows(), 'nw_src=10.9.0.1', 'the flows are there when the answer is')
  await machine.rest.delete('networks/nw-waited')
  const deleted = await machine.rest.delete('interfaces/if-waited?wait=20')
  t.equal(deleted.headers['x-applied'], 'true')
  t.notMatch(await flows(), 'nw_src=10.9.0.1', 'and gone when that is answered')
  const { revision, datapaths } = await machine.status()
  t.match(
    datapaths.findLast(({ dpid, connected }) => dpid === DPID && connected),
    { acknowledged_revision: revision },
  )
}
