/** The ports of guests: which interface and network they are by port and VLAN tag, and how packets get out of them. */
import type { Row } from '@openvnet/schema'
import type { View } from '../../engine/view.ts'
import { ANY_TAG, popVlan, setSlice, VLAN_PRESENT } from '../../pipeline/actions.ts'
import { macNumber } from '../../pipeline/addresses.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import {
  carriesTags,
  networkName,
  networksOfInterface,
  onlyNetwork,
  type PlacedPort,
} from '../presence/queries.ts'
import { classifyTable } from './tables.ts'
import { outputInVlan, outputTo } from './trunks.ts'

/** Tags of guests stay on their frames where each network of the interface lets them: the address would decide too late. */
const mayTag = (interfaceId: number, view: View): boolean => {
  const networks = view.query(networksOfInterface, interfaceId)
  return networks.length > 0 && networks.every((network) => view.query(carriesTags, network))
}

type Tags = 'none' | 'any' | { readonly vlan_id: number }

const classifySender = (row: Row<'interface'>, view: View) => {
  const network = onlyNetwork(row.id, view)
  return {
    where: network === undefined ? '' : ` in ${networkName(network, view)}`,
    sender: [
      setSlice('ingress_interface', row.id),
      ...(network === undefined ? [] : [setSlice('domain', network)]),
    ],
  }
}

/** What guests send with such tags on a port. */
const classifyGuest = (row: Row<'interface'>, port_no: number, tags: Tags, view: View): FlowDraft => {
  const { sender, where } = classifySender(row, view)
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

/** Who shares a VLAN of a port with others is known by the MAC address. */
const classifyShared = (row: Row<'interface'>, { port_no, vlan_id }: PlacedPort, view: View): FlowDraft[] => {
  const { sender, where } = classifySender(row, view)
  return view.list('mac_lease.interface_id', row.id).map(({ mac_address }) =>
    classifyTable.flow({
      priority: vlan_id === undefined ? PRIORITY.ordinary : PRIORITY.highest,
      match: {
        in_port: port_no,
        ...(vlan_id === undefined ? {} : { vlan_vid: VLAN_PRESENT | vlan_id }),
        eth_src: macNumber(mac_address),
      },
      steps: [...(vlan_id === undefined ? [] : [popVlan()]), ...sender],
      goto: 'port_security',
      why: () =>
        `${mac_address}${vlan_id === undefined ? '' : ` in VLAN ${vlan_id}`} on port ${port_no} is ${row.uuid}${where}.`,
    }),
  )
}

/** How the port of a guest, or its part of one, is got from and to. */
export const guestFlows = (row: Row<'interface'>, port: PlacedPort, view: View): FlowDraft[] => {
  const { port_no, vlan_id } = port
  if (port.isShared === true) return [...classifyShared(row, port, view), outputTo(row, port_no, vlan_id)]
  if (vlan_id !== undefined)
    return [classifyGuest(row, port_no, { vlan_id }, view), ...outputInVlan(row, port_no, vlan_id, view)]
  return [
    classifyGuest(row, port_no, 'none', view),
    ...(mayTag(row.id, view) ? [classifyGuest(row, port_no, 'any', view)] : []),
    outputTo(row, port_no),
  ]
}
