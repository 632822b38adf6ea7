/**
 * Which free IP address of a network comes next. What was given last is the newest lease of the network that is in the
 * pool, so nothing but the leases themselves is remembered.
 */
import { AUTO, type Family, familyOf, fromIpAddress, type Row, toIpAddress } from '@openvnet/schema'
import { ApiError } from '../errors.ts'
import type { Reader } from '../store/rows.ts'
import { hostsOf, withoutFamily } from './address.ts'
import { type AllocationType, choose, clip, positionOf, type Span, sizeOf, toPool } from './pool.ts'
import { subnetOf } from './subnet.ts'

/** Leases among which the one given last is looked for. */
const RECENT = 32

/** Like `toIpAddress`, for thousands. */
const numberOf = (address: string): bigint =>
  address.includes(':')
    ? toIpAddress(address).value
    : BigInt(address.split('.').reduce((number, octet) => number * 256 + Number(octet), 0))

/** Addresses of one family to choose from. */
interface Pool {
  readonly family: Family
  readonly spans: readonly Span[]
}

/** @returns `undefined` when all are in use */
const chooseIn = (
  reader: Reader,
  network: Row<'network'>,
  { family, spans }: Pool,
  type: AllocationType,
): string | undefined => {
  const ofNetwork = { network_id: network.id }
  const textOf = (value: bigint) => fromIpAddress({ family, value })
  const numbersIn = (addresses: readonly string[]) =>
    addresses.filter((address) => familyOf(address) === family).map(numberOf)
  const newest = reader.newest('ip_lease', ofNetwork, RECENT).map(({ address }) => address)
  const address = choose({
    spans,
    type,
    previous: numbersIn(newest).find((value) => positionOf(spans, value) !== undefined),
    isUsed: (value) => reader.first('ip_lease', { ...ofNetwork, address: textOf(value) }) !== undefined,
    used: () => numbersIn(reader.cells('ip_lease', 'address', ofNetwork).map(String)),
  })
  return address === undefined ? undefined : textOf(address)
}

/** What of a group's ranges is in a network and may be owned there: all of a group are of one family. */
const poolOf = (reader: Reader, network: Row<'network'>, groupId: number): Pool => {
  const ranges = reader.where('ip_range', { ip_range_group_id: groupId })
  const family = familyOf(ranges[0]?.begin_address ?? '')
  const spans = ranges.map(({ begin_address, end_address }) => ({
    first: numberOf(begin_address),
    last: numberOf(end_address),
  }))
  return { family, spans: clip(toPool(spans), hostsOf(network, family)) }
}

/** An address of a group's ranges, `undefined` when the network has none left of them. */
export const allocateFromGroup = (
  reader: Reader,
  network: Row<'network'>,
  group: Row<'ip_range_group'>,
): string | undefined => chooseIn(reader, network, poolOf(reader, network, group.id), group.allocation_type)

export const isInGroup = (
  reader: Reader,
  network: Row<'network'>,
  group: Row<'ip_range_group'>,
  address: string,
): boolean => {
  const { family, spans } = poolOf(reader, network, group.id)
  return familyOf(address) === family && positionOf(spans, numberOf(address)) !== undefined
}

/** How many addresses a group has in a network, for people. */
export const roomOf = (reader: Reader, network: Row<'network'>, group: Row<'ip_range_group'>): string => {
  const size = sizeOf(poolOf(reader, network, group.id).spans)
  return size === 0n
    ? `${group.uuid} has no range in ${network.uuid}`
    : `all ${size} of ${group.uuid} in ${network.uuid} are in use`
}

export const outOfIpAddresses = (reasons: readonly string[]): ApiError =>
  new ApiError('OutOfAddresses', `Run out of dynamic IP addresses: ${reasons.join('; ')}`)

/** Modes in which guests make their address of the prefix that is advertised. */
const AUTONOMOUS: readonly string[] = ['slaac', 'dhcpv6_stateless']

/** Bits of an interface identifier (RFC 4291 §2.5.1). */
const IDENTIFIER_BITS = 64

/** The identifier that follows from a MAC address: modified EUI-64 (RFC 4291, appendix A). */
const identifierOf = (mac: string): bigint => {
  const [first = 0, second = 0, third = 0, ...rest] = mac
    .split(':')
    .map((octet) => Number.parseInt(octet, 16))
  const octets = [first ^ 0x02, second, third, 0xff, 0xfe, ...rest]
  return octets.reduce((number, octet) => (number << 8n) | BigInt(octet), 0n)
}

/** The address that a guest with this MAC address makes for itself, where guests do and nobody has it. */
const autonomous = (reader: Reader, network: Row<'network'>, mac: string): string | undefined => {
  const subnet = subnetOf(network, 6)
  const isMade = subnet?.prefix === IDENTIFIER_BITS && AUTONOMOUS.includes(network.ipv6_address_mode)
  if (!isMade || subnet === undefined) return undefined
  const address = fromIpAddress({ family: 6, value: subnet.address.value | identifierOf(mac) })
  return reader.first('ip_lease', { network_id: network.id, address }) === undefined ? address : undefined
}

interface Wish {
  readonly family: Family
  /** Of the interface that is to have it; null: it is reserved. */
  readonly mac: string | null
}

/**
 * Any free address of a network: of IPv6, where guests make one of their MAC address, that one.
 * @throws ApiError OutOfAddresses; ArgumentError when the network has no subnet of the family
 */
export const allocateAddress = (reader: Reader, network: Row<'network'>, { family, mac }: Wish): string => {
  if (subnetOf(network, family) === undefined) throw withoutFamily(network, family, AUTO)
  const own = family === 6 && mac !== null ? autonomous(reader, network, mac) : undefined
  if (own !== undefined) return own
  const spans = [hostsOf(network, family)]
  const address = chooseIn(reader, network, { family, spans }, 'incremental')
  if (address !== undefined) return address
  throw outOfIpAddresses([`all ${sizeOf(spans)} of ${network.uuid} are in use`])
}
