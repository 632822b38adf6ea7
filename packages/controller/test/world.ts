/** Rows and ports for tests: builders with defaults, a random world, and tables as comparable text. */
import type { Operation, Snapshot } from '@openvnet/feed'
import { RESOURCE_NAMES, type ResourceName, type Row } from '@openvnet/schema'
import fc from 'fast-check'
import { pino } from 'pino'
import { Engine } from '../src/engine/engine.ts'
import { FEATURES } from '../src/features/index.ts'
import type { Tables } from '../src/pipeline/flow.ts'

export const DPIDS = ['0x0000000000000001', '0x0000000000000002'] as const
export const silent = pino({ level: 'silent' })

export type Event =
  | { readonly kind: 'row'; readonly operation: Operation }
  | { readonly kind: 'link'; readonly dpid: string; readonly up: boolean }
  | { readonly kind: 'port'; readonly dpid: string; readonly name: string; readonly port_no: number | null }

const id = fc.integer({ min: 1, max: 4 })
const nullable = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 3 })
const macOf = (n: number) => `52:54:00:00:00:0${n}`

/** Random content for each kind of row; references may dangle, as they do between two operations. */
const CONTENT: { readonly [N in ResourceName]: fc.Arbitrary<Omit<Row<N>, 'id' | 'uuid'>> } = {
  datapath: fc.record({
    display_name: fc.constant('dp'),
    dpid: fc.constantFrom(...DPIDS),
    node_id: fc.constant(null),
    ipv4_address: fc.constant(null),
    enable_ovs_learn_action: fc.constant(true),
  }),
  network: fc.record({
    display_name: fc.constant('nw'),
    domain_name: fc.constant('nw'),
    mode: fc.constant('virtual' as const),
    ipv4_network: fc.constant('10.0.0.0'),
    ipv4_prefix: fc.constantFrom(24, 16),
  }),
  interface: fc.record({
    display_name: fc.constant('if'),
    mode: fc.constantFrom('vif' as const, 'vif' as const, 'simulated' as const),
    port_name: nullable(fc.constantFrom('p1', 'p2', 'if-3')),
    owner_datapath_id: nullable(fc.integer({ min: 1, max: 2 })),
    network_id: nullable(id),
    enable_routing: fc.constant(false),
    enable_route_translation: fc.constant(false),
    enable_filtering: fc.constant(false),
  }),
  mac_lease: fc.record({ interface_id: id, mac_address: id.map(macOf) }),
  ip_lease: fc.record({
    network_id: id,
    mac_lease_id: id,
    interface_id: id,
    address: id.map((n) => `10.0.0.${n}`),
    enable_routing: fc.constant(false),
  }),
  network_service: fc.record({
    display_name: fc.constant('ns'),
    mode: fc.constant('router' as const),
    interface_id: nullable(id),
    incoming_port: fc.constant(null),
    outgoing_port: fc.constant(null),
  }),
  route_link: fc.record({ mac_address: id.map(macOf) }),
  route: fc.record({
    interface_id: id,
    network_id: id,
    route_link_id: fc.integer({ min: 1, max: 2 }),
    destination: fc.constantFrom('10.0.0.0', '0.0.0.0'),
    prefix: fc.constantFrom(0, 24),
    ingress: fc.boolean(),
    egress: fc.boolean(),
  }),
  datapath_network: fc.record({
    datapath_id: id,
    network_id: id,
    interface_id: nullable(id),
    mac_address: id.map(macOf),
  }),
  datapath_route_link: fc.record({
    datapath_id: id,
    route_link_id: id,
    interface_id: nullable(id),
    mac_address: id.map(macOf),
  }),
}

const PREFIX: Partial<Record<ResourceName, string>> = {
  interface: 'if',
  network: 'nw',
  route_link: 'rl',
  route: 'r',
}

const rowEvent = (resource: ResourceName): fc.Arbitrary<Event> =>
  fc
    .record({ id, content: CONTENT[resource] as fc.Arbitrary<object>, gone: fc.integer({ min: 0, max: 3 }) })
    .map((drawn) => ({
      kind: 'row',
      operation: {
        resource,
        id: drawn.id,
        row:
          drawn.gone === 0
            ? null
            : { id: drawn.id, uuid: `${PREFIX[resource] ?? resource}-${drawn.id}`, ...drawn.content },
      } as Operation,
    }))

