/** The flows that rows mean on one switch, as lines that any network engineer can read. */

import type { Snapshot } from '@openvnet/feed'
import { formatFlow, formatGroup } from '@openvnet/openflow'
import type { Row } from '@openvnet/schema'
import { compileTables } from '../src/compile_tables.ts'
import { LIMITS } from '../src/engine/limits.ts'
import { PlainView } from '../src/engine/plain_view.ts'
import type { View } from '../src/engine/view.ts'
import { Model } from '../src/model/model.ts'
import { Peers } from '../src/model/peers.ts'
import { Ports } from '../src/model/ports.ts'
import { decodeCookie } from '../src/pipeline/cookie.ts'
import type { FeatureName } from '../src/pipeline/features.ts'
import type { Tables } from '../src/pipeline/flow.ts'
import { isRemoteFloodGroup } from '../src/pipeline/group_space.ts'
import { tableName } from '../src/pipeline/layout.ts'
import { DPIDS, emptySnapshot, silent } from './world.ts'

export interface Rows {
  readonly networks?: Record<number, string>
  /** What is different about networks. */
  readonly changes?: Readonly<Record<number, Partial<Row<'network'>>>>
  /** By row id. */
  readonly segments?: Readonly<Record<number, Partial<Row<'segment'>>>>
  /** Interface and segment. */
  readonly associations?: readonly (readonly [interface_id: number, segment_id: number])[]
  readonly interfaces?: readonly Guest[]
  /** VLANs of edges, see `vlan_translation`. */
  readonly vlans?: readonly (Pick<Row<'vlan_translation'>, 'network_id' | 'vlan_id'> &
    Partial<Row<'vlan_translation'>>)[]
  /** The interface of the translation that they are of. */
  readonly edge?: number
  /** Rows of other resources, as they are. */
  readonly also?: Partial<Snapshot['rows']>
  readonly dhcp_options?: readonly (Pick<Row<'dhcp_option'>, 'code' | 'value'> &
    Partial<Row<'dhcp_option'>>)[]
  readonly routes?: readonly (Pick<Row<'route'>, 'interface_id' | 'network_id' | 'destination' | 'prefix'> &
    Partial<Row<'route'>>)[]
  /** What simulated interfaces offer. */
  readonly services?: readonly Pick<Row<'network_service'>, 'interface_id' | 'mode'>[]
  /** Datapath ids, or rows with them, by row id. */
  readonly datapaths?: Record<number, string | (Pick<Row<'datapath'>, 'dpid'> & Partial<Row<'datapath'>>)>
  /** Underlays, with the row ids of the datapaths that are in them. */
  readonly topologies?: readonly (Pick<Row<'topology'>, 'transport'> & {
    readonly datapaths: readonly number[]
  })[]
  readonly datapath_networks?: readonly Pick<
    Row<'datapath_network'>,
    'datapath_id' | 'network_id' | 'mac_address'
  >[]
}

export interface Guest extends Partial<Row<'interface'>> {
  readonly id: number
  /** `null`: it has no MAC lease. */
  readonly mac: string | null
  /** Addresses, one or several, by network id. */
  readonly addresses: Readonly<Record<number, string | readonly string[]>>
}

const network = ([id, ipv4_network]: [string, string]): Row<'network'> => ({
  id: Number(id),
  uuid: `nw-${id}`,
  display_name: '',
  domain_name: '',
  mode: 'virtual',
  ipv4_network,
  ipv4_prefix: 24,
  ipv6_network: null,
  ipv6_prefix: 64,
  ipv6_address_mode: 'slaac',
  dhcp_lease_time: 86_400,
  vlan_id: null,
  mtu: null,
  vlan_transparent: false,
  segment_id: null,
})

const leasesOf = (addresses: Guest['addresses']) =>
  Object.entries(addresses).flatMap(([network_id, some]) =>
    [some].flat().map((address) => ({ network_id: Number(network_id), address })),
  )

export const interfaceRow = ({ mac: _mac, addresses: _addresses, ...row }: Guest): Row<'interface'> => ({
  uuid: `if-${row.id}`,
  display_name: '',
  hostname: null,
  mode: 'vif',
  port_name: null,
  port_number: null,
  iface_id: null,
  trunk_interface_id: null,
  vlan_id: null,
  owner_datapath_id: null,
  network_id: null,
  enable_routing: false,
  enable_route_translation: false,
  enable_filtering: false,
  segment_id: null,
  ...row,
})

/**
 * Ports 1, 2, 3 … of the switch are named if-1, if-2, if-3 …, as far as `ports` goes.
 * @param ifaceIds by port name
 */
export const compile = async (
  rows: Rows,
  ports: number,
  ifaceIds: Readonly<Record<string, string>> = {},
): Promise<Tables> => {
  const names = new Map(Array.from({ length: ports }, (_, index) => [`if-${index + 1}`, index + 1]))
  return (await compileSite(rows, new Map([[DPIDS[0], names]]), {}, ifaceIds)).get(DPIDS[0])!
}

