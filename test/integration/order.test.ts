/**
 * Order does not matter: whatever comes first, the tables are the same in the end, and the pings work. Guests and Open
 * vSwitch stay; the bridge, vnetd and its store are new each time.
 */
import { join } from 'node:path'
import t from 'tap'
import { OPENFLOW_PORT } from '../lab/vnetd.ts'
import { writesInBoth } from '../scenarios/in_ipv6.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import type { Write } from '../scenarios/scenario.ts'
import { BR0, GUEST_WRITES, GUESTS, NETWORK_WRITES, PINGS, ROUTER_WRITES } from '../scenarios/walkthrough.ts'
import { difference, settledTables } from './tables.ts'

const ROWS = ['before the switch', 'after the switch', 'interleaved with it'] as const
const PORTS = ['before rows', 'after rows'] as const
const ROUTERS = ['before guests', 'after guests'] as const

interface Order {
  readonly rows: (typeof ROWS)[number]
  readonly ports: (typeof PORTS)[number]
  readonly router: (typeof ROUTERS)[number]
}

const orders = ROWS.flatMap((rows) =>
  PORTS.flatMap((ports) => ROUTERS.map((router): Order => ({ rows, ports, router }))),
)

/** With addresses of both families. */
const writesIn = ({ router }: Order): readonly Write[] =>
  writesInBoth(
    router === 'before guests'
      ? [...NETWORK_WRITES, ...ROUTER_WRITES, ...GUEST_WRITES]
      : [...NETWORK_WRITES, ...GUEST_WRITES, ...ROUTER_WRITES],
  )

type Step = (world: LabWorld) => Promise<unknown>

const plugIn: Step = async (world) => {
  for (const { bridge, port } of GUESTS) await world.site.host.addPort(bridge, port)
}
const connect: Step = (world) => world.site.host.setController('br0', `tcp:127.0.0.1:${OPENFLOW_PORT}`)
const write =
  (writes: readonly Write[]): Step =>
  (world) =>
    world.write(writes)

/** The writes of the second half race with what else happens. */
const race =
  (...steps: readonly Step[]): Step =>
  (world) =>
    Promise.all(steps.map((step) => step(world)))

const stepsOf = (order: Order): readonly Step[] => {
  const writes = writesIn(order)
  const early = order.ports === 'before rows'
  if (order.rows === 'before the switch')
    return early ? [plugIn, write(writes), connect] : [write(writes), connect, plugIn]
  if (order.rows === 'after the switch')
    return early ? [connect, plugIn, write(writes)] : [connect, write(writes), plugIn]
  const half = Math.floor(writes.length / 2)
  const [first, second] = [write(writes.slice(0, half)), write(writes.slice(half))]
  return early ? [plugIn, first, race(connect, second)] : [first, race(connect, second), plugIn]
}

const world = await LabWorld.create()
t.teardown(() => world.close())
const { host } = world.site
await world.addGuests(GUESTS, false)

const run = async (order: Order): Promise<string[]> => {
  await host.bridge({ name: BR0.name, dpid: BR0.dpid })
  for (const step of stepsOf(order)) await step(world)
  await world.site.converged(BR0.dpid)
  return settledTables(world)
}

let reference: readonly string[] | undefined

for (const [index, order] of orders.entries()) {
  t.test(`rows ${order.rows}, ports ${order.ports}, router ${order.router}`, async (t) => {
    // A store of its own, and nothing that is remembered beside it.
    await world.site.start('--db', join(host.directory, `${index}`, 'openvnet.db'))
    t.teardown(async () => {
      await world.site.vnetd.stop('SIGTERM')
      await host.vsctl('del-br', BR0.name)
    })
    const tables = await run(order)
    reference ??= tables
    t.ok(tables.length > 150, `${tables.length} flows and groups`)
    t.same(difference(reference, tables), [])
    await Promise.all([...world.guests.values()].map((guest) => guest.forgetNeighbours()))
    t.same(await world.checkPings(PINGS), [])
  })
}
