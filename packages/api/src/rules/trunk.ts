/**
 * Trunks: a guest's port that has sub-interfaces, each in a VLAN of its own. A sub-interface has no port but that, and is
 * wherever its trunk is. A trunk is none of another. Behind an edge many share a VLAN, which follows from their network.
 */
import type { Row } from '@openvnet/schema'
import { uuidOf } from '../crud/reference.ts'
import { argumentError, missingArgument } from '../errors.ts'
import type { Reader } from '../store/rows.ts'

type Interface = Partial<Row<'interface'>>

const PORTS = ['port_name', 'port_number', 'iface_id'] as const

/** @throws ApiError ArgumentError */
const checkOwnPort = (reader: Reader, row: Interface, trunk: string): void => {
  const reason = `a sub-interface has no port of its own: it is on that of ${trunk}`
  const named = PORTS.find((name) => (row[name] ?? null) !== null)
  if (named !== undefined) throw argumentError(named, row[named], reason)
  const owner = row.owner_datapath_id ?? null
  if (owner !== null) throw argumentError('owner_datapath_uuid', uuidOf(reader, 'datapath', owner), reason)
}

/** @throws ApiError ArgumentError, MissingArgument unless it is a sub-interface as a whole, or none at all */
export const checkTrunk = (reader: Reader, row: Interface): void => {
  const vlan_id = row.vlan_id ?? null
  const trunk = reader.byId('interface', row.trunk_interface_id ?? 0)
  if (trunk === undefined) {
    if (vlan_id === null) return
    throw argumentError(
      'vlan_id',
      vlan_id,
      'is a VLAN on the port of a trunk; name it with trunk_interface_uuid',
    )
  }
  if (trunk.mode === 'edge') {
    if (vlan_id !== null)
      throw argumentError('vlan_id', vlan_id, `follows from the vlan_translations of the edge ${trunk.uuid}`)
  } else if (vlan_id === null) throw missingArgument('vlan_id')
  if (trunk.trunk_interface_id !== null) {
    const above = uuidOf(reader, 'interface', trunk.trunk_interface_id)
    throw argumentError(
      'trunk_interface_uuid',
      trunk.uuid,
      `is a sub-interface of ${above} itself; make it one of ${above} too`,
    )
  }
  if (trunk.mode !== 'vif' && trunk.mode !== 'edge') {
    throw argumentError(
      'trunk_interface_uuid',
      trunk.uuid,
      `has mode ${trunk.mode}; a trunk is a port of a guest, vif, or an edge`,
    )
  }
  if (row.mode !== 'vif') throw argumentError('mode', row.mode, 'a sub-interface is one of a guest, vif')
  checkOwnPort(reader, row, trunk.uuid)
}
