/**
 * Random histories: rows of every resource that come, change and go, alone and together as one revision or in a burst,
 * ports and switches too. A part of it makes sense, such as a guest with its leases and its port or a router with its
 * legs: else little would ever be in the tables. The rest is anything at all.
 */
import type { Operation } from '@openvnet/feed'
import { RESOURCE_NAMES, type ResourceName } from '@openvnet/schema'
import { addressOf, CONTENT, GUESTS, LEGS, NETWORKS, ROUTERS, SEGMENTS, uuidOf } from './history_rows.ts'
import type { Random } from './random.ts'
import { type AnyRow, DPIDS, type Event, type Step, type World } from './world.ts'

const TUNNELS = ['vnet-vxlan', 'vnet-geneve']
const PEERS = ['127.0.0.1', '::ffff:10.9.0.1', '10.9.0.2', 'fd00::2']
const OFTEN: readonly ResourceName[] = ['interface', 'mac_lease', 'ip_lease', 'route', 'network']

const set = (resource: ResourceName, id: number, content: object): Operation =>
  ({ resource, id, row: { id, uuid: uuidOf(resource, id), ...content } }) as Operation

const randomRow = (random: Random, resource: ResourceName, id: number): Operation =>
  set(resource, id, CONTENT[resource](random, id))

const idOf = (random: Random, resource: ResourceName): number =>
  OFTEN.includes(resource) ? random.upTo(GUESTS + LEGS) : random.upTo(3)

const anyRow = (random: Random): Operation => {
  const resource = random.pick(random.chance(0.5) ? OFTEN : RESOURCE_NAMES)
  return randomRow(random, resource, idOf(random, resource))
}

const existing = (world: World): { readonly resource: ResourceName; readonly row: AnyRow }[] =>
  [...world.rows].flatMap(([resource, rows]) => [...rows.values()].map((row) => ({ resource, row })))

const deletion = (random: Random, world: World): Operation => {
  const rows = existing(world)
  if (rows.length === 0) return anyRow(random)
  const { resource, row } = random.pick(rows)
  return { resource, id: row.id, row: null } as Operation
}

/** One field of a row is another one. */
const tweak = (random: Random, world: World): Operation => {
  const rows = existing(world)
  if (rows.length === 0) return anyRow(random)
  const { resource, row } = random.pick(rows)
  const other = CONTENT[resource](random, row.id) as Record<string, unknown>
  const fields = Object.keys(other)
  if (fields.length === 0) return anyRow(random)
  const field = random.pick(fields)
  return { resource, id: row.id, row: { ...row, [field]: other[field] } } as Operation
}

const leases = (id: number, network: number): Operation[] => [
  set('mac_lease', id, { interface_id: id, mac_address: `52:54:00:00:00:0${id}` }),
  set('ip_lease', id, {
    network_id: network,
    mac_lease_id: id,
    interface_id: id,
    address: addressOf(network, id),
    enable_routing: false,
  }),
]

const networkRow = (random: Random, id: number): Operation => randomRow(random, 'network', id)

const interfaceRow = (random: Random, id: number, mode: 'vif' | 'simulated', network_id: number): Operation =>
  set('interface', id, {
    ...CONTENT.interface(random, id),
    mode,
    port_name: null,
    owner_datapath_id: null,
    network_id,
  })

/** A guest as the API would store it. */
const guest = (random: Random): Event[] => {
  const [id, network] = [random.upTo(GUESTS), random.upTo(NETWORKS)]
  const operations = [
    networkRow(random, network),
    interfaceRow(random, id, 'vif', network),
    ...leases(id, network),
  ]
  const port: Event = {
    kind: 'port',
    dpid: random.pick(DPIDS),
    name: uuidOf('interface', id),
    port_no: random.upTo(6),
  }
  return random.shuffled<Event>([port, { kind: 'change', operations }])
}

/** A leg of a router with its route. */
const leg = (random: Random): Event[] => {
  const [id, network] = [GUESTS + random.upTo(LEGS), random.upTo(NETWORKS)]
  const route = set('route', id, {
    ...CONTENT.route(random, id),
    interface_id: id,
    network_id: network,
    destination: addressOf(network, 0),
    prefix: 24,
  })
  const operations = [
    randomRow(random, 'route_link', random.upTo(ROUTERS)),
    interfaceRow(random, id, 'simulated', network),
    ...leases(id, network),
    route,
    set('network_service', 4, {
      ...CONTENT.network_service(random, 4),
      mode: random.pick(['dhcp', 'dns']),
      interface_id: id,
    }),
  ]
  return random.chance(0.5)
    ? [{ kind: 'change', operations }]
    : random.shuffled(operations).map((operation) => ({ kind: 'change', operations: [operation] }))
}

