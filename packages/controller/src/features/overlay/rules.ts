/**
 * Networks and segments over several switches: what is for a guest elsewhere goes through a tunnel to its switch and to no
 * other, what is for all goes once to each switch that has a guest of the domain. The key of the tunnel is that of the
 * domain (`pipeline/domain.ts`). What came through a tunnel is for guests of this switch only: nothing goes around.
 * What nobody in a segment is known to have goes to the switch with its gateway, and out there.
 */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { output, type Step, setField, setSlice } from '../../pipeline/actions.ts'
import { MULTICAST_BIT, macNumber } from '../../pipeline/addresses.ts'
import { domainOfSegment, segmentOfDomain, tunnelKey } from '../../pipeline/domain.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import {
  domainName,
  domainRow,
  domainsOfMacLease,
  gatewayOfSegment,
  interfaceName,
  segmentOfNetwork,
  switchesOfDomain,
  switchesReachingDomain,
  switchOfMacLease,
} from '../presence/queries.ts'
import { overlayTable, tunnelIngressTable } from './tables.ts'
import { remoteOf, type Tunnel, tunnelBetween, tunnelPortsOf } from './tunnels.ts'

/** Others leave through the uplink of a bridge, or not at all. */
const isTunnelled = (domain: number, view: View): boolean =>
  tunnelKey(domain) !== null && domainRow(domain, view)?.mode === 'virtual'

/** Domains in which a MAC address is reached through tunnels. */
const tunnelledDomains = (lease: Row<'mac_lease'>, view: View): readonly number[] =>
  domainsOfMacLease(lease, view).filter((domain) => isTunnelled(domain, view))

/** Switches that get packets of the domain from others: those with guests of it, where others can send to it. */
const switchesThatReceive = listQuery<string>('switches that receive from tunnels', (domain, view) =>
  isTunnelled(domain, view) && view.query(switchesReachingDomain, domain).length > 1
    ? view.query(switchesOfDomain, domain)
    : [],
)

/** A network in a segment is received with that. */
const switchesOfNetworkTunnels = listQuery<string>('switches that receive network', (id, view) =>
  segmentOfNetwork(id, view) === null ? view.query(switchesThatReceive, id) : [],
)

const switchesOfSegmentTunnels = listQuery<string>('switches that receive segment', (id, view) =>
  view.query(switchesThatReceive, domainOfSegment(id)),
)

/** Switches that send to others what is for a guest with this MAC lease. */
const switchesThatSend = listQuery<string>('switches that send to MAC lease', (id, view) => {
  const lease = view.get('mac_lease', id)
  const [home] = view.query(switchOfMacLease, id)
  if (lease === undefined || home === undefined) return []
  const domains = tunnelledDomains(lease, view)
  const reaching = new Set(domains.flatMap((domain) => view.query(switchesReachingDomain, domain)))
  reaching.delete(home)
  return [...reaching].sort()
})

/** Of a domain that is tunnelled. */
const keyOf = (domain: number): bigint => BigInt(tunnelKey(domain) ?? 0)

