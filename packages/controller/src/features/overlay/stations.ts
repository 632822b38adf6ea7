/**
 * What a switch is as the end of a way between switches: its ports for tunnels, where it is reached, the uplinks by which
 * it is in physical networks, and what its rows say of transports. Read once for each switch: a pair of switches is
 * looked at by reading both, so that nothing is kept for each pair.
 */
import { type Row, toIpAddress } from '@openvnet/schema'
import { listQuery, recordQuery, type View } from '../../engine/view.ts'
import { domainOfNetwork } from '../presence/queries.ts'
import { type CarriedDomain, domainsOfUplink, uplinkOf } from '../uplink/queries.ts'

/** Kinds of tunnels, the first of those that two switches can use before the others. */
export const TUNNEL_TYPES = ['vxlan', 'geneve', 'gre'] as const
export type TunnelType = (typeof TUNNEL_TYPES)[number]
export type Transport = TunnelType | 'mac2mac'

/** Name of the port of a switch for all tunnels of a kind. */
export const tunnelPortName = (type: TunnelType): string => `vnet-${type}`

/** A physical network, or the segment of one, in which the host is, and the uplink that leads there. */
export interface Link extends CarriedDomain {
  readonly port_no: number
}

export interface Station {
  /** Row id of its datapath; `null`: it has no row. */
  readonly datapath: number | null
  /** Numbers of its ports for tunnels. */
  readonly ports: { readonly [T in TunnelType]?: number }
  /** Where it is reached, as text, by family. */
  readonly ends: { readonly 4?: string; readonly 6?: string }
  /** All addresses that are known of it: from these it may send. */
  readonly sources: readonly string[]
  /** What its row says. */
  readonly transport: Transport | null
  /** What underlays say that it is in, by row id of the topology. */
  readonly underlays: Readonly<Record<number, Transport>>
  /** Ordered by domain. */
  readonly links: readonly Link[]
}

const tunnelPorts = (dpid: string, view: View): Station['ports'] =>
  Object.fromEntries(
    TUNNEL_TYPES.flatMap((type) => {
      const port_no = view.portOf(dpid, tunnelPortName(type))
      return port_no === null ? [] : [[type, port_no]]
    }),
  )

/** The numbers of the ports of a switch that lead into tunnels. */
export const tunnelPortsOf = listQuery<number, string>('tunnel ports of switch', (dpid, view) =>
  Object.values(tunnelPorts(dpid, view)),
)

const hostInterfaces = (datapath: number, view: View): readonly Row<'interface'>[] =>
  view.list('interface.owner_datapath_id', datapath).filter(({ mode }) => mode === 'host')

/** Those of the row before those of its host interfaces. */
export const saidAddresses = (row: Row<'datapath'>, view: View): string[] => [
  ...(row.ipv4_address === null ? [] : [row.ipv4_address]),
  ...(row.ipv6_address === null ? [] : [row.ipv6_address]),
  ...hostInterfaces(row.id, view)
    .flatMap(({ id }) => view.list('ip_lease.interface_id', id))
    .map(({ address }) => address),
]

const firstOf = (family: 4 | 6, addresses: readonly string[]): string | undefined =>
  addresses.find((address) => toIpAddress(address).family === family)

const endsAt = (addresses: readonly string[]): Station['ends'] => {
  const [ipv4, ipv6] = [firstOf(4, addresses), firstOf(6, addresses)]
  return { ...(ipv4 !== undefined && { 4: ipv4 }), ...(ipv6 !== undefined && { 6: ipv6 }) }
}

/** The uplinks by which the host itself is in a network: those of interfaces with a lease there. */
const linksOf = (datapath: number, view: View): Link[] =>
  hostInterfaces(datapath, view)
    .flatMap(({ id }) => {
      const uplink = view.query(uplinkOf, id)
      if (uplink === null) return []
      const leases = view.list('ip_lease.interface_id', id)
      const leased = new Set(leases.map(({ network_id }) => view.query(domainOfNetwork, network_id)))
      return (view.query(domainsOfUplink, id) ?? [])
        .filter(({ domain }) => leased.has(domain))
        .map((carried) => ({ ...carried, port_no: uplink.port_no }))
    })
    .sort((a, b) => a.domain - b.domain)

const underlaysOf = (datapath: number, view: View): Station['underlays'] =>
  Object.fromEntries(
    view.list('topology_datapath.datapath_id', datapath).flatMap(({ topology_id }) => {
      const topology = view.get('topology', topology_id)
      return topology?.mode !== 'simple_underlay' || topology.transport === null
        ? []
        : [[topology_id, topology.transport]]
    }),
  )

/** @param dpid datapath id of the switch */
const station = recordQuery<Station, string>('station', (dpid, view) => {
  const [row] = view.list('datapath.dpid', dpid)
  const said = row === undefined ? [] : saidAddresses(row, view)
  const peer = view.peerOf(dpid)
  const known = peer === null ? said : [...said, peer]
  return {
    datapath: row?.id ?? null,
    ports: tunnelPorts(dpid, view),
    ends: endsAt(said.length > 0 ? said : known),
    sources: [...new Set(known)],
    transport: row?.transport ?? null,
    underlays: row === undefined ? {} : underlaysOf(row.id, view),
    links: row === undefined ? [] : linksOf(row.id, view),
  }
})

export const stationOf = (dpid: string, view: View): Station => view.query(station, dpid)!
