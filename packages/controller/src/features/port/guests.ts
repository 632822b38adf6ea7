/** The ports of guests: which interface and network they are by port and VLAN tag, and how packets get out of them. */
import type { Row } from '@openvnet/schema'
import { type View, valueQuery } from '../../engine/view.ts'
import { ANY_TAG, output, popVlan, setSlice, VLAN_PRESENT } from '../../pipeline/actions.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { networkName, networksOfInterface, type PlacedPort } from '../presence/queries.ts'
import { classifyTable, outputTable } from './tables.ts'
import { outputInVlan } from './trunks.ts'

/** An interface in one network is known by its port alone; in several, the address it sends with decides. */
export const onlyNetwork = (interfaceId: number, view: View): number | undefined => {
  const networks = view.query(networksOfInterface, interfaceId)
  return networks.length === 1 ? networks[0] : undefined
}

export const outputTo = ({ id, uuid }: Row<'interface'>, port_no: number): FlowDraft =>
  outputTable.flow({
    priority: PRIORITY.ordinary,
    match: { egress_interface: id },
    steps: [output(port_no)],
    why: () => `${uuid} is behind port ${port_no}.`,
  })

/**
 * Whether guests of a network may send frames with VLAN tags. Outside of virtual networks a tag would be that of another
 * network.
 */
const isTransparent = valueQuery<boolean>('transparent network', (id, view) => {
  const network = view.get('network', id)
  return network?.vlan_transparent === true && network.mode === 'virtual'
})

/** Tags of guests stay on their frames where each network of the interface lets them: the address would decide too late. */
const mayTag = (interfaceId: number, view: View): boolean => {
  const networks = view.query(networksOfInterface, interfaceId)
  return networks.length > 0 && networks.every((network) => view.query(isTransparent, network))
}

type Tags = 'none' | 'any' | { readonly vlan_id: number }

/** What guests send with such tags on a port. */
const classifyGuest = (row: Row<'interface'>, port_no: number, tags: Tags, view: View): FlowDraft => {
  const network = onlyNetwork(row.id, view)
  const where = network === undefined ? '' : ` in ${networkName(network, view)}`
  const sender = [
    setSlice('ingress_interface', row.id),
    ...(network === undefined ? [] : [setSlice('domain', network)]),
  ]
  const flow = { steps: sender, goto: 'port_security' } as const
  if (tags === 'none')
    return classifyTable.flow({
      ...flow,
      priority: PRIORITY.ordinary,
      match: { in_port: port_no },
      why: () => `Port ${port_no} is ${row.uuid}${where}.`,
    })
  if (tags === 'any')
    return classifyTable.flow({
      ...flow,
      priority: PRIORITY.higher,
      match: { in_port: port_no, vlan_vid: ANY_TAG },
      why: () => `${row.uuid}${where} may send frames with VLAN tags.`,
    })
  return classifyTable.flow({
    ...flow,
    priority: PRIORITY.highest,
    match: { in_port: port_no, vlan_vid: VLAN_PRESENT | tags.vlan_id },
    steps: [popVlan(), ...sender],
    why: () => `VLAN ${tags.vlan_id} of port ${port_no} is ${row.uuid}${where}.`,
  })
}

/** How the port of a guest, or its part of one, is got from and to. */
export const guestFlows = (
  row: Row<'interface'>,
  { port_no, vlan_id }: PlacedPort,
  view: View,
): FlowDraft[] => {
  if (vlan_id !== undefined)
    return [classifyGuest(row, port_no, { vlan_id }, view), ...outputInVlan(row, port_no, vlan_id)]
  return [
    classifyGuest(row, port_no, 'none', view),
    ...(mayTag(row.id, view) ? [classifyGuest(row, port_no, 'any', view)] : []),
    outputTo(row, port_no),
  ]
}
