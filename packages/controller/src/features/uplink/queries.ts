/** Uplinks: the ports of bridges that lead into physical networks, and into which. */
import type { Row } from '@openvnet/schema'
import { listQuery, recordQuery, type View } from '../../engine/view.ts'
import { portBindingOf } from '../../model/index_key.ts'
import type { SwitchPort } from '../../model/ports.ts'

/** Interfaces that have a port which leads outside. */
const isUplink = ({ mode }: Row<'interface'>): boolean => mode === 'host' || mode === 'patch'

const numbered = (dpid: string, number: number | undefined, view: View): SwitchPort | undefined =>
  number === undefined ? undefined : view.portsNumbered(number).find((port) => port.dpid === dpid)

const portOn = (dpid: string, row: Row<'interface'>, view: View): SwitchPort | null => {
  const { name, number } = portBindingOf(row)
  const port_no = name === undefined ? null : view.portOf(dpid, name)
  if (name === undefined || port_no === null) return numbered(dpid, number, view) ?? null
  return { dpid, name, port_no, iface_id: null }
}

/** The port of an uplink on the bridge that owns it; `null` while there is none. */
export const uplinkOf = recordQuery<SwitchPort>('port of uplink', (id, view) => {
  const row = view.get('interface', id)
  const dpid = view.get('datapath', row?.owner_datapath_id ?? null)?.dpid
  return row === undefined || dpid === undefined || !isUplink(row) ? null : portOn(dpid, row, view)
})

/** The switch of an uplink: none or one datapath id. */
export const switchOfUplink = listQuery<string>('switch of uplink', (id, view) => {
  const row = view.get('interface', id)
  // Nearly all are guests: they need no result of their own.
  if (row === undefined || !isUplink(row)) return []
  const port = view.query(uplinkOf, id)
  return port === null ? [] : [port.dpid]
})

/** A physical network that an uplink leads into. */
export interface CarriedNetwork {
  readonly network: number
  /** 1 to 4094; `null`: untagged. */
  readonly vlan_id: number | null
}

const candidates = (id: number, view: View): readonly number[] => {
  const named = view.get('interface', id)?.network_id ?? null
  const ids = [
    ...view.list('ip_lease.interface_id', id).map(({ network_id }) => network_id),
    ...view.list('interface_network.interface_id', id).map(({ network_id }) => network_id),
    ...(named === null ? [] : [named]),
  ]
  return [...new Set(ids)].sort((a, b) => a - b)
}

/** The physical networks that an uplink is for: one for each tag, and one without; the lowest id where two have the same. */
const networksFor = recordQuery<readonly CarriedNetwork[]>('networks that uplink is for', (id, view) => {
  const byTag = new Map<number | null, CarriedNetwork>()
  for (const network of candidates(id, view)) {
    const row = view.get('network', network)
    if (row?.mode !== 'physical' || byTag.has(row.vlan_id)) continue
    byTag.set(row.vlan_id, { network, vlan_id: row.vlan_id })
  }
  return [...byTag.values()]
})

/** Uplinks of the same bridge with a lower id and a port. */
const uplinksBefore = (id: number, view: View): readonly number[] =>
  view
    .list('interface.owner_datapath_id', view.get('interface', id)?.owner_datapath_id ?? 0)
    .filter((row) => row.id < id && isUplink(row) && view.query(uplinkOf, row.id) !== null)
    .map((row) => row.id)

/**
 * The physical networks that an uplink leads into. Of several of one bridge the first that is there carries a network,
 * both ways: else what comes in by one would leave by the other, and go round outside for ever.
 */
export const networksOfUplink = recordQuery<readonly CarriedNetwork[]>('networks of uplink', (id, view) => {
  const carried = uplinksBefore(id, view).flatMap((other) => view.query(networksFor, other) ?? [])
  const taken = new Set(carried.map(({ network }) => network))
  return (view.query(networksFor, id) ?? []).filter(({ network }) => !taken.has(network))
})
