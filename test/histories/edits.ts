/**
 * What people do to a site, at random: calls of the API, ports that are plugged in and pulled out, switches that lose
 * their controller. Few names, so that things meet; much of it is refused, as it would be of people.
 */
import type { Row } from '@openvnet/schema'
import type { Random } from '../../packages/controller/test/random.ts'
import type { World } from '../../packages/controller/test/world.ts'
import { addressesOf, DPIDS, NOWHERE, TUNNEL_PORTS } from './hosts.ts'

export interface Call {
  readonly kind: 'call'
  readonly method: 'POST' | 'PUT' | 'DELETE'
  /** Below `/api/1.0/`. */
  readonly path: string
  readonly body: Readonly<Record<string, string | number | boolean>>
}

export type Edit =
  | Call
  | { readonly kind: 'port'; readonly dpid: string; readonly name: string; readonly port_no: number | null }
  /** @param address from which it connects; it tells nothing when absent */
  | { readonly kind: 'link'; readonly dpid: string; readonly up: boolean; readonly address?: string }
  | { readonly kind: 'forget'; readonly dpid: string }
  | {
      readonly kind: 'iface_id'
      readonly dpid: string
      readonly name: string
      readonly iface_id: string | null
    }

const GUESTS = 8
/** Number of the first port for tunnels: no guest has one so high. */
const FIRST_TUNNEL = 60
const LEGS = 4

const post = (path: string, body: Call['body']): Edit => ({ kind: 'call', method: 'POST', path, body })
const put = (path: string, body: Call['body']): Edit => ({ kind: 'call', method: 'PUT', path, body })

const guestName = (random: Random): string => `if-${random.upTo(GUESTS)}`
const legName = (random: Random): string => `if-gw${random.upTo(LEGS)}`
const networkName = (random: Random): string => `nw-${random.upTo(4)}`
const routerName = (random: Random): string => `rl-${random.upTo(2)}`
const mac = (random: Random): string => `52:54:00:00:00:0${random.upTo(9)}`

const network = (random: Random): Edit => {
  const n = random.upTo(4)
  const [ipv4_network, ipv4_prefix] = random.weighted<[string, number]>([
    [6, [`10.0.${n}.0`, 24]],
    [2, ['10.0.1.0', 24]],
    [1, ['10.0.0.0', 16]],
  ])
  return post('networks', { uuid: `nw-${n}`, ipv4_network, ipv4_prefix })
}

/** An address inside of a network that exists. */
const addressIn = ({ ipv4_network }: Row<'network'>, host: number): string =>
  String(ipv4_network).replace(/0$/, String(host))

const anyNetwork = (random: Random, world: World): Row<'network'> | undefined => {
  const rows = [...world.rows.get('network')!.values()] as Row<'network'>[]
  return rows.length === 0 ? undefined : random.pick(rows)
}

const guest = (random: Random, world: World): Edit => {
  const row = anyNetwork(random, world)
  const n = random.upTo(GUESTS)
  if (row === undefined) return network(random)
  return post('interfaces', {
    uuid: `if-${n}`,
    network_uuid: row.uuid,
    mac_address: `52:54:00:00:00:0${n}`,
    ...(random.chance(0.9) ? { ipv4_address: addressIn(row, n) } : {}),
    ...(random.chance(0.1) ? { port_name: 'p1' } : {}),
    ...(random.chance(0.1) ? { owner_datapath_uuid: 'dp-1' } : {}),
  })
}

const leg = (random: Random, world: World): Edit => {
  const row = anyNetwork(random, world)
  if (row === undefined) return network(random)
  return post('interfaces', {
    uuid: legName(random),
    mode: 'simulated',
    network_uuid: row.uuid,
    ipv4_address: addressIn(row, 250 + random.upTo(2)),
    ...(random.chance(0.1) ? { owner_datapath_uuid: `dp-${random.upTo(2)}` } : {}),
  })
}

const route = (random: Random): Edit =>
  post('routes', {
    uuid: `r-${random.upTo(8)}`,
    interface_uuid: legName(random),
    route_link_uuid: routerName(random),
    ...(random.chance(0.15) ? { ipv4_network: '0.0.0.0', ipv4_prefix: 0 } : {}),
    ...(random.chance(0.1) ? { ipv4_network: '10.0.0.0', ipv4_prefix: 16 } : {}),
    ...(random.chance(0.1) ? { ingress: false } : {}),
    ...(random.chance(0.1) ? { egress: false } : {}),
  })

