/** Which addresses a network gives out. Family-neutral, on canonical text. */
import {
  addressBits,
  type Cidr,
  cidrContains,
  type Family,
  familyOf,
  formatCidr,
  fromIpAddress,
  networkMask,
  type Row,
  toIpAddress,
} from '@openvnet/schema'
import { uuidOf } from '../crud/reference.ts'
import { type ApiError, argumentError } from '../errors.ts'
import type { Reader } from '../store/rows.ts'
import type { Span } from './pool.ts'
import { familyName, familyText, isLinkLocal, subnetOf, subnetsText } from './subnet.ts'

/** Below this many host bits there is no address to spare for the network and for broadcasts (RFC 3021, RFC 6164). */
const HOST_BITS_WITH_RESERVED = 2

/** The addresses of a subnet that an interface may own; the first of IPv6 is that of all routers (RFC 4291 §2.6.1). */
const hostsIn = ({ address, prefix }: Cidr): Span => {
  const bits = addressBits(address.family)
  const first = address.value
  const last = first | (((1n << BigInt(bits)) - 1n) ^ networkMask(address.family, prefix))
  if (bits - prefix < HOST_BITS_WITH_RESERVED) return { first, last }
  return { first: first + 1n, last: address.family === 4 ? last - 1n : last }
}

/** The addresses that interfaces may own in a network; none where it has no subnet of the family. */
export const hostsOf = (network: Row<'network'>, family: Family): Span => {
  const subnet = subnetOf(network, family)
  return subnet === undefined ? { first: 1n, last: 0n } : hostsIn(subnet)
}

const isReserved = (address: string, subnet: Cidr): string | undefined => {
  const hosts = hostsIn(subnet)
  const { value } = toIpAddress(address)
  if (value < hosts.first) return subnet.address.family === 4 ? 'network' : 'subnet-router anycast'
  return value > hosts.last ? 'broadcast' : undefined
}

/** What to do about a network without a subnet of the family that is asked for. */
export const withoutFamily = ({ uuid }: Row<'network'>, family: Family, value: unknown): ApiError =>
  argumentError(
    `${familyName(family)}_address`,
    value,
    `${uuid} has no ${familyText(family)} subnet; give it one with ${familyName(family)}_network first`,
  )

const linkLocal = (network: Row<'network'>, address: string): ApiError => {
  const instead = subnetOf(network, 6)
  const hint = instead === undefined ? '' : `; give one of ${formatCidr(instead)}`
  return argumentError(
    'ipv6_address',
    address,
    `a link-local address: every interface has the one that follows from its MAC address (RFC 4291 §2.5.6), and needs no lease for it${hint}`,
  )
}

/**
 * @param parameter that says it
 * @throws ApiError ArgumentError unless an interface may own `address` in `network`
 */
export const checkAddress = (
  network: Row<'network'>,
  address: string,
  parameter = `${familyName(familyOf(address))}_address`,
): void => {
  if (isLinkLocal(address)) throw linkLocal(network, address)
  const family = familyOf(address)
  const subnet = subnetOf(network, family)
  if (subnet === undefined) throw withoutFamily(network, family, address)
  if (!cidrContains(subnet, toIpAddress(address))) {
    throw argumentError(
      parameter,
      address,
      `IP Address ${address} is not in subnet ${formatCidr(subnet)} of ${network.uuid}`,
    )
  }
  const reserved = isReserved(address, subnet)
  if (reserved === undefined) return
  throw argumentError(parameter, address, `the ${reserved} address of ${formatCidr(subnet)}`)
}

/** The first address of a subnet that an interface may own. */
export const firstAddress = (subnet: Cidr): string =>
  fromIpAddress({ family: subnet.address.family, value: hostsIn(subnet).first })

/** Whether an address is in a subnet of the network. */
export const isInNetwork = (network: Row<'network'>, address: string): boolean => {
  const subnet = subnetOf(network, familyOf(address))
  return subnet !== undefined && cidrContains(subnet, toIpAddress(address))
}

/**
 * Checks that the leases of a network lie in its subnets as they stand now.
 * @throws ApiError ArgumentError
 */
export const checkLeasesInside = (reader: Reader, network: Row<'network'>, family: Family): void => {
  const addresses = reader.cells('ip_lease', 'address', { network_id: network.id }).map(String)
  const stray = addresses.find((one) => familyOf(one) === family && !isInNetwork(network, one))
  if (stray === undefined) return
  const parameter = `${familyName(family)}_network` as const
  const lease = reader.first('ip_lease', { network_id: network.id, address: stray })
  const subnets = subnetsText(network)
  throw argumentError(
    parameter,
    network[parameter],
    `${lease?.uuid} has ${stray} in ${network.uuid}, which would be outside${subnets === '' ? '' : ` of ${subnets}`}; delete it first`,
  )
}

/**
 * Checks the IP leases of an interface as they stand now: with one address in two networks nobody could tell which
 * of them a packet is for.
 * @throws ApiError ArgumentError
 */
export const checkAddressesOnce = (reader: Reader, interfaceId: number): void => {
  const networkByAddress = new Map<string, number>()
  for (const { address, network_id } of reader.where('ip_lease', { interface_id: interfaceId })) {
    const other = networkByAddress.get(address)
    if (other !== undefined) {
      const [owner, network] = [uuidOf(reader, 'interface', interfaceId), uuidOf(reader, 'network', other)]
      throw argumentError(
        `${familyName(familyOf(address))}_address`,
        address,
        `${owner} has it in ${network} already, and may in one network only`,
      )
    }
    networkByAddress.set(address, network_id)
  }
}
