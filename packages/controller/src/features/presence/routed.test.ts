/** Which networks routers join, against a walk by hand; and what one more of them costs. */
import t from 'tap'
import { type Guest, type Rows, snapshotOf, viewOf } from '../../../test/flow_lines.ts'
import { Random } from '../../../test/random.ts'
import { DPIDS, silent } from '../../../test/world.ts'
import { Engine } from '../../engine/engine.ts'
import { FEATURES } from '../index.ts'
import { firstRouted, routedNetworks } from './routed.ts'

type Route = NonNullable<Rows['routes']>[number]

const route = (router: number, network: number, leg: number): Route => ({
  ...{ route_link_id: router, network_id: network, interface_id: leg },
  ...{ destination: `10.${network}.0.0`, prefix: 24 },
})

/** All that can be got to from a network, by the pairs of router and network. */
const walk = (from: number, routes: readonly Route[]): number[] => {
  const networks = new Set([from])
  for (const network of networks) {
    const routers = routes.filter(({ network_id }) => network_id === network).map((one) => one.route_link_id)
    for (const one of routes) if (routers.includes(one.route_link_id)) networks.add(one.network_id!)
  }
  return [...networks].sort((a, b) => a - b)
}

t.test('whatever routers join, each network knows all, and all name the same first one', async (t) => {
  const random = new Random(7)
  for (let round = 0; round < 200; round += 1) {
    const count = random.below(18)
    const routes = Array.from({ length: count }, () => route(1 + random.below(9), 1 + random.below(12), 1))
    const view = viewOf({ routes })
    const networks = Array.from({ length: 12 }, (_, index) => 1 + index)
    const known = networks.map((network) => [view.query(firstRouted, network), routedNetworks(network, view)])
    const expected = networks.map((network) => walk(network, routes))
    t.strictSame(
      known,
      expected.map((all) => [all[0], all]),
    )
  }
})

const HUB = 200
const ROUTER = 50

/**
 * Networks of both families with a guest and a leg each, of one router or of a router for each that all are in a common
 * network. @returns what it costs that the last network gets its routes, and loses them
 */
const costAmong = async (count: number, hasHub: boolean): Promise<number[]> => {
  const ids = Array.from({ length: count }, (_, index) => 1 + index)
  const leg = (id: number, network: number, host: number): Guest => ({
    ...{ id, mode: 'simulated', mac: `02:00:00:00:00:${(id - 1000).toString(16).padStart(2, '0')}` },
    addresses: { [network]: [`10.${network}.0.${host}`, `fd00:${network}::${host}`] },
  })
  const six = (one: Route): Route => ({ ...one, destination: `fd00:${one.network_id}::`, prefix: 64 })
  const routerOf = (network: number) => (hasHub ? network : ROUTER)
  const routes = ids.flatMap((network) => {
    const own = [route(routerOf(network), network, 1000 + network)]
    const all = hasHub ? [...own, route(routerOf(network), HUB, 1100 + network)] : own
    return all.flatMap((one) => [one, six(one)])
  })
  const networks = [...ids, ...(hasHub ? [HUB] : [])]
  const rows: Rows = {
    networks: Object.fromEntries(networks.map((id) => [id, `10.${id}.0.0`])),
    changes: Object.fromEntries(networks.map((id) => [id, { ipv6_network: `fd00:${id}::` }])),
    interfaces: ids.flatMap((id) => [
      { id, mac: `52:54:00:00:00:${id.toString(16).padStart(2, '0')}`, addresses: { [id]: `10.${id}.0.1` } },
      leg(1000 + id, id, 254),
      ...(hasHub ? [leg(1100 + id, HUB, id)] : []),
    ]),
    routes,
  }
  const snapshot = snapshotOf(rows)
  const last = snapshot.rows.route.slice(hasHub ? -4 : -2)
  const engine = new Engine({ features: FEATURES, log: silent, onChange: () => undefined })
  engine.load({ ...snapshot, rows: { ...snapshot.rows, route: snapshot.rows.route.slice(0, -last.length) } })
  engine.connected(DPIDS[0], new Map(ids.map((id) => [`if-${id}`, id])))
  await engine.settled()
  const change = async (revision: number, isThere: boolean): Promise<number> => {
    const before = engine.runs
    const operations = last.map(
      (row) => ({ resource: 'route', id: row.id, row: isThere ? row : null }) as const,
    )
    engine.apply({ revision, operations })
    await engine.settled()
    return engine.runs - before
  }
  return [await change(snapshot.revision + 1, true), await change(snapshot.revision + 2, false)]
}

t.test('one more network costs a router the same among few and among many', async (t) => {
  for (const hasHub of [false, true]) {
    const [few, many] = [await costAmong(8, hasHub), await costAmong(60, hasHub)]
    for (const [index, runs] of many.entries()) t.ok(runs - few[index]! < 8, `${few} and ${many}`)
  }
})
