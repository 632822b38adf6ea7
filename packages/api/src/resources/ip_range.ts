/** A range of IP addresses goes upwards. Answers show numbers, as the original did. */
import { toIpAddress } from '@openvnet/schema'
import type { Behaviour } from '../crud/behaviour.ts'
import { argumentError } from '../errors.ts'

export const ipRange: Behaviour<'ip_range'> = {
  complete: (_work, { values }) => {
    const { begin_address: begin = '', end_address: end = '' } = values
    if (toIpAddress(begin).value > toIpAddress(end).value) {
      throw argumentError('end_ipv4_address', end, `is before ${begin}, where the range begins`)
    }
    return {}
  },
  shape: (_reader, row, plain) => ({
    ...plain,
    begin_ipv4_address: Number(toIpAddress(row.begin_address).value),
    end_ipv4_address: Number(toIpAddress(row.end_address).value),
    range: `${row.begin_address}-${row.end_address}`,
  }),
}
