/** The options of DHCPv6 that go with addresses, or instead of them: DNS (RFC 3646) and what users give, in their order of precedence. */
import type { View } from '../../engine/view.ts'
import {
  DHCP6_OPTION,
  DHCP6_TYPE,
  type Dhcp6,
  type Dhcp6Option,
  dhcp6Option,
  encodeDhcpValue,
  u32s,
} from '../../packet/index.ts'
import { isOfFamily } from './client.ts'
import { type Asking, optionsOfRows } from './options4.ts'
import { serversOf } from './queries.ts'

const dnsServers = ({ network, dpid }: Asking, view: View): string[] =>
  serversOf('dns', network.id, view, dpid).flatMap(({ id }) =>
    view
      .list('ip_lease.interface_id', id)
      .filter((lease) => lease.network_id === network.id && isOfFamily(lease, 6))
      .map(({ address }) => address),
  )

const derived = (asking: Asking, view: View): Map<number, Uint8Array> => {
  const servers = dnsServers(asking, view)
  const { domain_name } = asking.network
  return new Map([
    ...(servers.length === 0
      ? []
      : ([[DHCP6_OPTION.dns_servers, encodeDhcpValue(6, 'addresses', servers.join(','))]] as const)),
    ...(domain_name === ''
      ? []
      : ([[DHCP6_OPTION.domains, encodeDhcpValue(6, 'domains', domain_name)]] as const)),
  ])
}

/** RFC 8415 §7.6: seconds. */
const IRT_MINIMUM = 600

/** Who has no lease to renew is told when to ask again: RFC 8415 §21.23. */
const refreshTime = ({ network }: Asking): [number, Uint8Array] => [
  DHCP6_OPTION.refresh_time,
  u32s(Math.max(network.dhcp_lease_time, IRT_MINIMUM)),
]

/** What the client asks for, and nothing else: RFC 8415 §18.3. */
export const informing = (asking: Asking, { type, options }: Dhcp6, view: View): Dhcp6Option[] => {
  const codes = dhcp6Option(options, 'option_request')?.codes ?? []
  const available = new Map([
    ...derived(asking, view),
    ...(type === DHCP6_TYPE.information_request ? [refreshTime(asking)] : []),
    ...optionsOfRows(view.list('dhcp_option.network_id', asking.network.id), 6),
    ...optionsOfRows(view.list('dhcp_option.interface_id', asking.interface.id), 6),
  ])
  return [...new Set(codes)].flatMap((code) => {
    const data = available.get(code)
    return data === undefined ? [] : [{ kind: 'other', code, data } as const]
  })
}