const addressLease = (random: Random, world: World): Edit => {
  const row = anyNetwork(random, world)
  if (row === undefined) return network(random)
  const n = random.upTo(GUESTS)
  return post('ip_leases', {
    uuid: `il-${random.upTo(6)}`,
    network_uuid: row.uuid,
    interface_uuid: random.chance(0.7) ? `if-${n}` : legName(random),
    ipv4_address: addressIn(row, 10 + n),
  })
}

const macLease = (random: Random): Edit =>
  post('mac_leases', {
    uuid: `ml-${random.upTo(6)}`,
    interface_uuid: random.chance(0.7) ? guestName(random) : legName(random),
    mac_address: mac(random),
  })

/** The address is that of the host, or one that nobody has. */
const datapathWithAddress = (random: Random, world: World): Edit => {
  const rows = [...world.rows.get('datapath')!.values()] as Row<'datapath'>[]
  const addressOf = (dpid: string): string => (random.chance(0.7) ? addressesOf(dpid)[0] : NOWHERE)
  if (rows.length === 0 || random.chance(0.5)) {
    const dpid = random.pick(DPIDS)
    return post('datapaths', { uuid: `dp-${random.upTo(3)}`, dpid, ipv4_address: addressOf(dpid) })
  }
  const { uuid, dpid } = random.pick(rows)
  return put(`datapaths/${uuid}`, { ipv4_address: random.chance(0.7) ? addressOf(dpid) : '' })
}

const lesser = (random: Random): Edit =>
  random.pick<() => Edit>([
    () => post('datapaths', { uuid: `dp-${random.upTo(3)}`, dpid: random.pick(DPIDS) }),
    () => post(`datapaths/dp-${random.upTo(2)}/networks/${networkName(random)}`, {}),
    () => post(`datapaths/dp-${random.upTo(2)}/route_links/${routerName(random)}`, {}),
    () =>
      post('network_services', {
        uuid: `ns-${random.upTo(3)}`,
        interface_uuid: legName(random),
        mode: random.pick(['router', 'dhcp']),
      }),
  ])()

const modification = (random: Random): Edit =>
  random.pick<() => Edit>([
    () => put(`interfaces/${guestName(random)}`, { display_name: `name ${random.below(9)}` }),
    () => put(`interfaces/${guestName(random)}`, { port_name: random.pick(['', 'p1', 'p2']) }),
    () => put(`interfaces/${guestName(random)}`, { port_name: '', port_number: random.pick(['', 1, 2, 3]) }),
    () =>
      put(`interfaces/${guestName(random)}`, {
        port_name: '',
        port_number: '',
        iface_id: random.pick(['', 'vm']),
      }),
    () => put(`interfaces/${guestName(random)}`, { owner_datapath_uuid: random.pick(['', 'dp-1', 'dp-2']) }),
    () => put(`interfaces/${legName(random)}`, { owner_datapath_uuid: random.pick(['', 'dp-1', 'dp-2']) }),
    () => put(`mac_leases/ml-${random.upTo(6)}`, { interface_uuid: guestName(random) }),
    () => put(`networks/${networkName(random)}`, { display_name: `name ${random.below(9)}` }),
    () => put(`datapaths/dp-${random.upTo(2)}`, { display_name: `name ${random.below(9)}` }),
  ])()

/** Deletion of something that is there, with all that hangs on it. */
const deletion = (random: Random, world: World): Edit => {
  const there = [...world.rows].flatMap(([resource, rows]) =>
    resource.startsWith('datapath_') ? [] : [...rows.values()].map(({ uuid }) => `${resource}s/${uuid}`),
  )
  const path = there.length === 0 ? 'networks/nw-none' : random.pick(there)
  return { kind: 'call', method: 'DELETE', path, body: {} }
}

/** Most of what happens is on the first: there it meets. */
const anySwitch = (random: Random): string => {
  const [first, second, third] = DPIDS
  return random.weighted([
    [5, first],
    [3, second],
    [2, third],
  ])
}

