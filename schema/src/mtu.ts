/**
 * The MTU that guests may use: what the network between the hosts leaves of its own. A tunnel puts an IP header, its own and
 * the guest's Ethernet header around each packet; the outer Ethernet header does not count, as it is not in an MTU. Pure.
 */
import type { Family } from './ip.ts'
import type { Row } from './resources.ts'

type Transport = NonNullable<Row<'datapath'>['transport']>

const IP_HEADER: Readonly<Record<Family, number>> = { 4: 20, 6: 40 }
const UDP_HEADER = 8
const ETHERNET_HEADER = 14
/** A tag of the guest's own (IEEE 802.1Q), which is within the tunnel and in no MTU. */
const VLAN_TAG = 4
/** VXLAN: RFC 7348 §5. Geneve without options: RFC 8926 §3.4. GRE with key: RFC 2890 §2. */
const TUNNEL: Readonly<Record<Exclude<Transport, 'mac2mac'>, number>> = {
  vxlan: UDP_HEADER + 8 + ETHERNET_HEADER,
  geneve: UDP_HEADER + 8 + ETHERNET_HEADER,
  gre: 8 + ETHERNET_HEADER,
}

/** Octets that a transport takes of the MTU of what is between the hosts. */
export const transportOverhead = (transport: Transport, family: Family): number =>
  transport === 'mac2mac' ? 0 : IP_HEADER[family] + TUNNEL[transport]

/** What is between hosts where nobody says anything. */
export const UNDERLAY_MTU = 1500

type Host = Pick<Row<'datapath'>, 'mtu' | 'ipv4_address' | 'ipv6_address'>

/** The least of what is between hosts. */
export const underlayMtu = (hosts: readonly Pick<Host, 'mtu'>[]): number =>
  hosts.reduce(
    (least, { mtu }) => Math.min(least, mtu ?? UNDERLAY_MTU),
    hosts.length === 0 ? UNDERLAY_MTU : Infinity,
  )

/** Every pair of hosts may come to use any kind of tunnel, as that of the rows may lack its port. */
const greatestOverhead = (hosts: readonly Host[]): number => {
  const isIpv6 = hosts.some(
    ({ ipv4_address, ipv6_address }) => ipv4_address === null && ipv6_address !== null,
  )
  const transports = Object.keys(TUNNEL) as (keyof typeof TUNNEL)[]
  return Math.max(...transports.map((transport) => transportOverhead(transport, isIpv6 ? 6 : 4)))
}

/**
 * The largest MTU with which packets of a network get through between any two hosts, whatever way they take. It depends on
 * the rows of hosts and not on where guests are, so it stays while these move.
 * @param hosts all datapaths of the site
 */
export const fittingMtu = (
  { mode, vlan_transparent }: Pick<Row<'network'>, 'mode' | 'vlan_transparent'>,
  hosts: readonly Host[],
): number => {
  if (mode !== 'virtual') return underlayMtu(hosts)
  return underlayMtu(hosts) - greatestOverhead(hosts) - (vlan_transparent ? VLAN_TAG : 0)
}