/** Sends the packet through the tunnels, in a domain. */
const through = (
  ways: readonly Tunnel[],
  domain: number,
): Step<'tunnel_id' | 'tun_dst' | 'tun_ipv6_dst'>[] => {
  const ends = ways.map((way) => ({ ...remoteOf(way), port_no: way.port_no }))
  const isMixed = new Set(ends.map(({ family }) => family)).size > 1
  return [
    setField('tunnel_id', keyOf(domain)),
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

const compileIngress = (domain: number, uuid: string, view: View, dpid: string): Compiled => ({
  flows: view.query(tunnelPortsOf, dpid).map((in_port) =>
    tunnelIngressTable.flow({
      priority: PRIORITY.ordinary,
      match: { in_port, tunnel_id: keyOf(domain) },
      steps: [setSlice('domain', domain), setSlice('from_tunnel', 1)],
      goto: 'destination',
      why: () => `What comes through the tunnels of port ${in_port} with key ${keyOf(domain)} is in ${uuid}.`,
    }),
  ),
})

const compileUnicast = (lease: Row<'mac_lease'>, view: View, dpid: string): Compiled => {
  const [home] = view.query(switchOfMacLease, lease.id)
  const way = home === undefined ? null : tunnelBetween(dpid, home, view)
  if (way === null) return {}
  return {
    flows: tunnelledDomains(lease, view)
      .filter((domain) => view.query(switchesReachingDomain, domain).includes(dpid))
      .map((domain) =>
        overlayTable.flow({
          priority: PRIORITY.ordinary,
          match: { domain, eth_dst: macNumber(lease.mac_address) },
          steps: through([way], domain),
          why: () =>
            `${lease.mac_address} in ${domainName(domain, view)} is ${interfaceName(lease.interface_id, view)} on ${home}, reached at ${way.remote}.`,
        }),
      ),
  }
}

/** Whether the segment has its gateway on the switch: others are behind that too. */
const hasGateway = (domain: number, view: View, dpid: string): boolean => {
  const segment = segmentOfDomain(domain)
  return segment !== null && view.query(gatewayOfSegment, segment)?.dpid === dpid
}

const compileFlood = (domain: number, uuid: string, view: View, dpid: string): Compiled => {
  const ways = view
    .query(switchesOfDomain, domain)
    .filter((other) => other !== dpid)
    .flatMap((other) => tunnelBetween(dpid, other, view) ?? [])
  if (ways.length === 0) return {}
  return {
    flows: [
      overlayTable.flow({
        priority: PRIORITY.low,
        match: { domain, eth_dst: { value: MULTICAST_BIT, mask: MULTICAST_BIT } },
        steps: through(ways, domain),
        ...(hasGateway(domain, view, dpid) ? { goto: 'uplink' as const } : {}),
        why: () =>
          `Broadcast and multicast in ${uuid} go once to each other switch with guests of it: ${ways.map(({ remote }) => remote).join(', ')}.`,
      }),
    ],
  }
}

/** Switches on which there may be packets of a segment for somebody behind its gateway. */
const switchesOfUnknown = listQuery<string>('switches that send to gateway', (id, view) =>
  view.query(gatewayOfSegment, id) === null || !isTunnelled(domainOfSegment(id), view)
    ? []
    : view.query(switchesReachingDomain, domainOfSegment(id)),
)

/** Not what is for many: that goes to all switches anyway. */
const ONE = { value: 0, mask: MULTICAST_BIT }

const compileUnknown = ({ id, uuid }: Row<'segment'>, view: View, dpid: string): Compiled => {
  const domain = domainOfSegment(id)
  const gateway = view.query(gatewayOfSegment, id)
  if (gateway === null) return {}
  const out = interfaceName(gateway.interface, view)
  if (gateway.dpid === dpid) {
    const leaving = overlayTable.flow({
      priority: PRIORITY.higher,
      match: { from_tunnel: 1, domain },
      goto: 'uplink',
      why: () => `What came through a tunnel in ${uuid} may be for somebody behind its gateway ${out}.`,
    })
    return { flows: [leaving] }
  }
  const way = tunnelBetween(dpid, gateway.dpid, view)
  if (way === null) return {}
  return {
    flows: [
      overlayTable.flow({
        priority: PRIORITY.low,
        match: { domain, eth_dst: ONE },
        steps: through([way], domain),
        why: () =>
          `What nobody in ${uuid} is known to have may be behind its gateway ${out} on ${gateway.dpid}, reached at ${way.remote}.`,
      }),
    ],
  }
}

const compileReceived = (domain: number, uuid: string, view: View, dpid: string): Compiled => ({
  flows: [compileIngress, compileFlood].flatMap((part) => part(domain, uuid, view, dpid).flows ?? []),
})

export const overlayRules = [
  rule({
    name: 'network through tunnels',
    entity: 'network',
    on: switchesOfNetworkTunnels,
    compile: ({ id, uuid }, view, dpid) => compileReceived(id, uuid, view, dpid),
  }),
  rule({
    name: 'segment through tunnels',
    entity: 'segment',
    on: switchesOfSegmentTunnels,
    compile: ({ id, uuid }, view, dpid) => compileReceived(domainOfSegment(id), uuid, view, dpid),
  }),
  rule({ name: 'tunnel unicast', entity: 'mac_lease', on: switchesThatSend, compile: compileUnicast }),
  rule({ name: 'tunnel to gateway', entity: 'segment', on: switchesOfUnknown, compile: compileUnknown }),
]

export const overlayStanding = [
  overlayTable.flow({
    priority: PRIORITY.high,
    match: { from_tunnel: 1 },
    why: 'What came through a tunnel goes into none: the switch that sent it has sent it to all that it is for.',
  }),
]