const PORTS = ['p1', 'p2', ...Array.from({ length: GUESTS }, (_, index) => `if-${index + 1}`)]

/** A port has the number of its name, or another one after it was pulled out: no two have the same. */
const plug = (random: Random): Edit => {
  const index = random.below(PORTS.length)
  const port_no = random.chance(0.85) ? index + 1 + (random.chance(0.2) ? 20 : 0) : null
  return { kind: 'port', dpid: anySwitch(random), name: PORTS[index]!, port_no }
}

/** The name of a port in a database; the interface that is meant may be known by the same, or by another. */
const ifaceId = (random: Random): Edit => ({
  kind: 'iface_id',
  dpid: anySwitch(random),
  name: random.pick(['p1', 'p2']),
  iface_id: random.chance(0.8) ? random.pick(['vm', guestName(random)]) : null,
})

const tunnelPort = (random: Random): Edit => {
  const index = random.below(TUNNEL_PORTS.length)
  const port_no = random.chance(0.75) ? FIRST_TUNNEL + index : null
  return { kind: 'port', dpid: random.pick(DPIDS), name: TUNNEL_PORTS[index]!, port_no }
}

const comes = (dpid: string, address: string | undefined): Edit => ({
  ...{ kind: 'link', dpid, up: true },
  ...(address === undefined ? {} : { address }),
})

const link = (random: Random): Edit => {
  const dpid = random.pick(DPIDS)
  return random.weighted<() => Edit>([
    [6, () => comes(dpid, random.pick([...addressesOf(dpid), '127.0.0.1', undefined]))],
    [2, () => ({ kind: 'link', dpid, up: false })],
    [1, () => ({ kind: 'forget', dpid })],
  ])()
}

/** A site that has something to lose: hosts with tunnels, most guests on the first, three networks that a router joins, and guests in them. */
export const founding = (): readonly Edit[] => [
  ...DPIDS.flatMap((dpid): Edit[] => [
    { kind: 'port', dpid, name: TUNNEL_PORTS[0], port_no: FIRST_TUNNEL },
    comes(dpid, addressesOf(dpid)[0]),
  ]),
  ...[1, 2, 3].map((n) =>
    post('networks', { uuid: `nw-${n}`, ipv4_network: `10.0.${n}.0`, ipv4_prefix: 24 }),
  ),
  ...Array.from({ length: GUESTS }, (_, index): Edit[] => {
    const [n, network_uuid] = [index + 1, `nw-${(index % 3) + 1}`]
    const ipv4_address = `10.0.${(index % 3) + 1}.${n}`
    return [
      { kind: 'port', dpid: DPIDS[Math.max(0, Math.floor(index / 2) - 1)]!, name: `if-${n}`, port_no: n + 2 },
      post('interfaces', {
        uuid: `if-${n}`,
        network_uuid,
        mac_address: `52:54:00:00:00:0${n}`,
        ipv4_address,
      }),
    ]
  }).flat(),
  post('route_links', { uuid: 'rl-1' }),
  post('datapaths', { uuid: 'dp-2', dpid: DPIDS[1] }),
  ...[1, 2, 3].flatMap((n) => [
    post('interfaces', {
      uuid: `if-gw${n}`,
      mode: 'simulated',
      network_uuid: `nw-${n}`,
      ipv4_address: `10.0.${n}.254`,
      ...(n === 3 ? { owner_datapath_uuid: 'dp-2' } : {}),
    }),
    post('routes', { uuid: `r-${n}`, interface_uuid: `if-gw${n}`, route_link_uuid: 'rl-1' }),
  ]),
]

export const nextEdit = (random: Random, world: World): Edit =>
  random.weighted<(random: Random, world: World) => Edit>([
    [8, guest],
    [8, plug],
    [6, route],
    [5, leg],
    [4, network],
    [4, deletion],
    [3, modification],
    [2, addressLease],
    [2, macLease],
    [2, (chosen) => post('route_links', { uuid: routerName(chosen) })],
    [2, lesser],
    [2, ifaceId],
    [3, link],
    [3, datapathWithAddress],
    [2, tunnelPort],
  ])(random, world)
