/** Which addresses a network gives out, and what a subnet may be called. Family-neutral, on canonical text. */
import {
  addressBits,
  cidrContains,
  formatCidr,
  fromIpAddress,
  networkMask,
  type Row,
  toCidr,
  toIpAddress,
} from '@openvnet/schema'
import { uuidOf } from '../crud/reference.ts'
import { argumentError } from '../errors.ts'
import type { Reader } from '../store/rows.ts'
import type { Span } from './pool.ts'

/** Below this many host bits there is no address to spare for the network and for broadcasts (RFC 3021). */
const HOST_BITS_WITH_RESERVED = 2

/** The addresses of a subnet that an interface may own. */
const hostsIn = (network: string, prefix: number): Span => {
  const { address } = toCidr(network, prefix)
  const bits = addressBits(address.family)
  const first = address.value
  const last = first | (((1n << BigInt(bits)) - 1n) ^ networkMask(address.family, prefix))
  if (bits - prefix < HOST_BITS_WITH_RESERVED) return { first, last }
  return { first: first + 1n, last: address.family === 4 ? last - 1n : last }
}

/** The addresses that interfaces may own in a network. */
export const hostsOf = ({ ipv4_network, ipv4_prefix }: Row<'network'>): Span =>
  hostsIn(ipv4_network, ipv4_prefix)

const isReserved = (address: string, network: string, prefix: number): string | undefined => {
  const hosts = hostsIn(network, prefix)
  const { value } = toIpAddress(address)
  if (value < hosts.first) return 'network'
  return value > hosts.last ? 'broadcast' : undefined
}

/** @throws ApiError ArgumentError unless an interface may own `address` in `network` */
export const checkAddress = (network: Row<'network'>, address: string): void => {
  const cidr = toCidr(network.ipv4_network, network.ipv4_prefix)
  if (!cidrContains(cidr, toIpAddress(address))) {
    throw argumentError(
      'ipv4_address',
      address,
      `IP Address ${address} is not in subnet ${formatCidr(cidr)} of ${network.uuid}`,
    )
  }
  const reserved = isReserved(address, network.ipv4_network, network.ipv4_prefix)
  if (reserved !== undefined) {
    throw argumentError('ipv4_address', address, `the ${reserved} address of ${formatCidr(cidr)}`)
  }
}

/** The first address of a network that an interface may own. */
export const firstAddress = ({ ipv4_network: network, ipv4_prefix: prefix }: Row<'network'>): string => {
  const { address } = toCidr(network, prefix)
  const isNetwork = isReserved(fromIpAddress(address), network, prefix) !== undefined
  return fromIpAddress({ ...address, value: address.value + (isNetwork ? 1n : 0n) })
}

/** @throws ApiError ArgumentError when the host bits of a subnet's address are not zero */
export const checkSubnet = (address: string, prefix: number): void => {
  const meant = fromIpAddress(toCidr(address, prefix).address)
  if (meant !== address) {
    throw argumentError(
      'ipv4_network',
      address,
      `${address}/${prefix} has bits set behind its prefix; did you mean ${meant}/${prefix}?`,
    )
  }
}

/** Subnets whose addresses no guest can have (RFC 6890, RFC 5771). */
const NOT_FOR_GUESTS = [
  { cidr: toCidr('0.0.0.0', 8), what: 'addresses of "this host"' },
  { cidr: toCidr('127.0.0.0', 8), what: 'loopback addresses' },
  { cidr: toCidr('224.0.0.0', 4), what: 'multicast addresses' },
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
    'ipv4_network',
    address,
    `${formatCidr(network)} has ${what} (${formatCidr(cidr)}), which no guest can use`,
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
        'ipv4_address',
        address,
        `${owner} has it in ${network} already, and may in one network only`,
      )
    }
    networkByAddress.set(address, network_id)
  }
}
