/** The address of a record is shown as a number, as the original did. */
import { toIpAddress } from '@openvnet/schema'
import type { Behaviour } from '../crud/behaviour.ts'

export const dnsRecord: Behaviour<'dns_record'> = {
  shape: (_reader, row, plain) => ({
    ...plain,
    ipv4_address: Number(toIpAddress(row.address).value),
    address: row.address,
  }),
}
