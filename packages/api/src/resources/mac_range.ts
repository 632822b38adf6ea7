/** A range of MAC addresses goes upwards and has no multicast address in between. Answers show numbers, as the original did. */
import { macToNumber } from '@openvnet/schema'
import type { Behaviour } from '../crud/behaviour.ts'
import { argumentError } from '../errors.ts'
import { beforeMacsGo, cellsOfUnderlay, settle } from '../rules/topology.ts'
import type { Reader } from '../store/rows.ts'

const firstOctet = (mac: string): string => mac.slice(0, 2)

/** By which a group is one of underlays. */
const membersOf = (reader: Reader, group: number) =>
  reader.where('topology_mac_range_group', { mac_range_group_id: group })

export const macRange: Behaviour<'mac_range'> = {
  complete: (_work, { values }) => {
    const { begin_mac_address: begin = '', end_mac_address: end = '' } = values
    if (begin > end) throw argumentError('end_mac_address', end, `is before ${begin}, where the range begins`)
    if (firstOctet(begin) !== firstOctet(end)) {
      const reason = `has multicast addresses between ${begin} and it; give a range for each first octet`
      throw argumentError('end_mac_address', end, reason)
    }
    return {}
  },
  /** The first range makes the group one that gives addresses. */
  created: (work, row) => {
    if (work.count('mac_range', { mac_range_group_id: row.mac_range_group_id }) > 1) return
    for (const { topology_id } of membersOf(work, row.mac_range_group_id))
      settle(work, cellsOfUnderlay(work, topology_id))
  },
  deleting: (work, row) => {
    const ids = membersOf(work, row.mac_range_group_id).map(({ id }) => id)
    return beforeMacsGo(work, ids, (mac) => row.begin_mac_address <= mac && mac <= row.end_mac_address)
  },
  shape: (_reader, row, plain) => ({
    ...plain,
    begin_mac_address: macToNumber(row.begin_mac_address),
    end_mac_address: macToNumber(row.end_mac_address),
    range: `${row.begin_mac_address}-${row.end_mac_address}`,
  }),
}
