/**
 * The options of DHCPv4 (RFC 2132 and others) and DHCPv6 (RFC 8415 and others) that users may set: their names, codes
 * and the form of their values as text. Options by which the protocol itself works are not among them. Pure.
 */
import type { Family } from '../ip.ts'

/** How the text of a value is read; see `dhcp_values.ts`. */
export type DhcpForm =
  | 'address'
  | 'addresses'
  | 'domain'
  | 'domains'
  | 'text'
  | 'boolean'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'int32'
  | 'routes'
  | 'free'

export interface DhcpOption {
  readonly code: number
  readonly name: string
  readonly form: DhcpForm
}

const option = (code: number, name: string, form: DhcpForm): DhcpOption => ({ code, name, form })

/** Options 21 and 33 are pairs of addresses, one after the other: of 33 a destination and its router. */
const V4: readonly DhcpOption[] = [
  option(1, 'subnet-mask', 'address'),
  option(2, 'time-offset', 'int32'),
  option(3, 'router', 'addresses'),
  option(4, 'time-servers', 'addresses'),
  option(5, 'name-servers', 'addresses'),
  option(6, 'dns-servers', 'addresses'),
  option(7, 'log-servers', 'addresses'),
  option(8, 'cookie-servers', 'addresses'),
  option(9, 'lpr-servers', 'addresses'),
  option(10, 'impress-servers', 'addresses'),
  option(11, 'resource-location-servers', 'addresses'),
  option(12, 'hostname', 'text'),
  option(13, 'boot-file-size', 'uint16'),
  option(14, 'merit-dump-file', 'text'),
  option(15, 'domain-name', 'domain'),
  option(16, 'swap-server', 'address'),
  option(17, 'root-path', 'text'),
  option(18, 'extensions-path', 'text'),
  option(19, 'ip-forwarding', 'boolean'),
  option(20, 'non-local-source-routing', 'boolean'),
  option(21, 'policy-filters', 'addresses'),
  option(22, 'max-datagram-reassembly', 'uint16'),
  option(23, 'default-ttl', 'uint8'),
  option(24, 'path-mtu-aging-timeout', 'uint32'),
  option(26, 'mtu', 'uint16'),
  option(27, 'all-subnets-local', 'boolean'),
  option(28, 'broadcast', 'address'),
  option(29, 'mask-discovery', 'boolean'),
  option(30, 'mask-supplier', 'boolean'),
  option(31, 'router-discovery', 'boolean'),
  option(32, 'router-solicitation-address', 'address'),
  option(33, 'classful-routes', 'addresses'),
  option(34, 'trailer-encapsulation', 'boolean'),
  option(35, 'arp-cache-timeout', 'uint32'),
  option(36, 'ethernet-encapsulation', 'boolean'),
  option(37, 'tcp-default-ttl', 'uint8'),
  option(38, 'tcp-keepalive-interval', 'uint32'),
  option(39, 'tcp-keepalive-garbage', 'boolean'),
  option(40, 'nis-domain', 'text'),
  option(41, 'nis-servers', 'addresses'),
  option(42, 'ntp-servers', 'addresses'),
  option(43, 'vendor-options', 'free'),
  option(44, 'netbios-name-servers', 'addresses'),
  option(45, 'netbios-datagram-servers', 'addresses'),
  option(46, 'netbios-node-type', 'uint8'),
  option(47, 'netbios-scope', 'text'),
  option(48, 'x-font-servers', 'addresses'),
  option(49, 'x-display-managers', 'addresses'),
  option(58, 'renewal-time', 'uint32'),
  option(59, 'rebinding-time', 'uint32'),
  option(60, 'vendor-class', 'text'),
  option(64, 'nisplus-domain', 'text'),
  option(65, 'nisplus-servers', 'addresses'),
  option(66, 'tftp-server', 'text'),
  option(67, 'boot-file', 'text'),
  option(68, 'mobile-ip-home-agents', 'addresses'),
  option(69, 'smtp-servers', 'addresses'),
  option(70, 'pop3-servers', 'addresses'),
  option(71, 'nntp-servers', 'addresses'),
  option(72, 'www-servers', 'addresses'),
  option(73, 'finger-servers', 'addresses'),
  option(74, 'irc-servers', 'addresses'),
  option(100, 'posix-timezone', 'text'),
  option(101, 'tzdb-timezone', 'text'),
  option(108, 'ipv6-only-preferred', 'uint32'),
  option(114, 'captive-portal', 'text'),
  option(119, 'domain-search', 'domains'),
  option(121, 'static-routes', 'routes'),
  option(138, 'capwap-controllers', 'addresses'),
  option(150, 'tftp-server-addresses', 'addresses'),
  option(249, 'microsoft-routes', 'routes'),
  option(252, 'web-proxy', 'text'),
]

const V6: readonly DhcpOption[] = [
  option(7, 'preference', 'uint8'),
  option(12, 'server-unicast', 'address'),
  option(21, 'sip-domains', 'domains'),
  option(22, 'sip-servers', 'addresses'),
  option(23, 'dns-servers', 'addresses'),
  option(24, 'domain-search', 'domains'),
  option(27, 'nis-servers', 'addresses'),
  option(29, 'nis-domain', 'domain'),
  option(31, 'sntp-servers', 'addresses'),
  option(32, 'refresh-time', 'uint32'),
  option(41, 'posix-timezone', 'text'),
  option(42, 'tzdb-timezone', 'text'),
  option(56, 'ntp-servers', 'addresses'),
  option(59, 'boot-file', 'text'),
  option(82, 'max-solicit-time', 'uint32'),
  option(83, 'max-information-time', 'uint32'),
  option(103, 'captive-portal', 'text'),
]

/** The options of a family that have a name, by code. */
export const DHCP_OPTIONS: Readonly<Record<Family, readonly DhcpOption[]>> = { 4: V4, 6: V6 }

/** What the protocol is made of: the server writes these by itself. */
const OF_THE_PROTOCOL: Readonly<Record<Family, ReadonlySet<number>>> = {
  4: new Set([50, 51, 52, 53, 54, 55, 56, 57, 61, 77, 80, 81, 82, 90, 93, 94, 97, 118]),
  6: new Set([1, 2, 3, 4, 5, 6, 8, 9, 11, 13, 14, 15, 16, 18, 19, 20, 25, 26, 37, 39]),
}

export const isOfProtocol = (family: Family, code: number): boolean => OF_THE_PROTOCOL[family].has(code)

/**
 * The option that a user means by a code or a name.
 * @param word canonical: digits or a name
 * @returns one without a name of its own has that of its number and takes any octets; undefined: there is none
 */
export const dhcpOption = (family: Family, word: string): DhcpOption | undefined => {
  const named = DHCP_OPTIONS[family].find(({ code, name }) => name === word || String(code) === word)
  if (named !== undefined || !/^\d+$/.test(word)) return named
  return { code: Number(word), name: word, form: 'free' }
}
