/**
 * Which free IP address of a network comes next. What was given last is the newest lease of the network that is in the
 * pool, so nothing but the leases themselves is remembered.
 */
import { fromIpAddress, type Row, toIpAddress } from '@openvnet/schema'
import { ApiError } from '../errors.ts'
import type { Reader } from '../store/rows.ts'
import { hostsOf } from './address.ts'
import { type AllocationType, choose, clip, positionOf, type Span, sizeOf, toPool } from './pool.ts'

/** Leases among which the one given last is looked for. */
const RECENT = 32

/** Like `toIpAddress`, for thousands. */
const numberOf = (address: string): bigint =>
  address.includes(':')
    ? toIpAddress(address).value
    : BigInt(address.split('.').reduce((number, octet) => number * 256 + Number(octet), 0))

/** @returns `undefined` when all are in use */
const chooseIn = (
  reader: Reader,
  network: Row<'network'>,
  spans: readonly Span[],
  type: AllocationType,
): string | undefined => {
  const { family } = toIpAddress(network.ipv4_network)
  const ofNetwork = { network_id: network.id }
  const textOf = (value: bigint) => fromIpAddress({ family, value })
  const address = choose({
    spans,
    type,
    previous: reader
      .newest('ip_lease', ofNetwork, RECENT)
      .map((lease) => numberOf(lease.address))
      .find((value) => positionOf(spans, value) !== undefined),
    isUsed: (value) => reader.first('ip_lease', { ...ofNetwork, address: textOf(value) }) !== undefined,
    used: () => reader.cells('ip_lease', 'address', ofNetwork).map((text) => numberOf(String(text))),
  })
  return address === undefined ? undefined : textOf(address)
}

/** What of a group's ranges is in a network and may be owned there. */
const spansOf = (reader: Reader, network: Row<'network'>, groupId: number): Span[] => {
  const ranges = reader.where('ip_range', { ip_range_group_id: groupId })
  const spans = ranges.map(({ begin_address, end_address }) => ({
    first: numberOf(begin_address),
    last: numberOf(end_address),
  }))
  return clip(toPool(spans), hostsOf(network))
}

/** An address of a group's ranges, `undefined` when the network has none left of them. */
export const allocateFromGroup = (
  reader: Reader,
  network: Row<'network'>,
  group: Row<'ip_range_group'>,
): string | undefined => chooseIn(reader, network, spansOf(reader, network, group.id), group.allocation_type)

export const isInGroup = (
  reader: Reader,
  network: Row<'network'>,
  group: Row<'ip_range_group'>,
  address: string,
): boolean => positionOf(spansOf(reader, network, group.id), numberOf(address)) !== undefined

/** How many addresses a group has in a network, for people. */
export const roomOf = (reader: Reader, network: Row<'network'>, group: Row<'ip_range_group'>): string => {
  const size = sizeOf(spansOf(reader, network, group.id))
  return size === 0n
    ? `${group.uuid} has no range in ${network.uuid}`
    : `all ${size} of ${group.uuid} in ${network.uuid} are in use`
}

export const outOfIpAddresses = (reasons: readonly string[]): ApiError =>
  new ApiError('OutOfAddresses', `Run out of dynamic IP addresses: ${reasons.join('; ')}`)

/** Any free address of a network. @throws ApiError OutOfAddresses */
export const allocateAddress = (reader: Reader, network: Row<'network'>): string => {
  const hosts = hostsOf(network)
  const address = chooseIn(reader, network, [hosts], 'incremental')
  if (address !== undefined) return address
  throw outOfIpAddresses([`all ${sizeOf([hosts])} of ${network.uuid} are in use`])
}
