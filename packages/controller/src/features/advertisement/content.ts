/** What routers advertise in a network: follows from rows, and is kept, so that an advertisement costs no look at the network. */
import { type Row, toIpAddress } from '@openvnet/schema'
import { recordQuery, type View, valueQuery } from '../../engine/view.ts'
import { isDomainName } from '../../packet/index.ts'
import { segmentOfDomain } from '../../pipeline/domain.ts'
import { serversOf } from '../dhcp/queries.ts'
import {
  allowedSwitches,
  guestMtu,
  isOutside,
  networksOfSegment,
  simulatedOfNetwork,
} from '../presence/queries.ts'

export interface Advertised {
  /** Id of the network. */
  readonly network: number
  /** Id of the leg that advertises, and its MAC address. */
  readonly leg: number
  readonly mac: string
  /** Whether it leads out of the network: to another one, or to a next hop. */
  readonly leadsOut: boolean
  readonly address_mode: Row<'network'>['ipv6_address_mode']
  /** The subnet of the network. */
  readonly prefix: string
  readonly prefix_length: number
  readonly mtu: number
  /** IPv6 addresses of DNS services in the network. */
  readonly servers: readonly string[]
  /** Domain of the guests; `null` where it is none that can be told. */
  readonly domain: string | null
}

const isIpv6 = (address: string): boolean => toIpAddress(address).family === 6

/** Where routes lead: the network of their legs, 0 without any; to several networks, or to a next hop, this. */
const ELSEWHERE = -1

const placeOf = (routes: readonly Row<'route'>[]): number => {
  const places = new Set(routes.map(({ network_id, via }) => (via === null ? (network_id ?? 0) : ELSEWHERE)))
  const [place = 0] = places
  return places.size > 1 ? ELSEWHERE : place
}

const waysOf = (router: number, view: View): readonly Row<'route'>[] =>
  view
    .list('route.route_link_id', router)
    .filter(({ egress, type, destination }) => egress && type === 'unicast' && isIpv6(destination))

/** Of a router, looked at once for all of its legs. */
const placeOfWays = valueQuery<number>('where IPv6 routes of router lead', (router, view) =>
  placeOf(waysOf(router, view)),
)
const placeOfDefaults = valueQuery<number>('where IPv6 default routes of router lead', (router, view) =>
  placeOf(waysOf(router, view).filter(({ prefix }) => prefix === 0)),
)

/** Whether routes of the routers of the leg in the network lead elsewhere than into it. */
const leadsOut = (leg: number, network: number, view: View, places = placeOfWays): boolean =>
  view
    .list('route.interface_id', leg)
    .filter(({ network_id, ingress }) => network_id === network && ingress)
    .map(({ route_link_id }) => view.query(places, route_link_id))
    .some((place) => place !== 0 && place !== network)

const leadsAnywhere = (leg: number, network: number, view: View): boolean =>
  leadsOut(leg, network, view, placeOfDefaults)

/**
 * The leg that advertises in a network; 0 for none. One with a default route goes first, then one that leads out. Outside of virtual networks there are
 * other routers, whose business it is.
 */
export const advertiserOf = valueQuery<number>('advertising leg', (network, view) => {
  const row = view.get('network', network)
  if (row === undefined || row.ipv6_network === null || isOutside(network, view)) return 0
  const legs = view
    .query(simulatedOfNetwork, network)
    .filter((id) => view.count('mac_lease.interface_id', id) > 0)
  const first = [leadsAnywhere, leadsOut].flatMap((leads) => legs.filter((id) => leads(id, network, view)))
  return [...first, ...legs][0] ?? 0
})

/** The MAC address that a leg has in a network: that of its lease of IPv6 there, or its first. */
const macOf = (leg: number, network: number, view: View): string | undefined => {
  const leases = view.list('ip_lease.interface_id', leg).filter(({ network_id }) => network_id === network)
  const lease = leases.find(({ address }) => isIpv6(address)) ?? leases[0]
  const [first] = view.list('mac_lease.interface_id', leg)
  return view.get('mac_lease', lease?.mac_lease_id ?? null)?.mac_address ?? first?.mac_address
}

const serversIn = (network: number, view: View, dpid: string): readonly string[] =>
  serversOf('dns', network, view, dpid).flatMap(({ id }) =>
    view
      .list('ip_lease.interface_id', id)
      .filter(({ network_id, address }) => network_id === network && isIpv6(address))
      .map(({ address }) => address),
  )

/** @param key id of the network and datapath id, with a blank between */
export const advertisedOn = recordQuery<Advertised, string>('router advertisement', (key, view) => {
  const [id = '', dpid = ''] = key.split(' ')
  const network = view.get('network', Number(id))
  if (network === undefined || network.ipv6_network === null) return null
  const leg = view.query(advertiserOf, network.id)
  const row = view.get('interface', leg)
  const mac = row && macOf(leg, network.id, view)
  if (mac === undefined || allowedSwitches(row!, [dpid], view).length === 0) return null
  return {
    ...{ network: network.id, leg, mac, leadsOut: leadsOut(leg, network.id, view) },
    address_mode: network.ipv6_address_mode,
    prefix: network.ipv6_network,
    prefix_length: network.ipv6_prefix,
    mtu: view.query(guestMtu, network.id),
    servers: serversIn(network.id, view, dpid),
    domain: isDomainName(network.domain_name) ? network.domain_name : null,
  }
})

/** Networks whose advertisements are heard in a domain: who has no address in a segment hears those of all networks there. */
export const networksHeardIn = (domain: number, view: View): readonly number[] => {
  const segment = segmentOfDomain(domain)
  return segment === null ? [domain] : view.query(networksOfSegment, segment)
}

export const advertisedIn = (domain: number, view: View, dpid: string): readonly Advertised[] =>
  networksHeardIn(domain, view).flatMap((network) => view.query(advertisedOn, `${network} ${dpid}`) ?? [])

/** Whether a leg advertises in a domain on a switch: what it says concerns only who hears it. */
export const isAdvertisedIn = (domain: number, view: View, dpid: string): boolean =>
  networksHeardIn(domain, view).some((network) => {
    const leg = view.query(advertiserOf, network)
    const row = leg === 0 ? undefined : view.get('interface', leg)
    return row !== undefined && allowedSwitches(row, [dpid], view).length > 0
  })

/** 16 bits that are nearly always others when what is advertised is another (FNV-1a). No ids: they follow from the order of writes. */
export const digestOf = (all: readonly Advertised[]): number => {
  const told = all.map(({ leg: _leg, network: _network, ...what }) => what)
  let hash = 0x811c9dc5
  for (const octet of Buffer.from(JSON.stringify(told))) hash = Math.imul(hash ^ octet, 0x01000193)
  return ((hash >>> 16) ^ hash) & 0xffff
}
