/** Which networks and segments go from switch to switch, between which switches, and by which way. */
import type { Row } from '@openvnet/schema'
import { listQuery, type View } from '../../engine/view.ts'
import { domainOfSegment, segmentOfDomain, tunnelKey } from '../../pipeline/domain.ts'
import {
  carriesTags,
  domainRow,
  domainsOfMacLease,
  gatewayOfSegment,
  homeOf,
  segmentOfNetwork,
  switchesOfDomain,
  switchesReachingDomain,
} from '../presence/queries.ts'
import { floodMac } from './flood_mac.ts'
import { stationOf } from './stations.ts'
import { type PlainWay, plainBetween } from './ways.ts'

/** Others leave through the uplink of a bridge, or not at all. */
export const isTunnelled = (domain: number, view: View): boolean =>
  tunnelKey(domain) !== null && domainRow(domain, view)?.mode === 'virtual'

/** Of a domain that is tunnelled. */
export const keyOf = (domain: number): bigint => BigInt(tunnelKey(domain) ?? 0)

/** Domains in which a MAC address is reached from other switches. */
export const tunnelledDomains = (lease: Row<'mac_lease'>, view: View): readonly number[] =>
  domainsOfMacLease(lease, view).filter((domain) => isTunnelled(domain, view))

/** Switches that get packets of the domain from others: those with guests of it, where others can send to it. */
const switchesThatReceive = (domain: number, view: View): readonly string[] =>
  isTunnelled(domain, view) && switchesReachingDomain(domain, view).length > 1
    ? switchesOfDomain(domain, view)
    : []

/** A network in a segment is received with that. */
export const switchesThatReceiveNetwork = listQuery<string>('switches that receive network', (id, view) =>
  segmentOfNetwork(id, view) === null ? switchesThatReceive(id, view) : [],
)

export const switchesThatReceiveSegment = listQuery<string>('switches that receive segment', (id, view) =>
  switchesThatReceive(domainOfSegment(id), view),
)

/** Switches between which packets for a guest with this MAC lease travel: its own, and all that can send to it. */
export const switchesAround = listQuery<string>('switches around MAC lease', (id, view) => {
  const lease = view.get('mac_lease', id)
  const [home] = lease === undefined ? [] : homeOf(lease.interface_id, view)
  if (lease === undefined || home === undefined) return []
  const domains = tunnelledDomains(lease, view)
  const reaching = new Set(domains.flatMap((domain) => switchesReachingDomain(domain, view)))
  // Where nothing comes by a plain way, nothing has to be known of a guest on its own switch.
  if (stationOf(home, view).links.length === 0) reaching.delete(home)
  return [...reaching].sort()
})

/** The address that stands for all in the domain on the host; `null`: what goes there needs a tunnel. */
const plainMac = (domain: number, datapath: number, view: View): number | null => {
  const segment = segmentOfDomain(domain)
  // Who is behind a gateway has a MAC address that nobody knows, as sender and as receiver.
  if (segment !== null && view.query(gatewayOfSegment, segment) !== null) return null
  // A guest's own tag would be taken for that of the network between the hosts.
  return view.query(carriesTags, domain) ? null : floodMac(datapath, domain, view)
}

export interface Plain {
  readonly plain: PlainWay
  /** 48 bits: what stands for all at the other end. */
  readonly floodMac: number
}

/** The plain way of a domain from a switch to another; `null`: it goes through a tunnel, if at all. */
export const plainWay = (domain: number, from: string, to: string, view: View): Plain | null => {
  const plain = plainBetween(from, to, view)
  const mac = plain === null ? null : plainMac(domain, plain.datapath, view)
  return plain === null || mac === null ? null : { plain, floodMac: mac }
}

/**
 * Whether the MAC address alone tells which guest of its switch is meant, and in which domain: nothing else does where
 * there is no key.
 */
export const isPlainlyFound = (lease: Row<'mac_lease'>, home: string, view: View): boolean =>
  domainsOfMacLease(lease, view).length === 1 &&
  view
    .list('mac_lease.mac_address', lease.mac_address)
    .every(({ id, interface_id }) => id === lease.id || homeOf(interface_id, view)[0] !== home)

/** The physical domains in which a switch gets packets of a domain without encapsulation, in ascending order. */
const plainUnderlays = listQuery<number, string>('underlays of domain on switch', (key, view) => {
  const [domain, dpid] = [Number(key.slice(0, key.indexOf(' '))), key.slice(key.indexOf(' ') + 1)]
  if (stationOf(dpid, view).links.length === 0) return []
  const others = switchesReachingDomain(domain, view).filter((other) => other !== dpid)
  const underlays = others.flatMap((other) => plainWay(domain, other, dpid, view)?.plain.domain ?? [])
  return [...new Set(underlays)].sort((a, b) => a - b)
})

export const plainUnderlaysOf = (domain: number, dpid: string, view: View): readonly number[] =>
  view.query(plainUnderlays, `${domain} ${dpid}`)
