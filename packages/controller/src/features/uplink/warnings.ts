/**
 * What a user should know of the uplinks and gateways of a bridge: those that have a port and are not used, because another
 * one carries the same. Found by what the bridge has, not by looking at all of them.
 */
import type { Row } from '@openvnet/schema'
import type { View } from '../../engine/view.ts'
import { domainOfSegment } from '../../pipeline/domain.ts'
import {
  domainName,
  domainOfNetwork,
  gatewayOfSegment,
  interfaceName,
  segmentsOfGateway,
} from '../presence/queries.ts'
import { carriedByOthers, uplinkOf } from './queries.ts'

/** The line that takes an uplink out of a domain; the interface itself goes where that is all that puts it there. */
const wayOut = (row: Row<'interface'>, domain: number, view: View): string => {
  const [lease] = view
    .list('ip_lease.interface_id', row.id)
    .filter(({ network_id }) => view.query(domainOfNetwork, network_id) === domain)
  if (lease !== undefined) return `vnctl ip_leases del ${lease.uuid}`
  const network = view
    .list('interface_network.interface_id', row.id)
    .find(({ network_id }) => view.query(domainOfNetwork, network_id) === domain)
  if (network !== undefined)
    return `vnctl interfaces networks modify ${row.uuid} ${view.get('network', network.network_id)?.uuid} --static false`
  const segment = view
    .list('interface_segment.interface_id', row.id)
    .find(({ segment_id }) => domainOfSegment(segment_id) === domain)
  return segment === undefined
    ? `vnctl interfaces del ${row.uuid}`
    : `vnctl interfaces segments modify ${row.uuid} ${view.get('segment', segment.segment_id)?.uuid} --static false`
}

/** Which of two should rather go: by one of mode host the host itself is in the network. */
const spare = (row: Row<'interface'>, carrier: number, view: View): Row<'interface'> => {
  const other = view.get('interface', carrier)
  return row.mode === 'host' && other?.mode === 'patch' ? other : row
}

const ofUplink = (row: Row<'interface'>, view: View): string[] =>
  carriedByOthers(row.id, view).map(
    ({ domain, carrier }) =>
      `${row.uuid} is not used as an uplink of ${domainName(domain, view)}: ${interfaceName(carrier, view)} carries it, and by two of them frames would go round; ${wayOut(spare(row, carrier, view), domain, view)}`,
  )

const ofGateway = (row: Row<'interface'>, view: View): string[] =>
  view.query(segmentsOfGateway, row.id).flatMap((segment) => {
    const gateway = view.query(gatewayOfSegment, segment)
    if (gateway?.interface === row.id) return []
    const domain = domainOfSegment(segment)
    const name = domainName(domain, view)
    return gateway === null
      ? [
          `${row.uuid} is not the gateway of ${name} yet: one before it may still be, on a bridge that has not come since vnetd started; delete that interface if its host is gone for good`,
        ]
      : [
          `${row.uuid} is not the gateway of ${name}: ${interfaceName(gateway.interface, view)} on ${gateway.dpid} is, and by two of them frames would go round; ${wayOut(row, domain, view)}`,
        ]
  })

export const uplinkWarnings = (dpid: string, view: View): readonly string[] => {
  const [datapath] = view.list('datapath.dpid', dpid)
  if (datapath === undefined) return []
  return view
    .list('interface.owner_datapath_id', datapath.id)
    .filter(({ id }) => view.query(uplinkOf, id) !== null)
    .toSorted((a, b) => a.id - b.id)
    .flatMap((row) => (row.mode === 'promiscuous' ? ofGateway(row, view) : ofUplink(row, view)))
}
