/**
 * Uplinks: the ports of bridges that lead outside, and which domains they carry: those of mode host and patch physical
 * networks and segments, those of mode promiscuous the segments whose gateway they are.
 */
import type { Row } from '@openvnet/schema'
import { listQuery, recordQuery, type View } from '../../engine/view.ts'
import type { SwitchPort } from '../../model/ports.ts'
import { domainOfSegment } from '../../pipeline/domain.ts'
import {
  domainOfNetwork,
  domainRow,
  gatewayOfSegment,
  portOnOwnBridge,
  segmentsOfGateway,
} from '../presence/queries.ts'

const isGateway = ({ mode }: Row<'interface'>): boolean => mode === 'promiscuous'

/** Interfaces that have a port which leads outside. */
const isUplink = (row: Row<'interface'>): boolean =>
  row.mode === 'host' || row.mode === 'patch' || isGateway(row)

/** The port of an uplink on the bridge that owns it; `null` while there is none. */
export const uplinkOf = recordQuery<SwitchPort>('port of uplink', (id, view) => {
  const row = view.get('interface', id)
  return row === undefined || !isUplink(row) ? null : portOnOwnBridge(row, view)
})

/** The switch of an uplink: none or one datapath id. */
export const switchOfUplink = listQuery<string>('switch of uplink', (id, view) => {
  const row = view.get('interface', id)
  // Nearly all are guests: they need no result of their own.
  if (row === undefined || !isUplink(row)) return []
  const port = view.query(uplinkOf, id)
  return port === null ? [] : [port.dpid]
})

/** A domain that an uplink leads into. */
export interface CarriedDomain {
  readonly domain: number
  /** 1 to 4094; `null`: untagged. */
  readonly vlan_id: number | null
}

/** Domains that rows put the uplink into, in ascending order. */
const candidates = (id: number, view: View): readonly number[] => {
  const row = view.get('interface', id)
  const networks = [
    ...view.list('ip_lease.interface_id', id).map(({ network_id }) => network_id),
    ...view.list('interface_network.interface_id', id).map(({ network_id }) => network_id),
    ...(row?.network_id ? [row.network_id] : []),
  ]
  const segments = [
    ...view.list('interface_segment.interface_id', id).map(({ segment_id }) => segment_id),
    ...(row?.segment_id ? [row.segment_id] : []),
  ]
  const domains = [
    ...networks.map((network) => view.query(domainOfNetwork, network)),
    ...segments.map(domainOfSegment),
  ]
  return [...new Set(domains)].sort((a, b) => a - b)
}

/** The physical domains that an uplink is for: one for each tag, and one without; the lowest where two have the same. */
const domainsFor = recordQuery<readonly CarriedDomain[]>('domains that uplink is for', (id, view) => {
  const byTag = new Map<number | null, CarriedDomain>()
  for (const domain of candidates(id, view)) {
    const row = domainRow(domain, view)
    if (row?.mode !== 'physical' || byTag.has(row.vlan_id)) continue
    byTag.set(row.vlan_id, { domain, vlan_id: row.vlan_id })
  }
  return [...byTag.values()]
})

/** Uplinks of the same bridge with a lower id and a port. */
const uplinksBefore = (id: number, view: View): readonly number[] =>
  view
    .list('interface.owner_datapath_id', view.get('interface', id)?.owner_datapath_id ?? 0)
    .filter((row) => row.id < id && isUplink(row) && !isGateway(row) && view.query(uplinkOf, row.id) !== null)
    .map((row) => row.id)

/** Domains that it is for, and the uplink of the same bridge that carries each instead. */
export const carriedByOthers = (
  id: number,
  view: View,
): readonly { readonly domain: number; readonly carrier: number }[] => {
  const before = uplinksBefore(id, view).toSorted((a, b) => a - b)
  return (view.query(domainsFor, id) ?? []).flatMap(({ domain }) => {
    const carrier = before.find((other) =>
      (view.query(domainsFor, other) ?? []).some((carried) => carried.domain === domain),
    )
    return carrier === undefined ? [] : [{ domain, carrier }]
  })
}

/** The segments whose way out it is. */
const segmentsThrough = (id: number, view: View): readonly CarriedDomain[] =>
  view
    .query(segmentsOfGateway, id)
    .filter((segment) => view.query(gatewayOfSegment, segment)?.interface === id)
    .map((segment) => ({
      domain: domainOfSegment(segment),
      vlan_id: view.get('segment', segment)?.vlan_id ?? null,
    }))

/**
 * The domains that an uplink leads into. Of several of one bridge the first that is there carries a domain,
 * both ways: else what comes in by one would leave by the other, and go round outside for ever.
 */
export const domainsOfUplink = recordQuery<readonly CarriedDomain[]>('domains of uplink', (id, view) => {
  const row = view.get('interface', id)
  if (row !== undefined && isGateway(row)) return segmentsThrough(id, view)
  const carried = uplinksBefore(id, view).flatMap((other) => view.query(domainsFor, other) ?? [])
  const taken = new Set(carried.map(({ domain }) => domain))
  return (view.query(domainsFor, id) ?? []).filter(({ domain }) => !taken.has(domain))
})

/** The uplink of a bridge that leads into a domain: its port there, and the tag of the domain. @param datapath row id */
export const uplinkInto = (
  domain: number,
  datapath: number,
  view: View,
): { readonly port_no: number; readonly vlan_id: number | null } | null => {
  for (const { id } of view.list('interface.owner_datapath_id', datapath).filter(isUplink)) {
    const port = view.query(uplinkOf, id)
    const carried = (view.query(domainsOfUplink, id) ?? []).find((one) => one.domain === domain)
    if (port !== null && carried !== undefined) return { port_no: port.port_no, vlan_id: carried.vlan_id }
  }
  return null
}
