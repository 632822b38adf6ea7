/**
 * Names of guests, which follow from rows: `hostname.domain_name` for each network of an interface, its addresses there, and
 * back from an address to the name. The domain of a network is a zone of ours, and so is the reverse of its subnets.
 */
import {
  addressBits,
  cidrContains,
  fromIpAddress,
  type IpAddress,
  type Row,
  toCidr,
  toIpAddress,
} from '@openvnet/schema'
import { domainKey } from '../../model/index_key.ts'
import type { DnsRecord } from '../../packet/dns/index.ts'
import { isDomainName } from '../../packet/index.ts'
import { type Asker, mayLearnOf } from './asker.ts'
import { type Known, NOTHING, parentsOf } from './known.ts'
import { type ReverseName, reverseName, reverseZone } from './reverse_name.ts'

/** Seconds: a guest may be gone, or be another, soon. */
const GUEST_TTL = 30

const networksNamed = (domain: string, asker: Asker): readonly Row<'network'>[] =>
  isDomainName(domain)
    ? asker.view.list('network.domain_name', domain).filter(({ id }) => mayLearnOf(id, asker))
    : []

const addressRecord = (name: string, { address }: Row<'ip_lease'>): DnsRecord => ({
  name,
  type: toIpAddress(address).family === 4 ? 'A' : 'AAAA',
  ttl: GUEST_TTL,
  data: address,
})

const addressesOf = (name: string, networks: readonly Row<'network'>[], { view }: Asker): DnsRecord[] => {
  const ids = new Set(networks.map(({ id }) => id))
  const label = name.slice(0, name.indexOf('.'))
  return view
    .list('interface.hostname', label)
    .flatMap(({ id }) => view.list('ip_lease.interface_id', id))
    .filter(({ network_id }) => ids.has(network_id))
    .map((lease) => addressRecord(name, lease))
}

const forward = (name: string, asker: Asker): Known => {
  if (networksNamed(name, asker).length > 0) return { records: [], exists: true, zone: name }
  for (const [depth, zone] of parentsOf(name).entries()) {
    const networks = networksNamed(zone, asker)
    if (networks.length === 0) continue
    const records = depth === 0 ? addressesOf(name, networks, asker) : []
    return { records, exists: records.length > 0, zone }
  }
  return NOTHING
}

const namesAt = (owner: string, address: IpAddress, asker: Asker): DnsRecord[] => {
  const { view } = asker
  return view.list('ip_lease.address', fromIpAddress(address)).flatMap((lease): DnsRecord[] => {
    const hostname = view.get('interface', lease.interface_id)?.hostname ?? null
    const domain = domainKey(view.get('network', lease.network_id)?.domain_name ?? '')
    const data = `${hostname}.${domain}`
    const isNamed = hostname !== null && domain !== null && mayLearnOf(lease.network_id, asker)
    return isNamed && isDomainName(data) ? [{ name: owner, type: 'PTR', ttl: GUEST_TTL, data }] : []
  })
}

/** Whether all that the name stands for is in a subnet of the network. */
const covers = (network: Row<'network'> | undefined, { address, prefix }: ReverseName): boolean => {
  const subnet = address.family === 4 ? network?.ipv4_network : network?.ipv6_network
  const length = address.family === 4 ? network?.ipv4_prefix : network?.ipv6_prefix
  if (subnet === undefined || subnet === null || length === undefined) return false
  return length <= prefix && cidrContains(toCidr(subnet, length), address)
}

const reverse = (name: string, asker: Asker): Known => {
  const reversed = reverseName(name)
  if (reversed === undefined) return NOTHING
  const { address, prefix } = reversed
  const isWhole = prefix === addressBits(address.family)
  const records = isWhole ? namesAt(name, address, asker) : []
  const networks = [...asker.own, ...(records.length > 0 ? [] : asker.reachable())]
  const found = networks
    .map((id) => asker.view.get('network', id))
    .find((network) => covers(network, reversed))
  const length = address.family === 4 ? found?.ipv4_prefix : found?.ipv6_prefix
  if (length === undefined) return records.length === 0 ? NOTHING : { records, exists: true, zone: name }
  return { records, exists: records.length > 0 || !isWhole, zone: reverseZone(name, length) }
}

export const guestName = (name: string, asker: Asker): Known =>
  name.endsWith('.arpa') ? reverse(name, asker) : forward(name, asker)
