/**
 * What comes from other hosts without encapsulation, by the uplink. A broadcast is known by the address that stands for
 * its network on this host, a unicast by the MAC address of the guest that it is for; both must come from a guest of that
 * network, or a router's leg in it, on a host from which packets come this way. Everything else is of the physical network.
 */
import type { Row } from '@openvnet/schema'
import type { View } from '../../engine/view.ts'
import { BROADCAST_MAC } from '../../packet/index.ts'
import { setField, setSlice } from '../../pipeline/actions.ts'
import { macNumber } from '../../pipeline/addresses.ts'
import { segmentOfDomain } from '../../pipeline/domain.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { domainName, interfaceName, networksOfSegment } from '../presence/queries.ts'
import { floodMac } from './flood_mac.ts'
import { isPlainlyFound, plainUnderlaysOf, plainWay } from './networks.ts'
import { stationOf } from './stations.ts'
import { mac2macSourceTable, mac2macTable } from './tables.ts'

const intoDomain = (domain: number) => [setSlice('domain', domain), setSlice('from_tunnel', 1)] as const

const sender = (domain: number, mac: string, why: () => string): FlowDraft =>
  mac2macSourceTable.flow({
    priority: PRIORITY.ordinary,
    match: { domain, eth_src: macNumber(mac) },
    goto: 'mac2mac_multicast',
    why,
  })

const networksOf = (domain: number, view: View): readonly number[] => {
  const segment = segmentOfDomain(domain)
  return segment === null ? [domain] : view.query(networksOfSegment, segment)
}

/** What is routed on another host has the address of the router's leg, which is the same on all. */
const legs = (domain: number, view: View): FlowDraft[] => {
  const routes = networksOf(domain, view).flatMap((network) => view.list('route.network_id', network))
  return [...new Set(routes.flatMap(({ interface_id }) => interface_id ?? []))]
    .flatMap((id) => view.list('mac_lease.interface_id', id))
    .map(({ interface_id, mac_address }) =>
      sender(
        domain,
        mac_address,
        () =>
          `What was routed into ${domainName(domain, view)} on another host comes from ${interfaceName(interface_id, view)}.`,
      ),
    )
}

/** On a switch that has guests of the domain. */
export const plainDomain = (domain: number, view: View, dpid: string): FlowDraft[] => {
  const underlays = plainUnderlaysOf(domain, dpid, view)
  const { datapath } = stationOf(dpid, view)
  const own = datapath === null ? null : floodMac(datapath, domain, view)
  if (underlays.length === 0 || own === null) return []
  const floods = underlays.map((underlay) =>
    mac2macTable.flow({
      priority: PRIORITY.ordinary,
      match: { domain: underlay, eth_dst: own },
      steps: [setField('eth_dst', BROADCAST_MAC), ...intoDomain(domain)],
      goto: 'mac2mac_source',
      why: () =>
        `What other hosts send to all in ${domainName(domain, view)} comes through ${domainName(underlay, view)} with this address.`,
    }),
  )
  return [...floods, ...legs(domain, view)]
}

/** On the switch of a guest. */
export const plainGuest = (
  lease: Row<'mac_lease'>,
  domain: number,
  dpid: string,
  view: View,
): FlowDraft[] => {
  const underlays = plainUnderlaysOf(domain, dpid, view)
  if (underlays.length === 0 || !isPlainlyFound(lease, dpid, view)) return []
  return underlays.map((underlay) =>
    mac2macTable.flow({
      priority: PRIORITY.ordinary,
      match: { domain: underlay, eth_dst: macNumber(lease.mac_address) },
      steps: intoDomain(domain),
      goto: 'mac2mac_source',
      why: () =>
        `What comes through ${domainName(underlay, view)} for ${interfaceName(lease.interface_id, view)} is in ${domainName(domain, view)}.`,
    }),
  )
}

/** On a switch to which a guest's own sends what comes from it. */
export const plainSender = (
  lease: Row<'mac_lease'>,
  domain: number,
  [home, dpid]: readonly [home: string, dpid: string],
  view: View,
): FlowDraft[] =>
  plainWay(domain, home, dpid, view) === null
    ? []
    : [
        sender(
          domain,
          lease.mac_address,
          () =>
            `${interfaceName(lease.interface_id, view)} in ${domainName(domain, view)} is on ${home}, which sends without encapsulation.`,
        ),
      ]
