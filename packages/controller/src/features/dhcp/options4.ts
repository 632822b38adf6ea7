/**
 * The options of DHCPv4 that follow from rows (RFC 2132), and those that users give: an option of the interface goes before
 * that of its network, which goes before what follows. What the protocol is made of is in `answer4.ts`.
 */

import { dhcpOption, type Row, toCidr } from '@openvnet/schema'
import type { View } from '../../engine/view.ts'
import {
  buildClasslessRoutes,
  type ClasslessRoute,
  DHCP4_OPTION,
  encodeDhcpValue,
  readU32,
  toIpv4,
  u16s,
  u32s,
} from '../../packet/index.ts'
import { guestMtu } from '../presence/queries.ts'
import { isOfFamily } from './client.ts'
import { type Gateways, gatewaysOfNetwork } from './gateways.ts'
import { serversOf } from './queries.ts'

type Options = Map<number, Uint8Array>
type DhcpOptionRow = Row<'dhcp_option'>

export interface Asking {
  readonly interface: Row<'interface'>
  readonly network: Row<'network'>
  readonly dpid: string
}

/** IPv4 subnet of a network. */
export const subnetOf = ({ ipv4_network, ipv4_prefix }: Row<'network'>) => {
  const prefix = ipv4_prefix ?? 32
  const { address } = toCidr(ipv4_network ?? '0.0.0.0', prefix)
  const mask = prefix === 0 ? 0 : (0xffff_ffff << (32 - prefix)) >>> 0
  return { network: Number(address.value), mask, prefix }
}

const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'utf8'))

/** A network of a class of RFC 791, or a host: all that option 33 can say. */
const classfulPrefix = (destination: number): number => {
  if (destination >>> 31 === 0) return 8
  return destination >>> 30 === 2 ? 16 : 24
}

/** Option 33, for clients that do not know 121. */
const staticRoutes = (routes: readonly ClasslessRoute[]): Uint8Array =>
  u32s(
    ...routes
      .filter(
        ({ destination, prefix }) => prefix === 32 || (prefix > 0 && prefix === classfulPrefix(destination)),
      )
      .flatMap(({ destination, router }) => [destination, router]),
  )

const dnsServers = ({ network, dpid }: Asking, view: View): number[] =>
  serversOf('dns', network.id, view, dpid).flatMap(({ id }) =>
    view
      .list('ip_lease.interface_id', id)
      .filter((lease) => lease.network_id === network.id && isOfFamily(lease, 4))
      .map(({ address }) => toIpv4(address)),
  )

const derived = (asking: Asking, gateways: Gateways | null, view: View): Options => {
  const { network, mask, prefix } = subnetOf(asking.network)
  const servers = dnsServers(asking, view)
  const { hostname } = asking.interface
  const fixed = gateways === null ? new Uint8Array() : staticRoutes(gateways.routes)
  const all: [number, Uint8Array | undefined][] = [
    [DHCP4_OPTION.subnet_mask, u32s(mask)],
    [DHCP4_OPTION.routers, gateways === null ? undefined : u32s(...gateways.routers)],
    [DHCP4_OPTION.dns_servers, servers.length === 0 ? undefined : u32s(...servers)],
    [DHCP4_OPTION.host_name, hostname === null ? undefined : text(hostname)],
    [
      DHCP4_OPTION.domain_name,
      asking.network.domain_name === '' ? undefined : text(asking.network.domain_name),
    ],
    [DHCP4_OPTION.interface_mtu, u16s(view.query(guestMtu, asking.network.id))],
    // The addresses of /31 and /32 are all of hosts (RFC 3021).
    [DHCP4_OPTION.broadcast_address, prefix > 30 ? undefined : u32s((network | ~mask) >>> 0)],
    [DHCP4_OPTION.static_routes, fixed.length === 0 ? undefined : fixed],
    [DHCP4_OPTION.classless_routes, gateways === null ? undefined : buildClasslessRoutes(gateways.routes)],
  ]
  return new Map(all.filter((one): one is [number, Uint8Array] => one[1] !== undefined))
}

/** Values of users by code; one that no option has any more is left out. */
export const optionsOfRows = (rows: readonly DhcpOptionRow[], family: 4 | 6): Options => {
  const found: Options = new Map()
  for (const row of rows) {
    if (row.family !== family) continue
    const option = dhcpOption(family, row.code)
    if (option !== undefined) found.set(option.code, encodeDhcpValue(family, option.form, row.value))
  }
  return found
}

/** A client that understands option 121 ignores option 3, so the default route in it is by the router that users say. */
const throughRouter = (routers: Uint8Array, gateways: Gateways): Uint8Array => {
  const [, ...others] = gateways.routes
  return buildClasslessRoutes([{ destination: 0, prefix: 0, router: readU32(routers, 0) }, ...others])
}

/** By code. */
export const optionsFor = (asking: Asking, view: View): Options => {
  const gateways = view.query(gatewaysOfNetwork, asking.network.id)
  const said = new Map([
    ...optionsOfRows(view.list('dhcp_option.network_id', asking.network.id), 4),
    ...optionsOfRows(view.list('dhcp_option.interface_id', asking.interface.id), 4),
  ])
  const routers = said.get(DHCP4_OPTION.routers)
  if (routers !== undefined && gateways !== null && !said.has(DHCP4_OPTION.classless_routes))
    said.set(DHCP4_OPTION.classless_routes, throughRouter(routers, gateways))
  return new Map([...derived(asking, gateways, view), ...said])
}
