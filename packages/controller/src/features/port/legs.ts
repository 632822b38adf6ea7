/**
 * Where the switch answers those outside who come to a leg that it alone has: by the uplink that leads into the network. What comes from
 * there has the leg for its ingress interface, as it may be from anybody.
 */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import type { View } from '../../engine/view.ts'
import { output, pushVlan } from '../../pipeline/actions.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { domainName, domainOfNetwork, networksOfInterface, switchOfPinnedLeg } from '../presence/queries.ts'
import { uplinkInto } from '../uplink/queries.ts'
import { outputTable } from './tables.ts'

const compileLeg = (row: Row<'interface'>, view: View): Compiled => {
  const flows = view.query(networksOfInterface, row.id).flatMap((network) => {
    const outside = view.query(domainOfNetwork, network)
    const uplink = uplinkInto(outside, row.owner_datapath_id ?? 0, view)
    if (uplink === null) return []
    const { port_no, vlan_id } = uplink
    return [...new Set([outside, network])].map((domain) =>
      outputTable.flow({
        priority: PRIORITY.ordinary,
        match: { egress_interface: row.id, domain },
        steps: [...(vlan_id === null ? [] : [pushVlan(vlan_id)]), output(port_no)],
        why: () =>
          `Who comes to ${row.uuid} from outside in ${domainName(outside, view)} is behind port ${port_no}.`,
      }),
    )
  })
  return { flows }
}

export const legRule = rule({ name: 'leg', entity: 'interface', on: switchOfPinnedLeg, compile: compileLeg })
