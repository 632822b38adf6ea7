/**
 * Broadcast among a trunk and its sub-interfaces, where several of them are in one domain: they share a port, and a group
 * puts nothing out of the port that a packet came from. So what one of them sends to all goes to its siblings by itself.
 */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View, valueQuery } from '../../engine/view.ts'
import {
  outputToIngress,
  popVlan,
  pushVlan,
  type Step,
  sendToGroup,
  VLAN_PRESENT,
} from '../../pipeline/actions.ts'
import { MULTICAST_BIT } from '../../pipeline/addresses.ts'
import { floodGroup } from '../../pipeline/group_space.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import {
  carriesTags,
  domainName,
  domainRow,
  domainsOfInterface,
  homeOf,
  interfaceName,
  portOfInterface,
} from '../presence/queries.ts'
import { destinationTable } from './tables.ts'

const switchOfSibling = listQuery<string>('switch of sub-interface', (id, view) =>
  // Nearly all are none.
  view.get('interface', id)?.trunk_interface_id == null ? [] : homeOf(id, view),
)

/** Without it there is no group to send to. */
const isThere = valueQuery<boolean>('domain is there', (id, view) => domainRow(id, view) !== undefined)

/** A trunk and its sub-interfaces, as far as they are in a domain and have the port. */
const familyIn = (trunk: number, domain: number, view: View): number[] =>
  [trunk, ...view.list('interface.trunk_interface_id', trunk).map(({ id }) => id)].filter(
    (id) => view.query(domainsOfInterface, id).includes(domain) && view.query(portOfInterface, id) !== null,
  )

/** Back to the port, with the tag of one of the family. */
const backTo = (id: number, view: View): Step<'vlan_vid'>[] => {
  const vlan_id = view.query(portOfInterface, id)?.vlan_id
  return vlan_id === undefined ? [outputToIngress()] : [pushVlan(vlan_id), outputToIngress(), popVlan()]
}

const flood = (sender: number, siblings: readonly number[], domain: number, view: View): FlowDraft =>
  destinationTable.flow({
    priority: PRIORITY.ordinary,
    match: {
      domain,
      ingress_interface: sender,
      eth_dst: { value: MULTICAST_BIT, mask: MULTICAST_BIT },
    },
    steps: [sendToGroup(floodGroup(domain)), ...siblings.flatMap((id) => backTo(id, view))],
    goto: 'overlay',
    why: () =>
      `Broadcast of ${interfaceName(sender, view)} in ${domainName(domain, view)} goes to others on its port too: ${siblings.map((id) => interfaceName(id, view)).join(', ')}.`,
  })

/**
 * What guests send to all with the tag of a sub-interface is told to nobody on the switch of its trunk: on the trunk's port
 * it would be of another network, and a group sends to all ports or to none.
 */
const foreignTags = ({ uuid, vlan_id }: Row<'interface'>, trunk: number, view: View): FlowDraft[] =>
  vlan_id === null
    ? []
    : view
        .query(domainsOfInterface, trunk)
        .filter((domain) => view.query(carriesTags, domain))
        .map((domain) =>
          destinationTable.flow({
            priority: PRIORITY.highest,
            match: {
              domain,
              vlan_vid: VLAN_PRESENT | vlan_id,
              eth_dst: { value: MULTICAST_BIT, mask: MULTICAST_BIT },
            },
            goto: 'overlay',
            why: () =>
              `VLAN ${vlan_id} of a port in ${domainName(domain, view)} is ${uuid}: broadcasts of others with this tag stay out.`,
          }),
        )

/** The first sub-interface in a domain does it for the trunk, which need not know whether it has any. */
const compileSiblings = (row: Row<'interface'>, view: View): Compiled => {
  const { trunk_interface_id: trunk } = row
  if (trunk === null) return {}
  return { flows: [...floodsOf(row, trunk, view), ...foreignTags(row, trunk, view)] }
}

const floodsOf = ({ id }: Row<'interface'>, trunk: number, view: View): FlowDraft[] =>
  view
    .query(domainsOfInterface, id)
    .filter((domain) => view.query(isThere, domain))
    .flatMap((domain) => {
      const family = familyIn(trunk, domain, view)
      const isFirst = family.find((one) => one !== trunk) === id
      const senders = isFirst && family.includes(trunk) ? [trunk, id] : [id]
      return family.length < 2
        ? []
        : senders.map((sender) =>
            flood(
              sender,
              family.filter((one) => one !== sender),
              domain,
              view,
            ),
          )
    })

export const siblingRules = [
  rule({ name: 'siblings', entity: 'interface', on: switchOfSibling, compile: compileSiblings }),
]
