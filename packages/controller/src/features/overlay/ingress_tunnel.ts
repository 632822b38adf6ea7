/**
 * What comes out of tunnels: port and key tell the domain, and the sender must be a host that can reach a domain of this
 * one. The hosts are in a table of their own, so that they cost a flow each and not one for each domain.
 */
import { toIpAddress } from '@openvnet/schema'
import type { View } from '../../engine/view.ts'
import { setSlice } from '../../pipeline/actions.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { domainName, switchesReachingDomain } from '../presence/queries.ts'
import { keyOf } from './networks.ts'
import { stationOf, tunnelPortsOf } from './stations.ts'
import { tunnelIngressTable, tunnelSourceTable } from './tables.ts'
import { tunnelBetween } from './ways.ts'

const ingress = (domain: number, in_port: number, view: View): FlowDraft =>
  tunnelIngressTable.flow({
    priority: PRIORITY.ordinary,
    match: { in_port, tunnel_id: keyOf(domain) },
    steps: [setSlice('domain', domain), setSlice('from_tunnel', 1)],
    goto: 'tunnel_source',
    why: () =>
      `What comes through the tunnels of port ${in_port} with key ${keyOf(domain)} is in ${domainName(domain, view)}.`,
  })

const source = (address: string, dpid: string): FlowDraft => {
  const { family, value } = toIpAddress(address)
  return tunnelSourceTable.flow({
    priority: PRIORITY.ordinary,
    match: family === 4 ? { tun_src: Number(value) } : { tun_ipv6_src: value },
    goto: 'destination',
    why: () => `${dpid} sends from ${address}.`,
  })
}

/** On a switch that has guests of the domain. */
export const tunnelDomain = (domain: number, view: View, dpid: string): FlowDraft[] => {
  const ports = view.query(tunnelPortsOf, dpid)
  if (ports.length === 0) return []
  const senders = switchesReachingDomain(domain, view).filter(
    (other) => other !== dpid && tunnelBetween(other, dpid, view) !== null,
  )
  return [
    ...ports.map((in_port) => ingress(domain, in_port, view)),
    ...senders.flatMap((other) => stationOf(other, view).sources.map((address) => source(address, other))),
  ]
}
