/**
 * Who is in which network, segment and layer-2 domain, as rows say it. Large domains are looked at in parts, so that one
 * more guest concerns a part.
 */
import type { Row } from '@openvnet/schema'
import { listQuery, type View, valueQuery } from '../../engine/view.ts'
import { SHARDS, shardKey } from '../../model/index_key.ts'
import { domainOfSegment, segmentOfDomain } from '../../pipeline/domain.ts'
import {
  domainOfNetwork,
  freeSegment,
  freeSegmentsOf,
  isHost,
  isOutsideDomain,
  networksOfSegment,
  segmentOfNetwork,
} from './segments.ts'

type InterfaceRow = Row<'interface'>

export const sortedSet = <T extends string | number>(items: Iterable<T>): readonly T[] =>
  [...new Set(items)].sort((a, b) => (a < b ? -1 : 1))

/** The interface that owns a lease; none while the address is only reserved. */
export const interfaceOfLease = (lease: Row<'ip_lease'>, view: View): Row<'interface'> | undefined =>
  lease.interface_id === null ? undefined : view.get('interface', lease.interface_id)

/** Networks that an interface is in: those of its leases, or the one it names while it has none. */
export const networksOfInterface = listQuery<number>('networks of interface', (id, view) => {
  const row = view.get('interface', id)
  const leases = view.list('ip_lease.interface_id', id)
  const network = row?.network_id ?? null
  const networks =
    leases.length > 0 ? leases.map(({ network_id }) => network_id) : network === null ? [] : [network]
  const isIn = row !== undefined && isHost(row) ? networks.filter((each) => isOutside(each, view)) : networks
  return sortedSet(isIn)
})

/** An interface in one network is known by its port alone; in several, the address it sends with decides. */
export const onlyNetwork = (interfaceId: number, view: View): number | undefined => {
  const networks = view.query(networksOfInterface, interfaceId)
  return networks.length === 1 ? networks[0] : undefined
}

/** Whether a network is not virtual: that of the host, or what is behind its uplink. */
export const isOutside = (network: number, view: View): boolean =>
  isOutsideDomain(view.query(domainOfNetwork, network), view)

/** Segments in which an interface is by a MAC address alone; a host only in physical ones. */
const freeSegments = (row: Row<'interface'>, view: View): readonly number[] =>
  isHost(row)
    ? freeSegmentsOf(row, view).filter((segment) => isOutsideDomain(domainOfSegment(segment), view))
    : freeSegmentsOf(row, view)

/** Layer-2 domains that an interface is in. */
export const domainsOfInterface = listQuery<number>('domains of interface', (id, view) => {
  const row = view.get('interface', id)
  const networks = view.query(networksOfInterface, id)
  return sortedSet([
    ...networks.map((network) => view.query(domainOfNetwork, network)),
    ...(row === undefined ? [] : freeSegments(row, view).map(domainOfSegment)),
  ])
})

const guestsOfNetwork = (network: number, view: View): number =>
  view.count('ip_lease.network_id', network) + view.count('interface.network_id', network)

const guestsOfSegment = (segment: number, view: View): number =>
  view.query(networksOfSegment, segment).reduce((sum, network) => sum + guestsOfNetwork(network, view), 0) +
  view.count('mac_lease.segment_id', segment) +
  view.count('interface.segment_id', segment) +
  view.count('interface_segment.segment_id', segment)

const isCrowded = valueQuery<boolean>('crowded domain', (domain, view) => {
  const segment = segmentOfDomain(domain)
  const guests = segment === null ? guestsOfNetwork(domain, view) : guestsOfSegment(segment, view)
  return guests > view.crowd
})

/** A part of a domain: all of it, or a shard. */
interface Part {
  readonly domain: number
  /** `null`: all. */
  readonly shard: number | null
}

const partId = (domain: number, shard: number | null): number =>
  domain * (SHARDS + 1) + (shard === null ? 0 : shard + 1)

const partOf = (id: number): Part => {
  const shard = (id % (SHARDS + 1)) - 1
  return { domain: Math.floor(id / (SHARDS + 1)), shard: shard < 0 ? null : shard }
}

/**
 * The parts of a domain, for the queries that take one: a single one, or where there are many guests always the
 * same number of parts, in which an interface has its place by its id.
 */
export const partsOfDomain = listQuery<number>('parts of domain', (domain, view) =>
  view.query(isCrowded, domain)
    ? Array.from({ length: SHARDS }, (_, shard) => partId(domain, shard))
    : [partId(domain, null)],
)

/** Uuids by id. */
type Found = Map<number, string>

const byUuid = (found: Found): number[] =>
  [...found].sort(([, a], [, b]) => (a < b ? -1 : 1)).map(([interfaceId]) => interfaceId)

