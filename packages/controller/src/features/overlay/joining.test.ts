/**
 * What it costs that a host joins a site: the work of the hosts of its guests' networks, however many others there are.
 * Counted in computations of the engine, which are the same on every machine.
 */
import type { Operation } from '@openvnet/feed'
import type { Row } from '@openvnet/schema'
import t from 'tap'
import { interfaceRow } from '../../../test/flow_lines.ts'
import { World } from '../../../test/world.ts'

/** Hosts with guests of one network. */
const TOGETHER = 10
const UNDERLAY = 5000

const dpidOf = (n: number) => `0x${n.toString(16).padStart(16, '0')}`
const octets = (n: number) => [n >> 8, n & 255] as const
const macOf = (first: string, n: number) =>
  `${first}:00:00:${octets(n)
    .map((octet) => octet.toString(16).padStart(2, '0'))
    .join(':')}`

const put = (resource: Operation['resource'], id: number, row: object): Operation =>
  ({ resource, id, row: { id, ...row } }) as unknown as Operation

const network = (id: number, more: Partial<Row<'network'>> = {}): Operation =>
  put('network', id, {
    ...{ uuid: `nw-${id}`, display_name: '', domain_name: '', mode: 'virtual', segment_id: null },
    ...{ ipv4_network: '10.0.0.0', ipv4_prefix: 24, ipv6_network: null, ipv6_prefix: 64 },
    ...{ ipv6_address_mode: 'slaac', dhcp_lease_time: 86_400, vlan_id: null, mtu: null },
    ...{ vlan_transparent: false, ...more },
  })

const leased = (id: number, network_id: number, mac_address: string, address: string): Operation[] => [
  put('mac_lease', id, { uuid: `ml-${id}`, interface_id: id, mac_address, segment_id: null }),
  put('ip_lease', id, { uuid: `il-${id}`, network_id, mac_lease_id: id, interface_id: id, address }),
]

const guest = (n: number, network_id: number): Operation[] => [
  put('interface', n, interfaceRow({ id: n, mac: null, addresses: {} })),
  ...leased(n, network_id, macOf('52:54', n), `10.0.0.${1 + (n % 250)}`),
]

/** A host that is in the physical network, and in an underlay without encapsulation. */
const hostRows = (n: number): Operation[] => {
  const id = 10_000 + n
  const [high, low] = octets(n)
  const placed = { mode: 'host', port_name: 'eth0', owner_datapath_id: n } as const
  return [
    put('datapath', n, {
      ...{ uuid: `dp-${n}`, display_name: '', dpid: dpidOf(n), node_id: null, ipv4_address: null },
      ...{ ipv6_address: null, transport: null, mtu: null, ovsdb: null, enable_ovs_learn_action: true },
    }),
    put('interface', id, interfaceRow({ id, mac: null, addresses: {}, ...placed })),
    ...leased(id, UNDERLAY, macOf('56:54', n), `10.7.${high}.${low}`),
    put('topology_datapath', n, {
      uuid: '',
      topology_id: 1,
      datapath_id: n,
      interface_id: id,
      ip_lease_id: id,
    }),
  ]
}

const underlay = [
  network(UNDERLAY, { mode: 'physical', ipv4_network: '10.7.0.0', ipv4_prefix: 16 }),
  put('topology', 1, { uuid: 'topo-1', mode: 'simple_underlay', transport: 'mac2mac' }),
]

/** Computations of a host that joins, and flows of another one, with so many hosts. */
const joining = async (hosts: number, isPlain: boolean): Promise<{ runs: number; flows: number }> => {
  const all = Array.from({ length: hosts }, (_, index) => index + 1)
  const last = hosts + 1
  const world = new World({ dpids: [...all, last].map(dpidOf) })
  const rowsOf = (n: number, id: number) => [...(isPlain ? hostRows(n) : []), ...guest(n, id)]
  const plug = (n: number) => {
    const [high, low] = octets(n)
    const ports = { 'vnet-vxlan': 100, [`if-${n}`]: 1, ...(isPlain && { eth0: 9 }) }
    for (const [name, port_no] of Object.entries(ports))
      world.give({ kind: 'port', dpid: dpidOf(n), name, port_no })
    world.give({ kind: 'link', dpid: dpidOf(n), up: true, address: `10.1.${high}.${low}` })
  }
  const networks = all.slice(0, hosts / TOGETHER).map((id) => network(id))
  const rows = all.flatMap((n) => rowsOf(n, Math.ceil(n / TOGETHER)))
  world.give({ kind: 'change', operations: [...networks, ...(isPlain ? underlay : []), ...rows] })
  all.forEach(plug)
  await world.settled()
  const before = world.engine.runs
  world.give({ kind: 'change', operations: rowsOf(last, 1) })
  plug(last)
  await world.settled()
  t.strictSame(world.faults, [])
  t.ok(world.tables(dpidOf(last)).flows.size > TOGETHER, 'it has joined')
  return { runs: world.engine.runs - before, flows: world.tables(dpidOf(1)).flows.size }
}

t.test('a host that joins by tunnels costs the same in a site of 100 hosts and of 300', async (t) => {
  t.strictSame(await joining(300, false), await joining(100, false))
})

/** They are all in one physical network, so each is looked at, and none of them gets flows for the others. */
t.test('where all hosts are in one physical network, none has flows for all others', async (t) => {
  const [few, many] = [await joining(100, true), await joining(300, true)]
  t.equal(many.flows, few.flows)
  t.ok((many.runs - few.runs) / 200 < 2, `${few.runs} and ${many.runs}`)
})