const portEvent: fc.Arbitrary<Event> = fc.record({
  kind: fc.constant('port' as const),
  dpid: fc.constantFrom(...DPIDS),
  name: fc.constantFrom('p1', 'p2', 'if-1', 'if-2', 'if-3', 'if-4'),
  port_no: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null, freq: 4 }),
})

const linkEvent: fc.Arbitrary<Event> = fc.record({
  kind: fc.constant('link' as const),
  dpid: fc.constantFrom(...DPIDS),
  up: fc.boolean(),
})

export const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: portEvent },
  { weight: 1, arbitrary: linkEvent },
  ...RESOURCE_NAMES.map((name) => ({
    weight: ['interface', 'mac_lease', 'ip_lease', 'route'].includes(name) ? 4 : 1,
    arbitrary: rowEvent(name),
  })),
)

/** What an event is about: of two with one subject the later is the last word. */
export const subjectOf = (event: Event): string => {
  switch (event.kind) {
    case 'row':
      return `${event.operation.resource} ${event.operation.id}`
    case 'port':
      return `${event.dpid} ${event.name}`
    case 'link':
      return event.dpid
  }
}

/** The event that takes back what an event brought; `null` when it brought nothing. */
export const opposite = (event: Event): Event | null => {
  switch (event.kind) {
    case 'row':
      return event.operation.row === null
        ? null
        : { kind: 'row', operation: { ...event.operation, row: null } }
    case 'port':
      return event.port_no === null ? null : { ...event, port_no: null }
    case 'link':
      return event.up ? null : { ...event, up: true }
  }
}

/** An engine with two connected switches and the events already given to it. */
export class World {
  readonly engine: Engine
  readonly #ports = new Map(DPIDS.map((dpid) => [dpid as string, new Map<string, number>()]))
  #revision = 0

  constructor() {
    this.engine = new Engine({ features: FEATURES, log: silent, onChange: () => {} })
    this.engine.load(emptySnapshot())
    for (const dpid of DPIDS) this.engine.connected(dpid, new Map())
  }

  give(event: Event): void {
    if (event.kind === 'port') this.#port(event)
    else if (event.kind === 'link') this.#link(event)
    else this.engine.apply({ revision: ++this.#revision, operations: [event.operation] })
  }

  #port({ dpid, name, port_no }: Event & { kind: 'port' }): void {
    if (port_no === null) this.#ports.get(dpid)!.delete(name)
    else this.#ports.get(dpid)!.set(name, port_no)
    this.engine.port(dpid, name, port_no)
  }

  #link({ dpid, up }: Event & { kind: 'link' }): void {
    if (up) this.engine.connected(dpid, new Map(this.#ports.get(dpid)!))
    else this.engine.disconnected(dpid)
  }

  /** The sentences of all flows. */
  async whys(): Promise<string[]> {
    await this.engine.settled()
    return DPIDS.flatMap((dpid) => [...this.engine.tables(dpid).flows.values()].map((flow) => flow.why))
  }

  async tables(): Promise<string> {
    await this.engine.settled()
    return DPIDS.map((dpid) => tablesText(this.engine.tables(dpid))).join('\n====\n')
  }
}

export const emptySnapshot = (): Snapshot => ({
  store: 'test',
  revision: 0,
  rows: Object.fromEntries(RESOURCE_NAMES.map((name) => [name, []])) as unknown as Snapshot['rows'],
})

/** Everything that a switch would see, and why, in one order. */
export const tablesText = ({ flows, groups }: Tables): string =>
  [
    ...[...flows.values()].map((flow) =>
      JSON.stringify([flow.table_id, flow.priority, flow.key, flow.value, flow.why]),
    ),
    ...[...groups.values()].map((group) => JSON.stringify([group.group_id, group.value, group.why])),
  ]
    .sort()
    .join('\n')
