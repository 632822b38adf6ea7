/**
 * Networks over several switches: what is for a guest elsewhere goes through a tunnel to its switch and to no other, what
 * is for all goes once to each switch that has a guest of the network. The key of the tunnel is the id of the network.
 * What came through a tunnel is for guests of this switch only: nothing goes around.
 */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { output, type Step, setField, setSlice } from '../../pipeline/actions.ts'
import { MULTICAST_BIT, macNumber } from '../../pipeline/addresses.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import {
  interfaceName,
  networkName,
  networksOfInterface,
  switchesOfNetwork,
  switchesReachingNetwork,
  switchOfMacLease,
} from '../presence/queries.ts'
import { overlayTable, tunnelIngressTable } from './tables.ts'
import { remoteOf, type Tunnel, tunnelBetween, tunnelPortsOf } from './tunnels.ts'

/** VXLAN and Geneve have 24 bits for it: of a larger number the rest would be the key of another network. */
const GREATEST_KEY = 0xff_ffff

/** Others leave through the uplink of a bridge, or not at all. */
const isTunnelled = (network: number, view: View): boolean =>
  network <= GREATEST_KEY && view.get('network', network)?.mode === 'virtual'

/** Networks in which an interface is reached through tunnels. */
const tunnelledNetworks = (interfaceId: number, view: View): readonly number[] =>
  view.query(networksOfInterface, interfaceId).filter((network) => isTunnelled(network, view))

/** Switches that get packets of the network from others: those with guests of it, where others can send to it. */
const switchesThatReceive = listQuery<string>('switches that receive from tunnels', (id, view) =>
  isTunnelled(id, view) && view.query(switchesReachingNetwork, id).length > 1
    ? view.query(switchesOfNetwork, id)
    : [],
)

/** Switches that send to others what is for a guest with this MAC lease. */
const switchesThatSend = listQuery<string>('switches that send to MAC lease', (id, view) => {
  const lease = view.get('mac_lease', id)
  const [home] = view.query(switchOfMacLease, id)
  if (lease === undefined || home === undefined) return []
  const networks = tunnelledNetworks(lease.interface_id, view)
  const reaching = new Set(networks.flatMap((network) => view.query(switchesReachingNetwork, network)))
  reaching.delete(home)
  return [...reaching].sort()
})

/** Sends the packet through the tunnels, in a network. */
const through = (
  ways: readonly Tunnel[],
  network: number,
): Step<'tunnel_id' | 'tun_dst' | 'tun_ipv6_dst'>[] => {
  const ends = ways.map((way) => ({ ...remoteOf(way), port_no: way.port_no }))
  const isMixed = new Set(ends.map(({ family }) => family)).size > 1
  return [
    setField('tunnel_id', BigInt(network)),
    ...ends.flatMap(({ family, value, port_no }) => {
      // A tunnel has one destination: that of the other family must not stay from the way before.
      const other = isMixed ? [family === 4 ? setField('tun_ipv6_dst', 0n) : setField('tun_dst', 0)] : []
      return [
        ...other,
        family === 4 ? setField('tun_dst', Number(value)) : setField('tun_ipv6_dst', value),
        output(port_no),
      ]
    }),
  ]
}

const compileIngress = (network: Row<'network'>, view: View, dpid: string): Compiled => ({
  flows: view.query(tunnelPortsOf, dpid).map((in_port) =>
    tunnelIngressTable.flow({
      priority: PRIORITY.ordinary,
      match: { in_port, tunnel_id: BigInt(network.id) },
      steps: [setSlice('domain', network.id), setSlice('from_tunnel', 1)],
      goto: 'destination',
      why: () =>
        `What comes through the tunnels of port ${in_port} with key ${network.id} is in ${network.uuid}.`,
    }),
  ),
})

const compileUnicast = (lease: Row<'mac_lease'>, view: View, dpid: string): Compiled => {
  const [home] = view.query(switchOfMacLease, lease.id)
  const way = home === undefined ? null : tunnelBetween(dpid, home, view)
  if (way === null) return {}
  return {
    flows: tunnelledNetworks(lease.interface_id, view)
      .filter((network) => view.query(switchesReachingNetwork, network).includes(dpid))
      .map((network) =>
        overlayTable.flow({
          priority: PRIORITY.ordinary,
          match: { domain: network, eth_dst: macNumber(lease.mac_address) },
          steps: through([way], network),
          why: () =>
            `${lease.mac_address} in ${networkName(network, view)} is ${interfaceName(lease.interface_id, view)} on ${home}, reached at ${way.remote}.`,
        }),
      ),
  }
}

const compileFlood = (network: Row<'network'>, view: View, dpid: string): Compiled => {
  const ways = view
    .query(switchesOfNetwork, network.id)
    .filter((other) => other !== dpid)
    .flatMap((other) => tunnelBetween(dpid, other, view) ?? [])
  if (ways.length === 0) return {}
  return {
    flows: [
      overlayTable.flow({
        priority: PRIORITY.low,
        match: { domain: network.id, eth_dst: { value: MULTICAST_BIT, mask: MULTICAST_BIT } },
        steps: through(ways, network.id),
        why: () =>
          `Broadcast and multicast in ${network.uuid} go once to each other switch with guests of it: ${ways.map(({ remote }) => remote).join(', ')}.`,
      }),
    ],
  }
}

export const overlayRules = [
  rule({ name: 'tunnel ingress', entity: 'network', on: switchesThatReceive, compile: compileIngress }),
  rule({ name: 'tunnel unicast', entity: 'mac_lease', on: switchesThatSend, compile: compileUnicast }),
  rule({ name: 'tunnel flood', entity: 'network', on: switchesThatReceive, compile: compileFlood }),
]

export const overlayStanding = [
  overlayTable.flow({
    priority: PRIORITY.high,
    match: { from_tunnel: 1 },
    why: 'What came through a tunnel goes into none: the switch that sent it has sent it to all that it is for.',
  }),
]