/** All rows, as a replica gets them. */
export const snapshotOf = (rows: Rows): Snapshot => {
  const snapshot = emptySnapshot()
  const interfaces = rows.interfaces ?? []
  return {
    ...snapshot,
    rows: {
      ...snapshot.rows,
      ...rows.also,
      datapath: Object.entries(rows.datapaths ?? {}).map(([id, row]) => ({
        id: Number(id),
        uuid: `dp-${id}`,
        display_name: '',
        node_id: null,
        ipv4_address: null,
        ipv6_address: null,
        transport: null,
        mtu: null,
        ovsdb: null,
        enable_ovs_learn_action: true,
        ...(typeof row === 'string' ? { dpid: row } : row),
      })),
      topology: (rows.topologies ?? []).map(({ transport }, index) => ({
        ...{ id: index + 1, uuid: `topo-${index + 1}`, mode: 'simple_underlay', transport },
      })),
      topology_datapath: (rows.topologies ?? []).flatMap(({ datapaths }, index) =>
        datapaths.map((datapath_id) => ({
          ...{ id: 100 * index + datapath_id, uuid: '', topology_id: index + 1, datapath_id },
          ...{ interface_id: 1, ip_lease_id: 1 },
        })),
      ),
      datapath_network: (rows.datapath_networks ?? []).map((row, index) => ({
        ...{ id: index + 1, uuid: '', interface_id: null, ip_lease_id: null, topology_id: null },
        ...{ topology_layer_id: null, topology_mac_range_group_id: null },
        ...row,
      })),
      network: Object.entries(rows.networks ?? {}).map((entry) => ({
        ...network(entry),
        ...rows.changes?.[Number(entry[0])],
      })),
      segment: Object.entries(rows.segments ?? {}).map(([id, row]) => ({
        ...{ id: Number(id), uuid: `seg-${id}`, mode: 'virtual', vlan_id: null },
        ...row,
      })),
      interface_segment: (rows.associations ?? []).map(([interface_id, segment_id], index) => ({
        ...{ id: index + 1, uuid: '', interface_id, segment_id },
      })),
      interface: interfaces.map(interfaceRow),
      mac_lease: interfaces.flatMap(({ id, mac }) =>
        mac === null
          ? []
          : {
              id,
              uuid: `ml-${id}`,
              interface_id: id,
              mac_address: mac,
              segment_id: null,
            },
      ),
      ip_lease: interfaces.flatMap(({ id, addresses }) =>
        leasesOf(addresses).map(({ network_id, address }, index) => ({
          id: id * 10 + index,
          uuid: `il-${id}${index}`,
          network_id,
          mac_lease_id: id,
          interface_id: id,
          address,
          enable_routing: false,
        })),
      ),
      translation:
        rows.edge === undefined
          ? []
          : [{ id: 1, uuid: 'tr-1', interface_id: rows.edge, mode: 'vnet_edge', passthrough: false }],
      vlan_translation: (rows.vlans ?? []).map((vlan, index) => ({
        ...{ id: index + 1, uuid: `vt-${index + 1}`, translation_id: 1, mac_address: null },
        ...vlan,
      })),
      network_service: (rows.services ?? []).map((service, index) => ({
        ...{ id: index + 1, uuid: `ns-${index + 1}`, display_name: '' },
        ...{ incoming_port: null, outgoing_port: null },
        ...service,
      })),
      dhcp_option: (rows.dhcp_options ?? []).map((option, index) => ({
        ...{ id: index + 1, uuid: `do-${index + 1}`, network_id: null, interface_id: null, family: 4 },
        ...option,
      })),
      route_link: [{ id: 1, uuid: 'rl-1', mac_address: '02:00:00:00:00:01' }],
      route: (rows.routes ?? []).map((route, index) => ({
        id: index + 1,
        uuid: `r-${index + 1}`,
        route_link_id: 1,
        router_id: null,
        type: 'unicast' as const,
        via: null,
        weight: 1,
        ingress: true,
        egress: true,
        ...route,
      })),
    },
  }
}

/**
 * @param switches port numbers by name, by datapath id
 * @param addresses from which they connected, by datapath id
 * @param ifaceIds by port name, of the first switch
 */
export const compileSite = (
  rows: Rows,
  switches: ReadonlyMap<string, ReadonlyMap<string, number>>,
  addresses: Readonly<Record<string, string>> = {},
  ifaceIds: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, Tables>> =>
  compileTables({
    snapshot: snapshotOf(rows),
    switches,
    addresses,
    ifaceIds: Object.entries(ifaceIds).map(([name, iface_id]) => ({ dpid: DPIDS[0], name, iface_id })),
    log: silent,
  })

/** What handlers of packets read. */
export const viewOf = (rows: Rows): View => {
  const model = new Model()
  for (const operation of model.operationsTo(snapshotOf(rows))) model.apply(operation, () => undefined)
  return new PlainView({ model, ports: new Ports(), peers: new Peers(), crowd: LIMITS.crowd })
}

const names = { tableName: (id: number) => tableName(id) }

const ownerOfGroup = (group_id: number): FeatureName =>
  isRemoteFloodGroup(group_id) ? 'overlay' : 'switching'

/** The flows of a feature that belong to rows, ordered by table, priority and text. */
export const linesOf = ({ flows, groups }: Tables, feature: FeatureName): string[] =>
  [...flows.values()]
    .filter((flow) => decodeCookie(flow.cookie)?.feature === feature)
    .sort((a, b) => a.table_id - b.table_id || b.priority - a.priority)
    .map((flow) => formatFlow(flow.content, names))
    .concat(
      [...groups.values()]
        .filter(({ group_id }) => ownerOfGroup(group_id) === feature)
        .map((group) => formatGroup(group)),
    )
