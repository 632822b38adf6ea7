/**
 * Which free MAC address of a range group comes next. A MAC address is given once in the whole store, so what was given
 * last is the greatest one in use (the least one, downwards).
 */
import { macFromNumber, macToNumber, type Row } from '@openvnet/schema'
import { ApiError } from '../errors.ts'
import type { Reader } from '../store/rows.ts'
import { isMacUsed, usedMacs } from './mac.ts'
import { choose, type Span, sizeOf, toPool } from './pool.ts'

const numberOf = (mac: string): bigint => BigInt(macToNumber(mac))

const boundsOf = ({ first, last }: Span): [string, string] => [macFromNumber(first), macFromNumber(last)]

const previousOf = (reader: Reader, spans: readonly Span[], descending: boolean): bigint | undefined => {
  for (const span of descending ? spans.toReversed() : spans) {
    const [lease] = reader.between('mac_lease', 'mac_address', boundsOf(span), { descending, limit: 1 })
    if (lease !== undefined) return numberOf(lease.mac_address)
  }
  return undefined
}

/** @param group id */
export const hasRanges = (reader: Reader, group: number): boolean =>
  reader.first('mac_range', { mac_range_group_id: group }) !== undefined

/** Whether an address is in one of the ranges of a group. @param group id */
export const groupHasMac = (reader: Reader, group: number, mac: string): boolean =>
  reader
    .where('mac_range', { mac_range_group_id: group })
    .some(({ begin_mac_address, end_mac_address }) => begin_mac_address <= mac && mac <= end_mac_address)

/** @throws ApiError OutOfAddresses */
export const allocateFromMacGroup = (reader: Reader, group: Row<'mac_range_group'>): string => {
  const ranges = reader.where('mac_range', { mac_range_group_id: group.id })
  const spans = toPool(
    ranges.map((range) => ({
      first: numberOf(range.begin_mac_address),
      last: numberOf(range.end_mac_address),
    })),
  )
  const address = choose({
    spans,
    type: group.allocation_type,
    previous: previousOf(reader, spans, group.allocation_type === 'incremental'),
    isUsed: (value) => isMacUsed(reader, macFromNumber(value)),
    used: () => spans.flatMap((span) => usedMacs(reader, boundsOf(span)).map(numberOf)),
  })
  if (address !== undefined) return macFromNumber(address)
  const reason =
    spans.length === 0 ? `${group.uuid} has no range` : `all ${sizeOf(spans)} of ${group.uuid} are in use`
  throw new ApiError('OutOfAddresses', `Run out of dynamic MAC addresses: ${reason}`)
}
