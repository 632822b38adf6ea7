/**
 * Options of DHCPv4 by code: name and type of value. RFC 2132 and what the comments say; the IANA registry "BOOTP Vendor
 * Extensions and DHCP Options" has them all. A code that is not here can still be sent, as octets.
 */
import type { ValueTypeName } from './value_type.ts'

export interface Dhcp4Option {
  readonly code: number
  readonly name: string
  readonly type: ValueTypeName
  /** Set by client or server as the protocol goes: not free to be configured. */
  readonly protocol?: true
}

/** Codes that the protocol itself turns on. */
export const DHCP4_OPTION = {
  pad: 0,
  subnet_mask: 1,
  routers: 3,
  dns_servers: 6,
  host_name: 12,
  domain_name: 15,
  interface_mtu: 26,
  broadcast_address: 28,
  static_routes: 33,
  ntp_servers: 42,
  requested_address: 50,
  lease_time: 51,
  overload: 52,
  message_type: 53,
  server_id: 54,
  parameter_list: 55,
  message: 56,
  max_message_size: 57,
  renewal_time: 58,
  rebinding_time: 59,
  vendor_class: 60,
  client_id: 61,
  tftp_server_name: 66,
  boot_file_name: 67,
  rapid_commit: 80,
  relay_agent: 82,
  domain_search: 119,
  classless_routes: 121,
  end: 255,
} as const

const option = (code: number, name: string, type: ValueTypeName): Dhcp4Option => ({ code, name, type })
const protocol = (code: number, name: string, type: ValueTypeName): Dhcp4Option => ({
  code,
  name,
  type,
  protocol: true,
})

