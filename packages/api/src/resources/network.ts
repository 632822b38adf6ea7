/** Names of a network follow from its uuid; it has a subnet of one address family or of both. */
import { formatCidr, type Row } from '@openvnet/schema'
import type { Behaviour, Work } from '../crud/behaviour.ts'
import { argumentError, missingArgument } from '../errors.ts'
import { checkLeasesInside } from '../rules/address.ts'
import { mtuShape } from '../rules/mtu.ts'
import { checkSubnet, checkUnicast, FAMILIES, subnetOf } from '../rules/subnet.ts'
import { beforeLeasesGo } from '../rules/topology.ts'
import { addIpv6Gateways, deleteLegs } from './router_network.ts'
import { joinTopology } from './topology_members.ts'

/** @throws ApiError ArgumentError */
const checkVlan = ({ mode, vlan_id, vlan_transparent }: Partial<Row<'network'>>): void => {
  if (vlan_transparent === true && mode !== 'virtual')
    throw argumentError(
      'vlan_transparent',
      true,
      `is for a virtual network, the mode is ${mode}: outside, tags of guests would be those of other networks`,
    )
  if (typeof vlan_id === 'number' && mode !== 'physical')
    throw argumentError(
      'vlan_id',
      vlan_id,
      `only a physical network leaves with a VLAN tag; the mode is ${mode}`,
    )
}

/** Guests make their addresses of prefixes of this length only (RFC 4291 §2.5.1, RFC 4862 §5.5.3). */
const AUTONOMOUS_PREFIX = 64

type Network = Row<'network'>

/** @throws ApiError ArgumentError when guests cannot do what routers would advertise */
const checkAddressMode = ({ ipv6_network, ipv6_prefix, ipv6_address_mode: mode }: Network): void => {
  const isAutonomous = mode === 'slaac' || mode === 'dhcpv6_stateless'
  if (!isAutonomous || ipv6_network === null || ipv6_prefix === AUTONOMOUS_PREFIX) return
  throw argumentError(
    'ipv6_prefix',
    ipv6_prefix,
    `guests make addresses of their own (ipv6_address_mode ${mode}) of a prefix of 64 only (RFC 4862 §5.5.3); give a /64, or ipv6_address_mode dhcpv6_stateful or none`,
  )
}

/** @throws ApiError ArgumentError, MissingArgument */
const checkSubnets = (row: Network): void => {
  if (row.ipv4_network === null && row.ipv6_network === null) throw missingArgument('ipv4_network')
  for (const family of FAMILIES) {
    const [address, prefix] = [row[`ipv${family}_network`], row[`ipv${family}_prefix`]]
    if (address === null) continue
    checkSubnet(address, prefix)
    checkUnicast(address, prefix)
  }
  checkAddressMode(row)
}

/** What a change of the IPv6 subnet asks of leases and routers. @throws ApiError ArgumentError */
const resettle = (work: Work, row: Network, before: Network): void => {
  const [now, then] = [row, before].map((one) => subnetOf(one, 6)).map((one) => one && formatCidr(one))
  if (now === then) return
  checkLeasesInside(work, row, 6)
  if (then === undefined) addIpv6Gateways(work, row)
}

export const network: Behaviour<'network'> = {
  complete: (_work, { uuid, values }) => {
    checkVlan(values as Partial<Row<'network'>>)
    checkSubnets(values as Network)
    return {
      display_name: values.display_name ?? uuid,
      domain_name: values.domain_name ?? uuid.slice(uuid.indexOf('-') + 1),
    }
  },
  updated: (work, row, before) => {
    checkVlan(row)
    checkSubnets(row)
    resettle(work, row, before)
  },
  created: (work, row, draft) => joinTopology(work, 'topology_network', row, draft),
  deleting: (work, row) => {
    const follow = beforeLeasesGo(
      work,
      () => work.cells('ip_lease', 'id', { network_id: row.id }) as number[],
    )
    deleteLegs(work, row.id)
    return follow
  },
  /** The length of a prefix that is not there is none. */
  shape: (reader, row, plain) => ({
    ...plain,
    ...mtuShape(reader, row),
    ipv4_prefix: row.ipv4_network === null ? null : row.ipv4_prefix,
    ipv6_prefix: row.ipv6_network === null ? null : row.ipv6_prefix,
  }),
}
