/**
 * The MAC addresses of route links and datapath relations that the user does not give: from the range group `mrg-dpg`
 * where there is one with ranges (the name that the original had in its configuration), else from the pool of internal
 * addresses (`mac.ts`).
 */
import { uuidOf } from '../crud/reference.ts'
import { argumentError } from '../errors.ts'
import type { Reader } from '../store/rows.ts'
import { allocateMac, internalOwner } from './mac.ts'
import { allocateFromMacGroup, hasRanges } from './mac_allocation.ts'

/** uuid of the group. */
export const DATAPATH_MAC_GROUP = 'mrg-dpg'

/** @throws ApiError OutOfAddresses */
const allocate = (reader: Reader, owner: string): string => {
  const group = reader.byUuid('mac_range_group', DATAPATH_MAC_GROUP)
  return group !== undefined && hasRanges(reader, group.id)
    ? allocateFromMacGroup(reader, group)
    : allocateMac(reader, 'internal', owner)
}

/** The given address of a route link or a datapath relation, or an allocated one. @throws ApiError ArgumentError, OutOfAddresses */
export const internalMac = (reader: Reader, given: string | undefined, owner: string): string => {
  if (given === undefined) return allocate(reader, owner)
  const lease = reader.first('mac_lease', { mac_address: given })
  const taken =
    lease === undefined ? internalOwner(reader, given) : uuidOf(reader, 'interface', lease.interface_id)
  if (taken !== undefined) throw argumentError('mac_address', given, `already used by ${taken}`)
  return given
}