/** Two switches that can reach each other. */
const tunnel = (random: Random): Event[] => {
  const name = random.pick(TUNNELS)
  const ends = DPIDS.flatMap((dpid, index): Event[] => {
    const row = { ...CONTENT.datapath(random, index + 1), dpid, ipv4_address: `10.9.0.${index + 1}` }
    return [
      { kind: 'port', dpid, name, port_no: 6 + random.upTo(3) },
      { kind: 'change', operations: [set('datapath', index + 1, row)] },
    ]
  })
  return random.shuffled(ends)
}

/** A bridge with a way out, and the host itself there. */
const uplink = (random: Random): Event[] => {
  const [id, network, datapath] = [random.upTo(GUESTS), random.upTo(NETWORKS), random.upTo(2)]
  const row = {
    ...CONTENT.interface(random, id),
    mode: random.pick(['host', 'patch', 'internal']),
    port_name: 'p1',
    owner_datapath_id: datapath,
    network_id: network,
  }
  const operations = [
    set('network', network, {
      ...CONTENT.network(random, network),
      mode: random.pick(['physical', 'physical', 'internal']),
    }),
    set('datapath', datapath, { ...CONTENT.datapath(random, datapath), dpid: DPIDS[datapath - 1] }),
    set('interface', id, row),
    ...(random.chance(0.5) ? leases(id, network) : []),
  ]
  const port: Event = { kind: 'port', dpid: DPIDS[datapath - 1]!, name: 'p1', port_no: random.upTo(6) }
  return random.shuffled<Event>([port, { kind: 'change', operations }])
}

/** Two guests of a segment on different switches, one with an address in a network of it; often its gateway too. */
const segment = (random: Random): Event[] => {
  const [id, segment_id] = [random.upTo(SEGMENTS), random.upTo(SEGMENTS)]
  const [network, datapath] = [random.upTo(NETWORKS), random.upTo(2)]
  const gateway = {
    ...CONTENT.interface(random, id + 3),
    ...{
      mode: 'promiscuous',
      port_name: 'p2',
      owner_datapath_id: datapath,
      network_id: null,
      segment_id: null,
    },
  }
  const operations = [
    randomRow(random, 'segment', segment_id),
    set('network', network, { ...CONTENT.network(random, network), mode: 'virtual', segment_id }),
    interfaceRow(random, id, 'vif', network),
    ...leases(id, network),
    set('interface', id + 1, {
      ...CONTENT.interface(random, id + 1),
      mode: 'vif',
      port_name: null,
      segment_id,
    }),
    set('mac_lease', id + 1, { ...CONTENT.mac_lease(random, id + 1), interface_id: id + 1, segment_id }),
    { resource: 'ip_lease', id: id + 1, row: null } as Operation,
    ...(random.chance(0.5)
      ? [
          set('datapath', datapath, { ...CONTENT.datapath(random, datapath), dpid: DPIDS[datapath - 1] }),
          set('interface', id + 3, gateway),
          set('interface_segment', segment_id, { interface_id: id + 3, segment_id }),
        ]
      : []),
  ]
  const ports = [uuidOf('interface', id), uuidOf('interface', id + 1), 'p2'].map(
    (name): Event => ({
      kind: 'port',
      dpid: name === 'p2' ? DPIDS[datapath - 1]! : random.pick(DPIDS),
      name,
      port_no: random.upTo(6),
    }),
  )
  return random.shuffled<Event>([...ports, { kind: 'change', operations }])
}

/** Two switches whose hosts are in one physical network, and need no tunnel. */
const neighbours = (random: Random): Event[] => {
  const underlay = NETWORKS
  const mode = { ...CONTENT.network(random, underlay), mode: 'physical', segment_id: null }
  const ends = DPIDS.flatMap((dpid, index): Event[] => {
    const [datapath, id] = [index + 1, GUESTS + LEGS - index]
    const transport = random.pick(['mac2mac', 'mac2mac', null])
    const host = { mode: 'host', port_name: 'p2', owner_datapath_id: datapath, network_id: underlay }
    const operations = [
      set('datapath', datapath, { ...CONTENT.datapath(random, datapath), dpid, transport }),
      set('interface', id, { ...CONTENT.interface(random, id), ...host }),
      ...leases(id, underlay),
    ]
    return [
      { kind: 'port', dpid, name: 'p2', port_no: 6 + random.upTo(3) },
      { kind: 'change', operations },
    ]
  })
  return random.shuffled<Event>([...ends, { kind: 'change', operations: [set('network', underlay, mode)] }])
}

