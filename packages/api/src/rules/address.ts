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
import { argumentError } from '../errors.ts'

/** Below this many host bits there is no address to spare for the network and for broadcasts (RFC 3021). */
const HOST_BITS_WITH_RESERVED = 2

const isReserved = (address: string, network: string, prefix: number): string | undefined => {
  const { address: first } = toCidr(network, prefix)
  const bits = addressBits(first.family)
  if (bits - prefix < HOST_BITS_WITH_RESERVED) return undefined
  const { value } = toIpAddress(address)
  if (value === first.value) return 'network'
  const last = first.value | (((1n << BigInt(bits)) - 1n) ^ networkMask(first.family, prefix))
  return first.family === 4 && value === last ? 'broadcast' : undefined
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
