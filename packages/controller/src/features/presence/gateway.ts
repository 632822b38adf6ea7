/**
 * Gateways of segments: ports of mode promiscuous, which lead into a layer-2 network that is not ours. A segment has one:
 * of several that are put into it the first that has a port. With two, what comes in by one would leave by the other, and
 * go round outside for ever where both lead to the same place. So it is not given to another either as long as it is not
 * known whether the first has its port: its switch may go on by flows of before.
 */
import type { Row } from '@openvnet/schema'
import { listQuery, recordQuery, type View } from '../../engine/view.ts'
import { portBindingOf } from '../../model/index_key.ts'
import type { SwitchPort } from '../../model/ports.ts'

const numbered = (dpid: string, number: number | undefined, view: View): SwitchPort | undefined =>
  number === undefined ? undefined : view.portsNumbered(number).find((port) => port.dpid === dpid)

/** The port that an interface names, on a bridge; `null` while there is none. */
const portOn = (dpid: string, row: Row<'interface'>, view: View): SwitchPort | null => {
  const { name, number } = portBindingOf(row)
  const port_no = name === undefined ? null : view.portOf(dpid, name)
  if (name === undefined || port_no === null) return numbered(dpid, number, view) ?? null
  return { dpid, name, port_no, iface_id: null }
}

/** The port of an interface that names its bridge, on that bridge; `null` while there is none. */
export const portOnOwnBridge = (row: Row<'interface'>, view: View): SwitchPort | null => {
  const dpid = view.get('datapath', row.owner_datapath_id)?.dpid
  return dpid === undefined ? null : portOn(dpid, row, view)
}

/** The way out of a segment. */
export interface Gateway {
  readonly interface: number
  readonly dpid: string
  readonly port_no: number
}

const isGateway = (row: Row<'interface'> | undefined): row is Row<'interface'> => row?.mode === 'promiscuous'

/** Virtual segments that a gateway is for: one for each VLAN of its port, and one untagged; the lowest id where two have the same. */
export const segmentsOfGateway = listQuery<number>('segments of gateway', (id, view) => {
  const row = view.get('interface', id)
  if (!isGateway(row)) return []
  const associated = view.list('interface_segment.interface_id', id).map(({ segment_id }) => segment_id)
  const named = row.segment_id === null ? [] : [row.segment_id]
  const byTag = new Map<number | null, number>()
  for (const id of [...associated, ...named].sort((a, b) => a - b)) {
    const segment = view.get('segment', id)
    if (segment?.mode === 'virtual' && !byTag.has(segment.vlan_id)) byTag.set(segment.vlan_id, id)
  }
  return [...byTag.values()]
})

/** Whether the bridge of a gateway without a known port may have it nevertheless: it has not told of its ports. */
const mayHaveIt = (row: Row<'interface'>, view: View): boolean => {
  const dpid = view.get('datapath', row.owner_datapath_id)?.dpid
  return dpid !== undefined && !view.isDescribed(dpid)
}

/** The gateway of a segment; `null` while there is none with a port. */
export const gatewayOfSegment = recordQuery<Gateway>('gateway of segment', (id, view) => {
  const named = view.list('interface.gateway', id)
  const associated = view
    .list('interface_segment.segment_id', id)
    .flatMap(({ interface_id }) => view.get('interface', interface_id) ?? [])
  const candidates = [...named, ...associated].filter(isGateway).sort((a, b) => a.id - b.id)
  for (const row of candidates) {
    if (!view.query(segmentsOfGateway, row.id).includes(id)) continue
    const port = portOnOwnBridge(row, view)
    if (port !== null) return { interface: row.id, dpid: port.dpid, port_no: port.port_no }
    if (mayHaveIt(row, view)) return null
  }
  return null
})
