/**
 * The members of topologies. An underlay has bridges and networks; an overlay has networks and routers and lies on
 * underlays. What they imply is kept in the rows of datapaths.
 */
import type { ResourceName, Row } from '@openvnet/schema'
import type { Behaviour, Draft, Work } from '../crud/behaviour.ts'
import { rowOf, uuidOf } from '../crud/reference.ts'
import { argumentError } from '../errors.ts'
import {
  beforeMacsGo,
  cellsOfBridge,
  cellsOfLayer,
  cellsOfMember,
  cellsOfUnderlay,
  IMPLIED,
  type Kind,
  settle,
} from '../rules/topology.ts'
import type { Cells, Stored } from '../store/columns.ts'
import type { Reader } from '../store/rows.ts'

type Mode = 'simple_overlay' | 'simple_underlay'

/** @throws ApiError ArgumentError unless the topology has one of these modes */
const checkMode = (reader: Reader, id: number, parameter: string, mode: Mode, what: string): void => {
  const row = reader.byId('topology', id)
  if (row?.mode === mode) return
  throw argumentError(parameter, row?.uuid, `is a ${row?.mode}: ${what} are for a ${mode}`)
}

type Place = Pick<Row<'topology_datapath'>, 'datapath_id' | 'interface_id'> & {
  readonly ip_lease_id?: number
}

/** The address of the bridge in the underlay. @throws ApiError ArgumentError */
const leaseOf = (work: Work, values: Place): number => {
  const interfaceId = values.interface_id
  const owner = uuidOf(work, 'interface', interfaceId)
  const lease =
    values.ip_lease_id === undefined
      ? work.first('ip_lease', { interface_id: interfaceId })
      : work.byId('ip_lease', values.ip_lease_id)
  if (lease === undefined) throw argumentError('interface_uuid', owner, 'has no IP lease; make one first')
  if (lease.interface_id === interfaceId) return lease.id
  throw argumentError('ip_lease_uuid', lease.uuid, `does not belong to ${owner}`)
}

/** @throws ApiError ArgumentError */
const checkHost = (work: Work, values: Place): void => {
  const row = work.byId('interface', values.interface_id)
  const owner = row?.owner_datapath_id ?? null
  if (owner === null || owner === values.datapath_id) return
  throw argumentError('interface_uuid', row?.uuid, `is on ${uuidOf(work, 'datapath', owner)}, another bridge`)
}

export const topologyDatapath: Behaviour<'topology_datapath'> = {
  complete: (work, draft) => {
    checkMode(work, draft.values.topology_id as number, 'uuid', 'simple_underlay', 'bridges')
    checkHost(work, draft.values as Place)
    return { ip_lease_id: leaseOf(work, draft.values as Place) }
  },
  /** An address of the interface before is none of this one: then it is its first. */
  updated: (work, row, before) => {
    checkHost(work, row)
    const { datapath_id, interface_id } = row
    const isSaid = row.ip_lease_id !== before.ip_lease_id || interface_id === before.interface_id
    const ip_lease_id = leaseOf(work, isSaid ? row : { datapath_id, interface_id })
    if (ip_lease_id !== row.ip_lease_id) work.update('topology_datapath', row.id, { ip_lease_id })
    settle(work, cellsOfBridge(work, row.topology_id, datapath_id))
  },
  created: (work, row) => settle(work, cellsOfBridge(work, row.topology_id, row.datapath_id)),
  deleting: (work, row) => () => settle(work, cellsOfBridge(work, row.topology_id, row.datapath_id)),
}

export const topologyLayer: Behaviour<'topology_layer'> = {
  complete: (work, { values }) => {
    checkMode(work, values.overlay_id as number, 'uuid', 'simple_overlay', 'underlays')
    checkMode(work, values.underlay_id as number, 'underlay_uuid', 'simple_underlay', 'bridges')
    return {}
  },
  created: (work, row) => settle(work, cellsOfLayer(work, row.overlay_id, row.underlay_id)),
  deleting: (work, row) => () => settle(work, cellsOfLayer(work, row.overlay_id, row.underlay_id)),
}

const memberBehaviour = <N extends (typeof IMPLIED)[number]['members']>(members: N): Behaviour<N> => {
  const kind = IMPLIED.find((one) => one.members === members) as Kind
  const follow = (work: Work, row: Stored<N>): void => {
    const cells = row as unknown as Cells
    const [topology, member] = [cells['topology_id'], cells[kind.column]] as [number, number]
    settle(work, cellsOfMember(work, topology, kind, member))
  }
  return { created: follow, deleting: (work, row) => () => follow(work, row) }
}

export const topologyNetwork = memberBehaviour('topology_network')

export const topologySegment = memberBehaviour('topology_segment')

export const topologyMacRangeGroup: Behaviour<'topology_mac_range_group'> = {
  complete: (work, { values }) => {
    checkMode(work, values.topology_id as number, 'uuid', 'simple_underlay', 'MAC range groups')
    return {}
  },
  created: (work, row) => settle(work, cellsOfUnderlay(work, row.topology_id)),
  deleting: (work, row) => beforeMacsGo(work, [row.id]),
}

export const topologyRouteLink: Behaviour<'topology_route_link'> = {
  ...memberBehaviour('topology_route_link'),
  complete: (work, { values }) => {
    checkMode(work, values.topology_id as number, 'uuid', 'simple_overlay', 'routers')
    return {}
  },
}

/** The parameter `topology_uuid` of what is made. @throws ApiError UnknownUUIDResource */
export const joinTopology = <N extends ResourceName>(
  work: Work,
  members: (typeof IMPLIED)[number]['members'],
  row: Stored<N>,
  { extra }: Draft<N>,
): void => {
  const uuid = extra.get('topology_uuid')
  if (typeof uuid !== 'string') return
  const column = IMPLIED.find((kind) => kind.members === members)?.column ?? ''
  const topology = rowOf(work, 'topology', 'topology_uuid', uuid)
  work.create(members, { topology_id: topology.id, [column]: row.id })
}
