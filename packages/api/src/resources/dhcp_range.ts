/** A DHCP range lies in its network and goes upwards. */
import { cidrContains, formatCidr, type Row, toCidr, toIpAddress } from '@openvnet/schema'
import type { Behaviour } from '../crud/behaviour.ts'
import { argumentError } from '../errors.ts'

export const dhcpRange: Behaviour<'dhcp_range'> = {
  complete: (work, { values }) => {
    const { begin_address: begin = '', end_address: end = '' } = values
    const network = work.byId('network', values.network_id as number) as Row<'network'>
    const subnet = toCidr(network.ipv4_network, network.ipv4_prefix)
    for (const [parameter, address] of Object.entries({ range_begin: begin, range_end: end })) {
      if (cidrContains(subnet, toIpAddress(address))) continue
      throw argumentError(parameter, address, `is outside of ${network.uuid}, which is ${formatCidr(subnet)}`)
    }
    if (toIpAddress(begin).value <= toIpAddress(end).value) return {}
    throw argumentError('range_end', end, `is before ${begin}, where the range begins`)
  },
}
