/**
 * An IP lease joins a network, a MAC lease and an interface. Of the last two either gives the other: the interface is
 * that of the MAC lease, the MAC lease is the interface's first. Without both its address is reserved.
 */
import { AUTO, type Row } from '@openvnet/schema'
import type { Behaviour, Draft, Work } from '../crud/behaviour.ts'
import { uuidOf } from '../crud/reference.ts'
import { plainShape } from '../crud/shape.ts'
import { missingArgument } from '../errors.ts'
import { checkAddress } from '../rules/address.ts'
import { checkOwner, ownerOf } from '../rules/attachment.ts'
import { allocateAddress } from '../rules/ip_allocation.ts'
import { beforeLeasesGo } from '../rules/topology.ts'
import type { Reader } from '../store/rows.ts'

const plainOf = (reader: Reader, name: 'mac_lease' | 'interface' | 'network', id: number | null) => {
  const row = id === null ? undefined : reader.byId(name, id)
  return row === undefined ? null : plainShape(reader, name, row)
}

/** @throws ApiError OutOfAddresses, ArgumentError */
const allocate = (
  work: Work,
  network: Row<'network'>,
  { extra }: Draft<'ip_lease'>,
  macLease: number | null,
) => {
  const mac = macLease === null ? null : (work.byId('mac_lease', macLease)?.mac_address ?? null)
  return allocateAddress(work, network, { family: extra.get('ipv6_address') === AUTO ? 6 : 4, mac })
}

export const ipLease: Behaviour<'ip_lease'> = {
  complete: (work, draft) => {
    const { mac_lease_id = null, interface_id = null, address } = draft.values
    if (address === undefined) throw missingArgument('ipv4_address')
    const owner = ownerOf(work, { mac_lease_id, interface_id })
    const network = work.byId('network', draft.values.network_id as number) as Row<'network'>
    if (address === AUTO) {
      return { ...owner, address: allocate(work, network, draft, owner.mac_lease_id) }
    }
    checkAddress(network, address)
    return owner
  },
  created: (work, row) => checkOwner(work, row.interface_id),
  deleting: (work, row) => beforeLeasesGo(work, () => [row.id]),
  shape: (reader, row, plain) => ({
    ...plain,
    mac_lease: plainOf(reader, 'mac_lease', row.mac_lease_id),
    interface: plainOf(reader, 'interface', row.interface_id),
    ip_address: {
      network_id: row.network_id,
      ipv4_address: plain['ipv4_address'],
      ipv6_address: plain['ipv6_address'],
      network: plainOf(reader, 'network', row.network_id),
    },
  }),
  describe: (reader, row) => {
    const owner = row.interface_id === null ? row.uuid : uuidOf(reader, 'interface', row.interface_id)
    return `${owner} in ${uuidOf(reader, 'network', row.network_id)}`
  },
}
