/** A MAC lease that moves to another interface takes its IP leases along and gets into its segment. */
import type { Behaviour } from '../crud/behaviour.ts'
import { plainShape } from '../crud/shape.ts'
import { checkOwner } from '../rules/attachment.ts'
import { checkMacs } from '../rules/mac.ts'
import { segmentOfMacLease } from '../rules/segment.ts'
import { beforeLeasesGo, followLeases } from '../rules/topology.ts'

export const macLease: Behaviour<'mac_lease'> = {
  complete: (work, { values }) => ({
    segment_id: segmentOfMacLease(work, values.interface_id as number, values.segment_id ?? null),
  }),
  created: (work, row) => checkMacs(work, row.interface_id),
  updated: (work, row, before) => {
    const own = work.byId('interface', row.interface_id)?.segment_id ?? null
    if (own !== row.segment_id) work.update('mac_lease', row.id, { segment_id: own })
    const leases = work.where('ip_lease', { mac_lease_id: row.id })
    for (const { id } of leases) work.update('ip_lease', id, { interface_id: row.interface_id })
    if (row.interface_id !== before.interface_id) {
      followLeases(
        work,
        leases.map(({ id }) => id),
      )
    }
    checkOwner(work, row.interface_id)
  },
  shown: [{ name: 'ip_lease', column: 'mac_lease_id' }],
  deleting: (work, row) =>
    beforeLeasesGo(work, () => work.cells('ip_lease', 'id', { mac_lease_id: row.id }) as number[]),
  shape: (reader, row, plain) => {
    const owner = reader.byId('interface', row.interface_id)
    return {
      ...plain,
      interface: owner === undefined ? null : plainShape(reader, 'interface', owner),
      ip_leases: reader
        .where('ip_lease', { mac_lease_id: row.id })
        .map((lease) => plainShape(reader, 'ip_lease', lease)),
    }
  },
  describe: (reader, row) => reader.byId('interface', row.interface_id)?.uuid ?? row.uuid,
}
