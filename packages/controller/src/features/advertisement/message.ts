/** Router advertisements as packets: RFC 4861 §4.2, with DNS of RFC 8106. */
import { toIpAddress } from '@openvnet/schema'
import type { View } from '../../engine/view.ts'
import {
  buildEthernet,
  buildNd,
  ETH_TYPE,
  eui64Address,
  INFINITE_LIFETIME,
  linkLocalAddress,
  type NdOption,
  type RouterAdvertisement,
} from '../../packet/index.ts'
import { macNumber } from '../../pipeline/addresses.ts'
import type { Advertised } from './content.ts'

const HOP_LIMIT = 64
/** Octets that IPv6 needs at least: RFC 8200 §5. */
const LEAST_MTU = 1280
/** Interface identifiers that guests make are 64 bits long: RFC 4862 §5.5.3. */
const AUTONOMOUS_LENGTH = 64

/**
 * Seconds. A router leads out, servers answer and a prefix holds as long as rows say so: guests keep all that over any outage
 * of the controller (RFC 8319 §4 for routers).
 */
const LIFETIME = { router: 65_535, dns: INFINITE_LIFETIME, prefix: INFINITE_LIFETIME } as const

const value = (address: string): bigint => toIpAddress(address).value

const maskedPrefix = (prefix: string, length: number): bigint => {
  const rest = BigInt(128 - length)
  return (value(prefix) >> rest) << rest
}

/**
 * Whether a guest may make its address of the prefix and its MAC address: that must be one that it leases, as port security
 * lets no other through.
 */
export const mayMakeAddress = (guest: number, network: number, what: Advertised, view: View): boolean =>
  ['slaac', 'dhcpv6_stateless'].includes(what.address_mode) &&
  what.prefix_length === AUTONOMOUS_LENGTH &&
  view.list('ip_lease.interface_id', guest).some((lease) => {
    const mac = view.get('mac_lease', lease.mac_lease_id)?.mac_address
    return (
      mac !== undefined &&
      lease.network_id === network &&
      value(lease.address) === eui64Address(value(what.prefix), macNumber(mac))
    )
  })

const prefixOf = (what: Advertised, autonomous: boolean, lifetime: number): NdOption => ({
  kind: 'prefix',
  prefix: maskedPrefix(what.prefix, what.prefix_length),
  prefix_length: what.prefix_length,
  ...{ on_link: true, autonomous, valid_lifetime: lifetime, preferred_lifetime: lifetime },
})

const optionsOf = (what: Advertised, autonomous: boolean): NdOption[] => [
  { kind: 'source_link_layer', mac: macNumber(what.mac) },
  ...(what.mtu < LEAST_MTU ? [] : [{ kind: 'mtu', mtu: what.mtu } as const]),
  prefixOf(what, autonomous, LIFETIME.prefix),
  ...(what.servers.length === 0
    ? []
    : [{ kind: 'rdnss', lifetime: LIFETIME.dns, servers: what.servers.map(value) } as const]),
  ...(what.servers.length === 0 || what.domain === null
    ? []
    : [{ kind: 'dnssl', lifetime: LIFETIME.dns, domains: [what.domain] } as const]),
]

/** @param autonomous see `mayMakeAddress` */
export const messageOf = (what: Advertised, autonomous: boolean): RouterAdvertisement => ({
  kind: 'router_advertisement',
  hop_limit: HOP_LIMIT,
  managed: what.address_mode === 'dhcpv6_stateful',
  other: what.address_mode === 'dhcpv6_stateful' || what.address_mode === 'dhcpv6_stateless',
  preference: 'medium',
  lifetime: what.leadsOut ? LIFETIME.router : 0,
  ...{ reachable_time: 0, retransmit_timer: 0 },
  options: optionsOf(what, autonomous),
})

const AUTONOMOUS_MODES = ['slaac', 'dhcpv6_stateless']

/**
 * Takes back what was advertised and is no more; `null` when nothing is to be taken back.
 * @param now what is advertised instead; `null`: nothing
 */
export const withdrawal = (before: Advertised, now: Advertised | null): RouterAdvertisement | null => {
  const isSame = before.mac === now?.mac
  const servers = before.servers.filter((server) => now?.servers.includes(server) !== true)
  const hasPrefix = before.prefix === now?.prefix && before.prefix_length === now.prefix_length
  if (isSame && hasPrefix && servers.length === 0) return null
  const autonomous = AUTONOMOUS_MODES.includes(before.address_mode)
  return {
    ...messageOf(isSame ? now : { ...before, leadsOut: false }, autonomous),
    options: [
      { kind: 'source_link_layer', mac: macNumber(before.mac) },
      ...(hasPrefix ? [] : [prefixOf(before, autonomous, 0)]),
      ...(servers.length === 0 ? [] : [{ kind: 'rdnss', lifetime: 0, servers: servers.map(value) } as const]),
    ],
  }
}

/** @param to MAC and IPv6 address */
export const frameOf = (
  mac: string,
  message: RouterAdvertisement,
  to: { readonly mac: number; readonly address: bigint },
): Uint8Array => {
  const src = macNumber(mac)
  const payload = buildNd(message, { src: linkLocalAddress(src), dst: to.address })
  return buildEthernet({ src, dst: to.mac, eth_type: ETH_TYPE.ipv6, payload })
}
