/** Router advertisements as packets: RFC 4861 §4.2, with DNS of RFC 8106. */
import { toIpAddress } from '@openvnet/schema'
import type { View } from '../../engine/view.ts'
import {
  buildNdFrame,
  eui64Address,
  INFINITE_LIFETIME,
  linkLocalAddress,
  type NdEnd,
  type NdOption,
  type PrefixInformation,
  type RouterAdvertisement,
} from '../../packet/index.ts'
import { macNumber } from '../../pipeline/addresses.ts'
import { segmentOfDomain } from '../../pipeline/domain.ts'
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

/** Whether guests are to make addresses of the prefix. */
const isAutonomous = ({ address_mode, prefix_length }: Advertised): boolean =>
  (address_mode === 'slaac' || address_mode === 'dhcpv6_stateless') && prefix_length === AUTONOMOUS_LENGTH

/**
 * Whether a guest may make its address of the prefix and its MAC address: that must be one that it leases, as port security
 * lets no other through. Who has no address in a segment may have any.
 * @param domain in which it is told
 */
export const mayMakeAddress = (guest: number, domain: number, what: Advertised, view: View): boolean =>
  isAutonomous(what) &&
  (segmentOfDomain(domain) !== null ||
    view.list('ip_lease.interface_id', guest).some((lease) => {
      const mac = view.get('mac_lease', lease.mac_lease_id)?.mac_address
      return (
        mac !== undefined &&
        lease.network_id === what.network &&
        value(lease.address) === eui64Address(value(what.prefix), macNumber(mac))
      )
    }))

const FOREVER = {
  on_link: true,
  valid_lifetime: LIFETIME.prefix,
  preferred_lifetime: LIFETIME.prefix,
} as const
const NO_MORE = { valid_lifetime: 0, preferred_lifetime: 0 } as const

const prefixOf = (
  { prefix, prefix_length }: Advertised,
  rest: Omit<PrefixInformation, 'kind' | 'prefix' | 'prefix_length'>,
): PrefixInformation => ({
  kind: 'prefix',
  ...{ prefix: maskedPrefix(prefix, prefix_length), prefix_length },
  ...rest,
})

const serversOption = (servers: readonly string[], lifetime: number): readonly NdOption[] =>
  servers.length === 0 ? [] : [{ kind: 'rdnss', lifetime, servers: servers.map(value) }]
const domainsOption = (domains: readonly string[], lifetime: number): readonly NdOption[] =>
  domains.length === 0 ? [] : [{ kind: 'dnssl', lifetime, domains }]

/** Domains that guests are to look in: only where somebody answers for them. */
const domainsOf = ({ servers, domain }: Advertised): readonly string[] =>
  servers.length === 0 || domain === null ? [] : [domain]

const sourceOf = ({ mac }: Advertised): NdOption => ({ kind: 'source_link_layer', mac: macNumber(mac) })

const optionsOf = (what: Advertised, autonomous: boolean): NdOption[] => [
  sourceOf(what),
  ...(what.mtu < LEAST_MTU ? [] : [{ kind: 'mtu', mtu: what.mtu } as const]),
  prefixOf(what, { ...FOREVER, autonomous }),
  ...serversOption(what.servers, LIFETIME.dns),
  ...domainsOption(domainsOf(what), LIFETIME.dns),
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

/** Its own prefix where guests keep it but make no address of it any more: what they made is deprecated (RFC 4862 §5.5.3e). */
const prefixesOver = (before: Advertised, now: Advertised | null): readonly NdOption[] => {
  const autonomous = isAutonomous(before)
  if (before.prefix !== now?.prefix || before.prefix_length !== now.prefix_length)
    return [prefixOf(before, { ...NO_MORE, on_link: true, autonomous })]
  return autonomous && !isAutonomous(now)
    ? [prefixOf(before, { ...NO_MORE, on_link: false, autonomous })]
    : []
}

/**
 * Takes back what was advertised and is no more; `null` when nothing is to be taken back.
 * @param now what is advertised instead; `null`: nothing
 */
export const withdrawal = (before: Advertised, now: Advertised | null): RouterAdvertisement | null => {
  const isSame = before.mac === now?.mac
  const servers = before.servers.filter((server) => now?.servers.includes(server) !== true)
  const domains = domainsOf(before).filter((domain) => now === null || !domainsOf(now).includes(domain))
  const over = [...prefixesOver(before, now), ...serversOption(servers, 0), ...domainsOption(domains, 0)]
  if (isSame && over.length === 0) return null
  return {
    ...messageOf(isSame ? now : { ...before, leadsOut: false }, false),
    options: [sourceOf(before), ...over],
  }
}

export const frameOf = (mac: string, message: RouterAdvertisement, to: NdEnd): Uint8Array => {
  const from = macNumber(mac)
  return buildNdFrame(message, { mac: from, address: linkLocalAddress(from) }, to)
}
