/**
 * How packets get to guests: by their port, to sub-interfaces of trunks by the port of the trunk, with their tag. A trunk and its sub-interfaces
 * share the port, and a switch sends nothing out of the port that it came from by itself: between them it is told to.
 */
import type { Row } from '@openvnet/schema'
import type { View } from '../../engine/view.ts'
import { output, outputToIngress, pushVlan, VLAN_PRESENT } from '../../pipeline/actions.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { carriesTags, domainsOfInterface } from '../presence/queries.ts'
import { outputTable } from './tables.ts'

/** By a port. @param vlan_id of the interface there; absent: untagged */
export const outputTo = ({ id, uuid }: Row<'interface'>, port_no: number, vlan_id?: number): FlowDraft =>
  outputTable.flow({
    priority: PRIORITY.ordinary,
    match: { egress_interface: id },
    steps: [...(vlan_id === undefined ? [] : [pushVlan(vlan_id)]), output(port_no)],
    why: () => `${uuid} is behind port ${port_no}${vlan_id === undefined ? '' : ` in VLAN ${vlan_id}`}.`,
  })

/** @param vlan_id of the sub-interface on the port */
export const outputInVlan = (
  row: Row<'interface'>,
  port_no: number,
  vlan_id: number,
  view: View,
): FlowDraft[] => {
  const { id, uuid, trunk_interface_id } = row
  const toSelf = { egress_interface: id, in_port: port_no }
  return [
    outputTo(row, port_no, vlan_id),
    outputTable.flow({
      priority: PRIORITY.high,
      match: toSelf,
      steps: [pushVlan(vlan_id), outputToIngress()],
      why: () => `${uuid} is behind the port that the packet came from, in VLAN ${vlan_id}.`,
    }),
    outputTable.flow({
      priority: PRIORITY.higher,
      match: { ...toSelf, ingress_interface: id },
      why: () => `${uuid} gets nothing back that it has sent.`,
    }),
    ...(trunk_interface_id === null
      ? []
      : [
          outputToTrunk(row, trunk_interface_id, port_no),
          ...foreignTag(row, trunk_interface_id, vlan_id, view),
        ]),
  ]
}

/** Where guests may send tags to the trunk, not this one: on its port it would be of another network. */
const foreignTag = ({ uuid }: Row<'interface'>, trunk: number, vlan_id: number, view: View): FlowDraft[] =>
  view.query(domainsOfInterface, trunk).some((domain) => view.query(carriesTags, domain))
    ? [
        outputTable.flow({
          priority: PRIORITY.highest,
          match: { egress_interface: trunk, vlan_vid: VLAN_PRESENT | vlan_id },
          why: () =>
            `VLAN ${vlan_id} of the port is ${uuid}: guests of its trunk's networks cannot send there.`,
        }),
      ]
    : []

const outputToTrunk = ({ id, uuid }: Row<'interface'>, trunk: number, port_no: number): FlowDraft =>
  outputTable.flow({
    priority: PRIORITY.high,
    match: { egress_interface: trunk, ingress_interface: id, in_port: port_no },
    steps: [outputToIngress()],
    why: () => `${uuid} is on the port of its trunk, which gets untagged what is for it.`,
  })
