/** A range of IP addresses goes upwards. Answers show IPv4 addresses as numbers, as the original did. */
import { familyOf, toIpAddress } from '@openvnet/schema'
import type { Behaviour, Work } from '../crud/behaviour.ts'
import { argumentError, missingArgument } from '../errors.ts'
import { familyName, familyText } from '../rules/subnet.ts'

/** All ranges of a group are of one family. @throws ApiError ArgumentError */
const checkFamily = (work: Work, group: number, begin: string): void => {
  const [other] = work.where('ip_range', { ip_range_group_id: group })
  const family = familyOf(begin)
  if (other === undefined || familyOf(other.begin_address) === family) return
  throw argumentError(
    `begin_${familyName(family)}_address`,
    begin,
    `the group has ${familyText(familyOf(other.begin_address))} addresses (${other.uuid}); make another group for ${familyText(family)}`,
  )
}

export const ipRange: Behaviour<'ip_range'> = {
  complete: (work, { values }) => {
    const { begin_address: begin, end_address: end } = values
    if (begin === undefined) throw missingArgument('begin_ipv4_address')
    const name = familyName(familyOf(begin))
    if (end === undefined) throw missingArgument(`end_${name}_address`)
    if (familyOf(end) !== familyOf(begin)) {
      const other = familyName(familyOf(end))
      throw argumentError(`end_${other}_address`, end, `${begin} is of another address family`)
    }
    if (toIpAddress(begin).value > toIpAddress(end).value) {
      throw argumentError(`end_${name}_address`, end, `is before ${begin}, where the range begins`)
    }
    checkFamily(work, values.ip_range_group_id as number, begin)
    return {}
  },
  shape: (_reader, row, plain) => ({
    ...plain,
    ...(familyOf(row.begin_address) === 4
      ? {
          begin_ipv4_address: Number(toIpAddress(row.begin_address).value),
          end_ipv4_address: Number(toIpAddress(row.end_address).value),
        }
      : {}),
    range: `${row.begin_address}-${row.end_address}`,
  }),
}
