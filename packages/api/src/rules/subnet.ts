/** The subnets of a network, one of each address family at most, and what a subnet may be called. Pure. */
import {
  type Cidr,
  cidrContains,
  type Family,
  familyOf,
  formatCidr,
  fromIpAddress,
  type Row,
  toCidr,
  toIpAddress,
} from '@openvnet/schema'
import { argumentError } from '../errors.ts'

type Subnets = Pick<Row<'network'>, 'ipv4_network' | 'ipv4_prefix' | 'ipv6_network' | 'ipv6_prefix'>

export const FAMILIES: readonly Family[] = [4, 6]

/** How a family is called in the parameters. */
export const familyName = (family: Family): 'ipv4' | 'ipv6' => `ipv${family}`

/** The name of a family for people. */
export const familyText = (family: Family): string => `IPv${family}`

/** The subnet of a family, if the network has one. */
export const subnetOf = (network: Subnets, family: Family): Cidr | undefined => {
  const name = familyName(family)
  const address = network[`${name}_network`]
  return address === null ? undefined : toCidr(address, network[`${name}_prefix`])
}

/** The subnets of a network, that of IPv4 first. */
export const subnetsOf = (network: Subnets): Cidr[] =>
  FAMILIES.flatMap((family) => subnetOf(network, family) ?? [])

/** The subnets for people. */
export const subnetsText = (network: Subnets): string => subnetsOf(network).map(formatCidr).join(' and ')

/** @throws ApiError ArgumentError when the host bits of a subnet's address are not zero */
export const checkSubnet = (address: string, prefix: number): void => {
  const meant = fromIpAddress(toCidr(address, prefix).address)
  if (meant !== address) {
    throw argumentError(
      `${familyName(familyOf(address))}_network`,
      address,
      `${address}/${prefix} has bits set behind its prefix; did you mean ${meant}/${prefix}?`,
    )
  }
}

const IPV6_LINK_LOCAL = toCidr('fe80::', 10)

/** Whether an address is one that every interface derives for itself (RFC 4291 §2.5.6). */
export const isLinkLocal = (address: string): boolean => cidrContains(IPV6_LINK_LOCAL, toIpAddress(address))

/** Subnets whose addresses no guest can have, or has by itself (RFC 6890, RFC 5771, RFC 4291). */
const NOT_FOR_GUESTS = [
  { cidr: toCidr('0.0.0.0', 8), what: 'addresses of "this host"' },
  { cidr: toCidr('127.0.0.0', 8), what: 'loopback addresses' },
  { cidr: toCidr('224.0.0.0', 4), what: 'multicast addresses' },
  { cidr: toCidr('240.0.0.0', 4), what: 'reserved addresses, which routers do not forward' },
  { cidr: toCidr('::', 127), what: 'the unspecified and the loopback address' },
  { cidr: toCidr('::ffff:0:0', 96), what: 'IPv4-mapped addresses' },
  { cidr: IPV6_LINK_LOCAL, what: 'link-local addresses, which follow from MAC addresses' },
  { cidr: toCidr('ff00::', 8), what: 'multicast addresses' },
]

/** @throws ApiError ArgumentError when guests could not use the addresses of a network */
export const checkUnicast = (address: string, prefix: number): void => {
  const network = toCidr(address, prefix)
  const overlapped = NOT_FOR_GUESTS.find(
    ({ cidr }) => cidrContains(cidr, network.address) || cidrContains(network, cidr.address),
  )
  if (overlapped === undefined) return
  const { cidr, what } = overlapped
  throw argumentError(
    `${familyName(network.address.family)}_network`,
    address,
    `${formatCidr(network)} has ${what} (${formatCidr(cidr)}), which no guest can use`,
  )
}
