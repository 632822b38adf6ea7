/**
 * Layer-2 domains (see `pipeline/domain.ts`) as rows say them: which one a network is in, and the segment of who has only
 * a MAC address there. A segment is one domain with all its networks; a network without segment is one alone.
 */
import type { Row } from '@openvnet/schema'
import { listQuery, type View, valueQuery } from '../../engine/view.ts'
import { domainOfSegment, segmentOfDomain } from '../../pipeline/domain.ts'

/** The domain of a network: its segment, or itself. */
export const domainOfNetwork = valueQuery<number>('domain of network', (id, view) => {
  const segment = view.get('network', id)?.segment_id ?? null
  return segment === null ? id : domainOfSegment(segment)
})

/** The segment of a network, or `null`. */
export const segmentOfNetwork = (network: number, view: View): number | null =>
  segmentOfDomain(view.query(domainOfNetwork, network))

/** Networks in a segment. */
export const networksOfSegment = listQuery<number>('networks of segment', (id, view) =>
  view
    .list('network.segment_id', id)
    .map((network) => network.id)
    .sort((a, b) => a - b),
)

/**
 * Whether frames in a domain may have VLAN tags of guests: some network in it lets them. Outside of virtual networks a tag
 * would be that of another network.
 */
export const carriesTags = valueQuery<boolean>('domain that carries tags', (domain, view) => {
  const segment = segmentOfDomain(domain)
  const networks = segment === null ? [domain] : view.query(networksOfSegment, segment)
  return networks.some((id) => {
    const network = view.get('network', id)
    return network?.vlan_transparent === true && network.mode === 'virtual'
  })
})

/** Mode and VLAN of a domain: those of the segment where a network is in one. `undefined` when it is not there. */
export const domainRow = (domain: number, view: View): Row<'network'> | Row<'segment'> | undefined => {
  const segment = segmentOfDomain(domain)
  return segment === null ? view.get('network', domain) : view.get('segment', segment)
}

/** Whether a domain is not virtual: that of the host, or what is behind its uplink. */
export const isOutsideDomain = (domain: number, view: View): boolean => {
  const mode = domainRow(domain, view)?.mode
  return mode === 'physical' || mode === 'internal'
}

/** Name of a domain for people. */
export const domainName = (domain: number, view: View): string => {
  const segment = segmentOfDomain(domain)
  return domainRow(domain, view)?.uuid ?? (segment === null ? `network ${domain}` : `segment ${segment}`)
}

/** Name of an interface for people. */
export const interfaceName = (id: number, view: View): string =>
  view.get('interface', id)?.uuid ?? `interface ${id}`

/** Name of a network for people. */
export const networkName = (id: number, view: View): string =>
  view.get('network', id)?.uuid ?? `network ${id}`

/** The first segment that an interface is put into by a row that says only that. */
const associatedSegment = (interfaceId: number, view: View): number | null => {
  const segments = view.list('interface_segment.interface_id', interfaceId).map((row) => row.segment_id)
  return segments.length === 0 ? null : Math.min(...segments)
}

const segmentOfInterface = (row: Row<'interface'>, view: View): number | null =>
  row.segment_id ??
  (row.network_id === null ? associatedSegment(row.id, view) : segmentOfNetwork(row.network_id, view))

/**
 * The segment in which a MAC address is without any IP address: what it sends is known by the MAC alone.
 * Frames are untagged, so that can be one only: that of the lease, of its interface, of the network of that, or the
 * first one that the interface is associated with. `null`: it has IP addresses, or is in no segment.
 */
export const freeSegment = (lease: Row<'mac_lease'>, view: View): number | null => {
  if (view.count('ip_lease.mac_lease_id', lease.id) > 0) return null
  const row = view.get('interface', lease.interface_id)
  if (row === undefined || row.mode === 'simulated') return null
  return lease.segment_id ?? segmentOfInterface(row, view)
}

/** The segments in which an interface is by a MAC address alone; the host itself also where nobody said its address. */
export const freeSegmentsOf = (row: Row<'interface'>, view: View): readonly number[] => {
  const leases = view.list('mac_lease.interface_id', row.id)
  if (leases.length > 0) return leases.flatMap((lease) => freeSegment(lease, view) ?? [])
  if (!isHost(row) || view.count('ip_lease.interface_id', row.id) > 0) return []
  const segment = segmentOfInterface(row, view)
  return segment === null ? [] : [segment]
}

/** Whether the interface is the host itself. */
export const isHost = ({ mode }: Row<'interface'>): boolean => mode === 'host' || mode === 'internal'
