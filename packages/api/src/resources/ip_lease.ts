/**
 * An IP lease joins a network, a MAC lease and an interface. Of the last two either gives the other: the interface is
 * that of the MAC lease, the MAC lease is the interface's first.
 */
import type { Row } from '@openvnet/schema'
import type { Behaviour, Draft, Work } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { plainShape } from '../crud/shape.ts'
import { argumentError, missingArgument } from '../errors.ts'
import { checkAddress, checkAddressesOnce } from '../rules/address.ts'
import { checkMacs } from '../rules/mac.ts'

const firstMacLease = (work: Work, interfaceId: number): Row<'mac_lease'> => {
  const lease = work.first('mac_lease', { interface_id: interfaceId })
  if (lease !== undefined) return lease
  throw argumentError(
    'interface_uuid',
    uuidOf(work, 'interface', interfaceId),
    'has no MAC lease; make one first',
  )
}

const macLeaseOf = (work: Work, { values }: Draft<'ip_lease'>): Row<'mac_lease'> => {
  const { mac_lease_id: macLeaseId, interface_id: interfaceId } = values
  if (macLeaseId === undefined) {
    if (interfaceId === undefined) throw missingArgument('interface_uuid')
    return firstMacLease(work, interfaceId)
  }
  const lease = work.byId('mac_lease', macLeaseId) as Row<'mac_lease'>
  if (interfaceId !== undefined && interfaceId !== lease.interface_id) {
    const owner = uuidOf(work, 'interface', lease.interface_id)
    throw argumentError('mac_lease_uuid', lease.uuid, `belongs to ${owner}, not to the given interface`)
  }
  return lease
}

export const ipLease: Behaviour<'ip_lease'> = {
  complete: (work, draft) => {
    const lease = macLeaseOf(work, draft)
    checkAddress(
      work.byId('network', draft.values.network_id as number) as Row<'network'>,
      draft.values.address as string,
    )
    return { mac_lease_id: lease.id, interface_id: lease.interface_id }
  },
  created: (work, row) => {
    checkAddressesOnce(work, row.interface_id)
    checkMacs(work, row.interface_id)
  },
  shape: (reader, row, plain) => {
    const lease = reader.byId('mac_lease', row.mac_lease_id)
    const owner = reader.byId('interface', row.interface_id)
    const network = reader.byId('network', row.network_id)
    return {
      ...plain,
      mac_lease: lease === undefined ? null : plainShape(reader, 'mac_lease', lease),
      interface: owner === undefined ? null : plainShape(reader, 'interface', owner),
      ip_address: {
        network_id: row.network_id,
        ipv4_address: row.address,
        network: network === undefined ? null : plainShape(reader, 'network', network),
      },
    }
  },
  describe: (reader, row) =>
    `${uuidOf(reader, 'interface', row.interface_id)} in ${uuidOf(reader, 'network', row.network_id)}`,
}
