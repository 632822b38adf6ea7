/** A range of MAC addresses goes upwards and has no multicast address in between. Answers show numbers, as the original did. */
import { macToNumber } from '@openvnet/schema'
import type { Behaviour } from '../crud/behaviour.ts'
import { argumentError } from '../errors.ts'

const firstOctet = (mac: string): string => mac.slice(0, 2)

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
  shape: (_reader, row, plain) => ({
    ...plain,
    begin_mac_address: macToNumber(row.begin_mac_address),
    end_mac_address: macToNumber(row.end_mac_address),
    range: `${row.begin_mac_address}-${row.end_mac_address}`,
  }),
}
