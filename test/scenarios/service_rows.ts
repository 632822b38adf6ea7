/**
 * The networks of `services.ts`: three with both families, each with another way to IPv6 addresses, joined by one router; a
 * second one joins two of them.
 */
import type { GuestSpec, Write } from './scenario.ts'
import { BR0 } from './walkthrough.ts'

const NETWORKS = {
  dock: { n: 1, ipv6_address_mode: 'dhcpv6_stateful', dhcp_lease_time: 3600 },
  quay: { n: 2, ipv6_address_mode: 'slaac', mtu: 1400 },
  ship: { n: 3, ipv6_address_mode: 'dhcpv6_stateless' },
} as const
export type Network = keyof typeof NETWORKS
const NAMES = Object.keys(NETWORKS) as Network[]

export const ipv4 = (network: Network, host: number): string => `10.21.${NETWORKS[network].n}.${host}`
export const ipv6 = (network: Network, host: string): string => `fd00:21:${NETWORKS[network].n}::${host}`

const networkWrite = (name: Network): Write => {
  const { n: _n, ...more } = NETWORKS[name]
  return {
    path: 'networks',
    body: {
      ...{ uuid: `nw-${name}`, ipv4_network: ipv4(name, 0), ipv4_prefix: 24, domain_name: `${name}.example` },
      ...{ ipv6_network: ipv6(name, ''), ...more },
    },
  }
}

/** Routers, and the host part of their legs. */
const ROUTERS = { harbour: 254, canal: 253 } as const
type Router = keyof typeof ROUTERS

export const legMac = (router: Router, network: Network): string =>
  `52:54:00:75:${router === 'harbour' ? '01' : '02'}:0${NETWORKS[network].n}`

const legName = (router: Router, network: Network): string => `if-${router}${network}`

const leg = (router: Router, network: Network): Write[] => {
  const [uuid, host] = [legName(router, network), ROUTERS[router]]
  const ends = { interface_uuid: uuid, route_link_uuid: `rl-${router}` }
  return [
    {
      path: 'interfaces',
      body: {
        ...{ uuid, mode: 'simulated', network_uuid: `nw-${network}`, mac_address: legMac(router, network) },
        ...{ ipv4_address: ipv4(network, host), ipv6_address: ipv6(network, host.toString(16)) },
      },
    },
    {
      path: 'routes',
      body: { ...ends, uuid: `r-${router}${network}`, ipv4_network: ipv4(network, 0), ipv4_prefix: 24 },
    },
    {
      path: 'routes',
      body: { ...ends, uuid: `r-${router}${network}6`, ipv6_network: ipv6(network, ''), ipv6_prefix: 64 },
    },
  ]
}

export const DHCP = { mac: '52:54:00:75:03:01', address: ipv4('dock', 100) } as const

const service = (uuid: string, mode: 'dhcp' | 'dns', interface_uuid: string): Write => ({
  path: 'network_services',
  body: { uuid, mode, interface_uuid },
})
/** @param n in the uuid: records are told in the order of these */
const record = (n: number, name: string, type: string, value: string): Write => ({
  path: 'dns_services/dnss-1/dns_records',
  body: { uuid: `dnsr-${n}`, name, type, value },
})

const SERVERS: readonly Write[] = [
  {
    path: 'interfaces',
    body: {
      ...{ uuid: 'if-dhcp', mode: 'simulated', network_uuid: 'nw-dock', mac_address: DHCP.mac },
      ipv4_address: DHCP.address,
    },
  },
  service('ns-dock', 'dhcp', 'if-dhcp'),
  service('ns-quay', 'dhcp', legName('harbour', 'quay')),
  service('ns-ship', 'dhcp', legName('harbour', 'ship')),
  service('ns-names', 'dns', legName('harbour', 'dock')),
  { path: 'dns_services', body: { uuid: 'dnss-1', network_service_uuid: 'ns-names' } },
  service('ns-names2', 'dns', legName('harbour', 'quay')),
  record(1, 'www.corp.example', 'A', '192.0.2.80'),
  record(2, 'www.corp.example', 'A', '192.0.2.81'),
  record(3, 'www.corp.example', 'AAAA', '2001:db8::80'),
  record(4, 'web.corp.example', 'CNAME', 'www.corp.example'),
]

interface Member {
  readonly name: string
  readonly network: Network
  readonly mac: string
  /** By the family that it is looked at in. */
  readonly addresses: Readonly<Record<4 | 6, string>>
}

export const MEMBERS: readonly Member[] = [
  {
    ...{ name: 'crane', network: 'dock', mac: '52:54:00:75:00:01' },
    addresses: { 4: ipv4('dock', 10), 6: ipv6('dock', '10') },
  },
  {
    ...{ name: 'barge', network: 'quay', mac: '52:54:00:75:00:02' },
    // As the guest makes it from its MAC address.
    addresses: { 4: ipv4('quay', 10), 6: ipv6('quay', '').replace('::', ':0:5054:ff:fe75:2') },
  },
  {
    ...{ name: 'boat', network: 'ship', mac: '52:54:00:75:00:03' },
    addresses: { 4: ipv4('ship', 10), 6: ipv6('ship', '10') },
  },
]

const memberWrite = ({ name, network, mac, addresses }: Member): Write => ({
  path: 'interfaces',
  body: {
    ...{ uuid: `if-${name}`, network_uuid: `nw-${network}`, mac_address: mac, hostname: name },
    ...{ ipv4_address: addresses[4], ipv6_address: name === 'barge' ? 'auto' : addresses[6] },
  },
})

export const guestOf = ({ name, network, mac, addresses }: Member, family: 4 | 6): GuestSpec => ({
  ...{ name, bridge: BR0.name, port: `if-${name}`, mac },
  address: `${addresses[family]}/${family === 4 ? 24 : 64}`,
  gateway: family === 4 ? ipv4(network, 254) : ipv6(network, 'fe'),
  routes: [family === 4 ? '10.21.0.0/16' : 'fd00:21::/32'],
})

export const SERVICE_WRITES: readonly Write[] = [
  ...NAMES.map(networkWrite),
  ...(Object.keys(ROUTERS) as Router[]).map((name) => ({
    path: 'route_links',
    body: { uuid: `rl-${name}` },
  })),
  ...NAMES.flatMap((network) => leg('harbour', network)),
  ...(['dock', 'ship'] as const).flatMap((network) => leg('canal', network)),
  ...SERVERS,
  ...MEMBERS.map(memberWrite),
]