/** A router in a physical network with a guest, where somebody answers who is in no row; and two that share what goes further. */
const learned = (random: Random): Event[] => {
  const [id, network, legId] = [random.upTo(GUESTS), random.upTo(NETWORKS), GUESTS + random.upTo(LEGS)]
  const [dpid, host] = [random.pick(DPIDS), 70 + random.upTo(2)]
  const content = { interface_id: legId, network_id: network, destination: addressOf(network, 0), prefix: 24 }
  const subnet = { ipv4_network: addressOf(network, 0), ipv4_prefix: 24 }
  const operations = [
    set('network', network, {
      ...{ ...CONTENT.network(random, network), ...subnet },
      ...{ mode: 'physical', segment_id: null },
    }),
    randomRow(random, 'route_link', random.upTo(ROUTERS)),
    ...[interfaceRow(random, id, 'vif', network), ...leases(id, network)],
    ...[interfaceRow(random, legId, 'simulated', network), ...leases(legId, network)],
    set('route', legId, { ...CONTENT.route(random, legId), ...content, type: 'unicast', via: null }),
    ...[1, 2].map((each) =>
      set('route', each, {
        ...{ ...CONTENT.route(random, each), ...content, type: 'unicast', egress: true },
        ...{ route_link_id: 1, destination: addressOf(9, 0), via: addressOf(network, 69 + each) },
      }),
    ),
  ]
  const mac_address = random.chance(0.7) ? `02:00:00:00:00:0${random.upTo(2)}` : null
  return random.shuffled<Event>([
    { kind: 'change', operations },
    { kind: 'port', dpid, name: uuidOf('interface', id), port_no: random.upTo(6) },
    { kind: 'neighbour', dpid, network_id: network, address: addressOf(network, host), mac_address },
  ])
}

const port = (random: Random): Event => ({
  kind: 'port',
  dpid: random.pick(DPIDS),
  name: random.pick([
    ...['p1', 'p2', ...TUNNELS],
    ...Array.from({ length: GUESTS }, (_, index) => `if-${index + 1}`),
  ]),
  port_no: random.chance(0.7) ? random.upTo(6) : null,
})

const ifaceId = (random: Random): Event => ({
  kind: 'iface_id',
  dpid: random.pick(DPIDS),
  name: random.pick(['p1', 'p2', 'if-1', 'if-2']),
  iface_id: random.chance(0.7) ? random.pick(['vm', 'vm', 'if-1', 'if-2', 'if-3']) : null,
})

const link = (random: Random): Event => {
  const dpid = random.pick(DPIDS)
  return random.weighted<Event>([
    [4, { kind: 'link', dpid, up: false }],
    [3, { kind: 'link', dpid, up: true }],
    [3, { kind: 'link', dpid, up: true, address: random.pick(PEERS) }],
    [2, { kind: 'link', dpid, up: true, wiped: true }],
    [1, { kind: 'forget', dpid }],
  ])
}

const several = (random: Random, world: World): Operation[] =>
  Array.from({ length: random.upTo(5) }, () => oneRow(random, world))

const oneRow = (random: Random, world: World): Operation =>
  random.weighted([
    [2, anyRow],
    [2, tweak],
    [1, deletion],
  ])(random, world)

/** What happens next: mostly one event. */
export const nextEvents = (random: Random, world: World): readonly Event[] =>
  random.weighted<() => readonly Event[]>([
    [12, () => [{ kind: 'change', operations: [oneRow(random, world)] }]],
    [1, () => [{ kind: 'change', operations: several(random, world) }]],
    [1, () => [{ kind: 'reload', operations: several(random, world) }]],
    [4, () => guest(random)],
    [3, () => leg(random)],
    [1, () => tunnel(random)],
    [1, () => uplink(random)],
    [1, () => neighbours(random)],
    [1, () => learned(random)],
    [2, () => segment(random)],
    [5, () => [port(random)]],
    [2, () => [ifaceId(random)]],
    [1, () => [link(random)]],
  ])()

/** What follows an event: mostly a look at the tables, sometimes the next event in the middle of a pass. */
export const pause = (random: Random): readonly Step[] =>
  random.weighted<readonly Step[]>([
    [8, ['settle']],
    [1, ['tick']],
    [1, []],
  ])
