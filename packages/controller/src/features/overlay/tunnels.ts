/**
 * Tunnels between switches. A switch has one port for each kind of tunnel, which flows tell where to send and with which
 * key (`remote_ip=flow`, `key=flow`); the port is known by its name. Where a switch is reached its datapath row says,
 * or its host interface: the one of mode `host` that names the datapath as its owner; else it is where it connected from.
 */
import { type IpAddress, toIpAddress } from '@openvnet/schema'
import { listQuery, recordQuery, type View } from '../../engine/view.ts'

/** Kinds of tunnels by the names of their ports; of those that two switches have, the first is taken. */
export const TUNNEL_PORTS = ['vnet-vxlan', 'vnet-geneve', 'vnet-gre'] as const

/** The numbers of the ports of a switch that lead into tunnels. */
export const tunnelPortsOf = listQuery<number, string>('tunnel ports of switch', (dpid, view) =>
  TUNNEL_PORTS.flatMap((name) => view.portOf(dpid, name) ?? []),
)

const addressesOfHost = (datapath: number, view: View): string[] =>
  view
    .list('interface.owner_datapath_id', datapath)
    .filter(({ mode }) => mode === 'host')
    .flatMap(({ id }) => view.list('ip_lease.interface_id', id))
    .map(({ address }) => address)

/** Addresses at which other switches reach a switch, as text; the first one of a family counts. */
const endpointsOf = listQuery<string, string>('tunnel endpoints of switch', (dpid, view) => {
  const said = view
    .list('datapath.dpid', dpid)
    .flatMap(({ id, ipv4_address }) => [
      ...(ipv4_address === null ? [] : [ipv4_address]),
      ...addressesOfHost(id, view),
    ])
  const peer = view.peerOf(dpid)
  return said.length > 0 || peer === null ? said : [peer]
})

/** The way from a switch to another. */
export interface Tunnel {
  /** OpenFlow number of the port on the switch that sends. */
  readonly port_no: number
  /** Address of the other switch. */
  readonly remote: string
}

/** @param pair datapath ids of the one that sends and of the other, with a blank between */
const tunnel = recordQuery<Tunnel, string>('tunnel', (pair, view) => {
  const [from, to] = pair.split(' ') as [string, string]
  const name = TUNNEL_PORTS.find((each) => view.portOf(from, each) !== null && view.portOf(to, each) !== null)
  if (name === undefined) return null
  const own = view.query(endpointsOf, from)
  const families = own.map((address) => toIpAddress(address).family)
  const remote = view
    .query(endpointsOf, to)
    .find((address) => families.length === 0 || families.includes(toIpAddress(address).family))
  // Two bridges of one host: a tunnel would end where it begins.
  return remote === undefined || own.includes(remote) ? null : { port_no: view.portOf(from, name)!, remote }
})

/** The way from one switch to another by their datapath ids; `null` while there is none. */
export const tunnelBetween = (from: string, to: string, view: View): Tunnel | null =>
  view.query(tunnel, `${from} ${to}`)

/** The address of a tunnel's end. */
export const remoteOf = ({ remote }: Tunnel): IpAddress => toIpAddress(remote)
