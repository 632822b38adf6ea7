/**
 * The only list of tables. A packet may only go down this list; the gaps leave room for stages to come.
 * To add a table: a line here, `defineTable` in its feature, and `npm run docs`.
 */
import type { FeatureName } from './features.ts'

interface TableRow {
  readonly name: string
  /** OpenFlow table number, 0..253. */
  readonly id: number
  readonly owner: FeatureName
  readonly purpose: string
}

export const LAYOUT = [
  {
    name: 'classify',
    id: 0,
    owner: 'port',
    purpose: 'Tell by the ingress port which interface and which network a packet comes from.',
  },
  {
    name: 'mac2mac',
    id: 2,
    owner: 'overlay',
    purpose: 'Tell by the destination MAC which packets from the uplink are of virtual networks.',
  },
  {
    name: 'mac2mac_source',
    id: 3,
    owner: 'overlay',
    purpose: 'Let in from the uplink only what guests of the network on other hosts send.',
  },
  {
    name: 'mac2mac_multicast',
    id: 4,
    owner: 'overlay',
    purpose: 'Give multicast packets from the uplink their destination MAC address back.',
  },
  {
    name: 'tunnel_ingress',
    id: 5,
    owner: 'overlay',
    purpose: 'Tell by tunnel port and tunnel key which network a packet from another switch is in.',
  },
  {
    name: 'tunnel_source',
    id: 6,
    owner: 'overlay',
    purpose: 'Let in from tunnels only what hosts send that share a network with this one.',
  },
  {
    name: 'arrival',
    id: 7,
    owner: 'routing',
    purpose: 'Find the router that a packet from outside is sent to, where its leg is on this switch alone.',
  },
  {
    name: 'foreign',
    id: 8,
    owner: 'segment',
    purpose:
      'Drop what comes into a segment from its gateway with the MAC address of somebody in the segment.',
  },
  {
    name: 'port_security',
    id: 10,
    owner: 'port',
    purpose: 'Let through only what is sent with addresses that the interface owns.',
  },
  {
    name: 'link_local',
    id: 11,
    owner: 'nd',
    purpose:
      'Let through what guests send from link-local addresses of theirs, or while they have no address.',
  },
  {
    name: 'nd_security',
    id: 12,
    owner: 'nd',
    purpose: 'Let through neighbour discovery only with the MAC address of its sender, and none of routers.',
  },
  {
    name: 'nd_target',
    id: 13,
    owner: 'nd',
    purpose: 'Let through neighbour advertisements only for addresses that the interface owns.',
  },
  {
    name: 'segment_security',
    id: 15,
    owner: 'segment',
    purpose: 'Keep who has only a MAC address in a segment from using IP addresses of others.',
  },
  { name: 'arp', id: 20, owner: 'arp', purpose: 'Answer ARP requests in the switch.' },
  { name: 'nd', id: 25, owner: 'nd', purpose: 'Find out who has the address that a neighbour is asked for.' },
  {
    name: 'nd_answer',
    id: 27,
    owner: 'nd',
    purpose: 'Make the advertisement that answers a neighbour solicitation.',
  },
  {
    name: 'router_hops',
    id: 36,
    owner: 'routing',
    purpose: 'Take a packet through the next sixteen routers on its path, one after the other.',
  },
  {
    name: 'router_hop',
    id: 38,
    owner: 'routing',
    purpose: 'Take a packet to the next router on its path, if there is one.',
  },
  {
    name: 'router_leg',
    id: 40,
    owner: 'routing',
    purpose: 'Find the router interface that a packet is sent to.',
  },
  {
    name: 'router_ingress',
    id: 42,
    owner: 'routing',
    purpose: 'Choose the router by the leg and the source of the packet.',
  },
  {
    name: 'router_address',
    id: 44,
    owner: 'routing',
    purpose: 'Answer pings to the addresses of the router.',
  },
  {
    name: 'route',
    id: 46,
    owner: 'routing',
    purpose: 'Choose the next hop and its leg by the longest matching prefix.',
  },
  {
    name: 'route_member',
    id: 47,
    owner: 'routing',
    purpose: 'Take the one of several next hops that the hash of the packet has chosen.',
  },
  {
    name: 'router_ttl',
    id: 48,
    owner: 'routing',
    purpose: 'Take one from the TTL of what has a way, and stop what has none left.',
  },
  { name: 'neighbour', id: 50, owner: 'routing', purpose: 'Find the MAC address of the next hop.' },
  {
    name: 'mtu',
    id: 52,
    owner: 'routing',
    purpose: 'Look whether the packet is too large for the network that it goes into.',
  },
  {
    name: 'too_big',
    id: 53,
    owner: 'routing',
    purpose: 'Send on what is not too large, to the next router or into the network.',
  },
  {
    name: 'next_router',
    id: 54,
    owner: 'routing',
    purpose: 'Go on at the next router where that is one of ours.',
  },
  {
    name: 'bridging',
    id: 58,
    owner: 'segment',
    purpose: 'Leave the network for the segment that it is in, which is one layer-2 domain.',
  },
  {
    name: 'learning',
    id: 59,
    owner: 'neighbour',
    purpose: 'Tell a program what neighbours outside of the model say of their addresses.',
  },
  {
    name: 'destination',
    id: 60,
    owner: 'switching',
    purpose: 'Find the egress interface by domain and destination MAC, or flood.',
  },
  {
    name: 'overlay',
    id: 70,
    owner: 'overlay',
    purpose: 'Send the packet to the other switches that have a destination of it.',
  },
  {
    name: 'uplink',
    id: 75,
    owner: 'uplink',
    purpose: 'Send what nobody here has out into the physical network.',
  },
  {
    name: 'output',
    id: 90,
    owner: 'port',
    purpose: 'Send the packet out of the port of its egress interface.',
  },
  {
    name: 'punt',
    id: 100,
    owner: 'punt',
    purpose: 'Send what a program has to answer to the controller, as much of it as the guest may.',
  },
] as const satisfies readonly TableRow[]

export type TableName = (typeof LAYOUT)[number]['name']

type NamesAfter<Rows extends readonly TableRow[], Name extends string> = Rows extends readonly [
  infer Head extends TableRow,
  ...infer Tail extends readonly TableRow[],
]
  ? Head['name'] extends Name
    ? Tail[number]['name']
    : NamesAfter<Tail, Name>
  : never

/** The tables below a table: the only ones that it may go to. */
export type TableAfter<Name extends TableName> = NamesAfter<typeof LAYOUT, Name>

export const tableId = (name: TableName): number => LAYOUT.find((row) => row.name === name)!.id

/** Name of a table number; `undefined` for numbers that are not ours. */
export const tableName = (id: number): TableName | undefined => LAYOUT.find((row) => row.id === id)?.name
