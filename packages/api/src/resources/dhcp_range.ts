/** A DHCP range lies in its network and goes upwards. */
import { familyOf, type Row, toIpAddress } from '@openvnet/schema'
import type { Behaviour } from '../crud/behaviour.ts'
import { argumentError } from '../errors.ts'
import { isInNetwork } from '../rules/address.ts'
import { subnetsText } from '../rules/subnet.ts'

export const dhcpRange: Behaviour<'dhcp_range'> = {
  complete: (work, { values }) => {
    const { begin_address: begin = '', end_address: end = '' } = values
    const network = work.byId('network', values.network_id as number) as Row<'network'>
    for (const [parameter, address] of Object.entries({ range_begin: begin, range_end: end })) {
      if (isInNetwork(network, address)) continue
      throw argumentError(
        parameter,
        address,
        `is outside of ${network.uuid}, which is ${subnetsText(network)}`,
      )
    }
    if (familyOf(begin) !== familyOf(end)) {
      throw argumentError('range_end', end, `${begin} is of another address family`)
    }
    if (toIpAddress(begin).value <= toIpAddress(end).value) return {}
    throw argumentError('range_end', end, `is before ${begin}, where the range begins`)
  },
}
