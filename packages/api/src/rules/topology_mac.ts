/**
 * The MAC addresses of what topologies imply: from the first MAC range group of the underlay that has ranges, else from
 * the pool of internal addresses. A row knows the group that its address is from. One that may stay stays.
 */
import type { Row } from '@openvnet/schema'
import type { Reader } from '../store/rows.ts'
import { allocateFromMacGroup, groupHasMac, hasRanges } from './mac_allocation.ts'

/** The group from which an underlay takes addresses, as the row by which it is a group of the underlay. */
export const macGroupOf = (reader: Reader, underlay: number): number | null =>
  reader
    .where('topology_mac_range_group', { topology_id: underlay })
    .find(({ mac_range_group_id }) => hasRanges(reader, mac_range_group_id))?.id ?? null

const groupAt = (reader: Reader, id: number | null): Row<'mac_range_group'> | undefined => {
  const member = id === null ? undefined : reader.byId('topology_mac_range_group', id)
  return member === undefined ? undefined : reader.byId('mac_range_group', member.mac_range_group_id)
}

/** A free address of the group, where there is one. @throws ApiError OutOfAddresses */
export const macOf = (reader: Reader, id: number | null): string | undefined => {
  const group = groupAt(reader, id)
  return group === undefined ? undefined : allocateFromMacGroup(reader, group)
}

/** Whether the address of a row may be the one of a row with this group. */
export const mayKeepMac = (
  reader: Reader,
  row: Pick<Row<'datapath_network'>, 'mac_address' | 'topology_mac_range_group_id'>,
  id: number | null,
): boolean => {
  const group = groupAt(reader, id)
  if (group === undefined) return row.topology_mac_range_group_id === null
  return groupHasMac(reader, group.id, row.mac_address)
}
