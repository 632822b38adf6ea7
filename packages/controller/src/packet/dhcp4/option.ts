/** Options of DHCPv4 that the protocol itself turns on, and any option in words. The schema has those that users set. */
import { type DhcpForm, dhcpOption } from '@openvnet/schema'
import { formatDhcpValue } from '../dhcp_value.ts'

/** RFC 2132 unless said otherwise. */
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
  client_id: 61,
  /** RFC 4039. */
  rapid_commit: 80,
  /** RFC 3046. */
  relay_agent: 82,
  /** RFC 3397. */
  domain_search: 119,
  /** RFC 3442. */
  classless_routes: 121,
  end: 255,
} as const

export interface Dhcp4Option {
  readonly code: number
  readonly data: Uint8Array
}

const PROTOCOL: Readonly<Record<number, readonly [string, DhcpForm]>> = {
  [DHCP4_OPTION.requested_address]: ['requested-address', 'address'],
  [DHCP4_OPTION.lease_time]: ['lease-time', 'uint32'],
  [DHCP4_OPTION.overload]: ['overload', 'uint8'],
  [DHCP4_OPTION.message_type]: ['message-type', 'uint8'],
  [DHCP4_OPTION.server_id]: ['server-id', 'address'],
  [DHCP4_OPTION.message]: ['message', 'text'],
  [DHCP4_OPTION.max_message_size]: ['max-message-size', 'uint16'],
}

/** `router=10.0.0.1`; what does not fit its form, and what has none, is shown as octets. */
export const explainDhcp4Option = ({ code, data }: Dhcp4Option): string => {
  if (code === DHCP4_OPTION.parameter_list) return `parameter-list=${data.join(',')}`
  const known = dhcpOption(4, String(code))
  const [name, form] = PROTOCOL[code] ?? [known?.name ?? String(code), known?.form ?? 'free']
  return `${name}=${formatDhcpValue(4, form, data)}`
}