const OPTIONS: readonly Dhcp4Option[] = [
  option(1, 'subnet_mask', 'ip'),
  option(2, 'time_offset', 'i32'),
  option(3, 'routers', 'ips'),
  option(4, 'time_servers', 'ips'),
  option(5, 'name_servers', 'ips'),
  option(6, 'dns_servers', 'ips'),
  option(7, 'log_servers', 'ips'),
  option(8, 'cookie_servers', 'ips'),
  option(9, 'lpr_servers', 'ips'),
  option(10, 'impress_servers', 'ips'),
  option(11, 'resource_location_servers', 'ips'),
  option(12, 'host_name', 'text'),
  option(13, 'boot_file_size', 'u16'),
  option(14, 'merit_dump_file', 'text'),
  option(15, 'domain_name', 'text'),
  option(16, 'swap_server', 'ip'),
  option(17, 'root_path', 'text'),
  option(18, 'extensions_path', 'text'),
  option(19, 'ip_forwarding', 'flag'),
  option(20, 'non_local_source_routing', 'flag'),
  option(21, 'policy_filters', 'ip_pairs'),
  option(22, 'max_datagram_reassembly', 'u16'),
  option(23, 'default_ttl', 'u8'),
  option(24, 'path_mtu_aging_timeout', 'u32'),
  option(25, 'path_mtu_plateaus', 'u16s'),
  option(26, 'interface_mtu', 'mtu'),
  option(27, 'all_subnets_local', 'flag'),
  option(28, 'broadcast_address', 'ip'),
  option(29, 'mask_discovery', 'flag'),
  option(30, 'mask_supplier', 'flag'),
  option(31, 'router_discovery', 'flag'),
  option(32, 'router_solicitation_address', 'ip'),
  option(33, 'static_routes', 'ip_pairs'),
  option(34, 'trailer_encapsulation', 'flag'),
  option(35, 'arp_cache_timeout', 'u32'),
  option(36, 'ethernet_encapsulation', 'flag'),
  option(37, 'tcp_default_ttl', 'u8'),
  option(38, 'tcp_keepalive_interval', 'u32'),
  option(39, 'tcp_keepalive_garbage', 'flag'),
  option(40, 'nis_domain', 'text'),
  option(41, 'nis_servers', 'ips'),
  option(42, 'ntp_servers', 'ips'),
  option(43, 'vendor_specific', 'octets'),
  option(44, 'netbios_name_servers', 'ips'),
  option(45, 'netbios_datagram_servers', 'ips'),
  option(46, 'netbios_node_type', 'u8'),
  option(47, 'netbios_scope', 'text'),
  option(48, 'x_font_servers', 'ips'),
  option(49, 'x_display_managers', 'ips'),
  protocol(50, 'requested_address', 'ip'),
  protocol(51, 'lease_time', 'u32'),
  protocol(52, 'overload', 'u8'),
  protocol(53, 'message_type', 'u8'),
  protocol(54, 'server_id', 'ip'),
  protocol(55, 'parameter_list', 'codes'),
  protocol(56, 'message', 'text'),
  protocol(57, 'max_message_size', 'u16'),
  protocol(58, 'renewal_time', 'u32'),
  protocol(59, 'rebinding_time', 'u32'),
  option(60, 'vendor_class', 'text'),
  protocol(61, 'client_id', 'octets'),
  option(64, 'nisplus_domain', 'text'),
  option(65, 'nisplus_servers', 'ips'),
  option(66, 'tftp_server_name', 'text'),
  option(67, 'boot_file_name', 'text'),
  option(68, 'mobile_ip_home_agents', 'ips'),
  option(69, 'smtp_servers', 'ips'),
  option(70, 'pop3_servers', 'ips'),
  option(71, 'nntp_servers', 'ips'),
  option(72, 'www_servers', 'ips'),
  option(73, 'finger_servers', 'ips'),
  option(74, 'irc_servers', 'ips'),
  option(75, 'streettalk_servers', 'ips'),
  option(76, 'streettalk_directory_servers', 'ips'),
  protocol(77, 'user_class', 'octets'), // RFC 3004
  protocol(80, 'rapid_commit', 'empty'), // RFC 4039
  protocol(81, 'client_fqdn', 'octets'), // RFC 4702
  protocol(82, 'relay_agent', 'octets'), // RFC 3046
  protocol(93, 'client_architecture', 'u16s'), // RFC 4578
  protocol(94, 'client_network_interface', 'octets'), // RFC 4578
  protocol(97, 'client_machine', 'octets'), // RFC 4578
  option(100, 'posix_timezone', 'text'), // RFC 4833
  option(101, 'tz_database_name', 'text'), // RFC 4833
  option(108, 'ipv6_only_preferred', 'u32'), // RFC 8925
  option(114, 'captive_portal', 'text'), // RFC 8910
  option(116, 'auto_configure', 'flag'), // RFC 2563
  protocol(118, 'subnet_selection', 'ip'), // RFC 3011
  option(119, 'domain_search', 'domains'), // RFC 3397
  option(120, 'sip_servers', 'octets'), // RFC 3361
  option(121, 'classless_routes', 'routes'), // RFC 3442
  option(124, 'vendor_identifying_class', 'octets'), // RFC 3925
  option(125, 'vendor_identifying_specific', 'octets'), // RFC 3925
  option(138, 'capwap_controllers', 'ips'), // RFC 5417
  option(150, 'tftp_servers', 'ips'), // RFC 5859
  option(249, 'microsoft_classless_routes', 'routes'), // before RFC 3442, MS-DHCPE
  option(252, 'proxy_autodiscovery', 'text'), // WPAD
]

const BY_CODE = new Map(OPTIONS.map((known) => [known.code, known]))
const BY_NAME = new Map(OPTIONS.map((known) => [known.name, known]))

/** A code without a row is octets under its number. */
export const dhcp4OptionOf = (code: number): Dhcp4Option =>
  BY_CODE.get(code) ?? { code, name: `option_${code}`, type: 'octets' }

export const dhcp4OptionNamed = (name: string): Dhcp4Option | undefined =>
  BY_NAME.get(name.toLowerCase().replaceAll('-', '_'))

/** Names that a user may write, for suggestions. */
export const DHCP4_OPTION_NAMES: readonly string[] = OPTIONS.filter((known) => !known.protocol).map(
  ({ name }) => name,
)
