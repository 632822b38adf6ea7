/** Names of a network follow from its uuid; its address is the first of the subnet. */
import type { Row } from '@openvnet/schema'
import type { Behaviour } from '../crud/behaviour.ts'
import { argumentError } from '../errors.ts'
import { checkSubnet, checkUnicast } from '../rules/address.ts'
import { beforeLeasesGo } from '../rules/topology.ts'
import { deleteLegs } from './router_network.ts'
import { joinTopology } from './topology_members.ts'

/** @throws ApiError ArgumentError */
const checkVlan = ({ mode, vlan_id, vlan_transparent }: Partial<Row<'network'>>): void => {
  if (vlan_transparent === true && mode !== 'virtual')
    throw argumentError(
      'vlan_transparent',
      true,
      `is for a virtual network, the mode is ${mode}: outside, tags of guests would be those of other networks`,
    )
  if (typeof vlan_id === 'number' && mode !== 'physical')
    throw argumentError(
      'vlan_id',
      vlan_id,
      `only a physical network leaves with a VLAN tag; the mode is ${mode}`,
    )
}

export const network: Behaviour<'network'> = {
  complete: (_work, { uuid, values }) => {
    checkVlan(values as Partial<Row<'network'>>)
    checkSubnet(values.ipv4_network as string, values.ipv4_prefix as number)
    checkUnicast(values.ipv4_network as string, values.ipv4_prefix as number)
    return {
      display_name: values.display_name ?? uuid,
      domain_name: values.domain_name ?? uuid.slice(uuid.indexOf('-') + 1),
    }
  },
  updated: (_work, row) => checkVlan(row),
  created: (work, row, draft) => joinTopology(work, 'topology_network', row, draft),
  deleting: (work, row) => {
    const follow = beforeLeasesGo(
      work,
      () => work.cells('ip_lease', 'id', { network_id: row.id }) as number[],
    )
    deleteLegs(work, row.id)
    return follow
  },
}