const leasesOfPart = (network: number, shard: number | null, view: View): readonly Row<'ip_lease'>[] =>
  shard === null
    ? view.list('ip_lease.network_id', network)
    : view.list('ip_lease.shard', shardKey(network, shard))

const namedInPart = (network: number, shard: number | null, view: View): readonly InterfaceRow[] =>
  shard === null
    ? view.list('interface.network_id', network)
    : view.list('interface.shard', shardKey(network, shard))

const membersOfNetwork = (network: number, shard: number | null, view: View): Found => {
  const found: Found = new Map()
  for (const lease of leasesOfPart(network, shard, view)) {
    const row = interfaceOfLease(lease, view)
    if (row !== undefined && (!isHost(row) || isOutside(network, view))) found.set(row.id, row.uuid)
  }
  for (const row of namedInPart(network, shard, view)) {
    if (view.query(networksOfInterface, row.id).includes(network)) found.set(row.id, row.uuid)
  }
  return found
}

/** Interfaces that may be in a segment by a MAC address alone. */
const candidatesOfSegment = (segment: number, shard: number | null, view: View): readonly number[] => {
  const key = shard === null ? segment : shardKey(segment, shard)
  const [leases, interfaces, associations] =
    shard === null
      ? [
          view.list('mac_lease.segment_id', key),
          view.list('interface.segment_id', key),
          view.list('interface_segment.segment_id', key),
        ]
      : [
          view.list('mac_lease.shard', key),
          view.list('interface.segment_shard', key),
          view.list('interface_segment.shard', key),
        ]
  return [
    ...[...leases, ...associations].map((row) => row.interface_id),
    ...[
      ...interfaces,
      ...view.query(networksOfSegment, segment).flatMap((network) => namedInPart(network, shard, view)),
    ].map((row) => row.id),
  ]
}

/** The same, kept: a part asks for all that may be in it. */
const freeSegmentsOfInterface = listQuery<number>('free segments of interface', (id, view) => {
  const row = view.get('interface', id)
  return row === undefined ? [] : freeSegments(row, view)
})

/** Interfaces that are in a part of a segment by a MAC address alone, ordered by uuid. */
export const freeInterfacesOfPart = listQuery<number>('free interfaces of part', (id, view) => {
  const { domain, shard } = partOf(id)
  const segment = segmentOfDomain(domain)
  const found: Found = new Map()
  if (segment === null) return []
  for (const interfaceId of candidatesOfSegment(segment, shard, view)) {
    if (!view.query(freeSegmentsOfInterface, interfaceId).includes(segment)) continue
    const row = view.get('interface', interfaceId)
    if (row !== undefined) found.set(row.id, row.uuid)
  }
  return byUuid(found)
})

const membersOfSegment = (segment: number, { domain, shard }: Part, view: View): Found => {
  const ids = [
    ...view.query(freeInterfacesOfPart, partId(domain, shard)),
    ...view
      .query(networksOfSegment, segment)
      .flatMap((network) => view.query(interfacesOfPart, partId(network, shard))),
  ]
  return new Map(ids.map((id) => [id, view.get('interface', id)?.uuid ?? '']))
}

/** Interfaces in a part of a domain, ordered by uuid. */
export const interfacesOfPart = listQuery<number>('interfaces of part', (id, view) => {
  const part = partOf(id)
  const segment = segmentOfDomain(part.domain)
  return byUuid(
    segment === null
      ? membersOfNetwork(part.domain, part.shard, view)
      : membersOfSegment(segment, part, view),
  )
})

const simulatedInPart = listQuery<number>('simulated interfaces in part', (part, view) =>
  view.query(interfacesOfPart, part).filter((id) => view.get('interface', id)?.mode === 'simulated'),
)

/**
 * Legs and services of a network, by uuid in each part. Whoever asks for them asks here: they are few, and a guest more is a look at its
 * part once, and not for each who asks.
 */
export const simulatedOfNetwork = listQuery<number>('simulated interfaces of network', (network, view) =>
  view.query(partsOfDomain, network).flatMap((part) => view.query(simulatedInPart, part)),
)

/** Layer-2 domains in which the address of a MAC lease is found. */
export const domainsOfMacLease = (lease: Row<'mac_lease'>, view: View): readonly number[] =>
  view.query(domainsOfInterface, lease.interface_id).filter((domain) => {
    const segment = segmentOfDomain(domain)
    return segment === null || isInSegment(lease, segment, view)
  })

/** Of the MAC addresses of an interface only those without IP address are in their own segment; all are in that of its networks. */
const isInSegment = (lease: Row<'mac_lease'>, segment: number, view: View): boolean =>
  freeSegment(lease, view) === segment ||
  view
    .query(networksOfInterface, lease.interface_id)
    .some((network) => segmentOfNetwork(network, view) === segment)
