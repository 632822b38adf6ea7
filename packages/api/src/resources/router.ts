/** A router is a route link with a leg and a route in each of its networks; they come and go with it. */
import { routerNetworks } from '@openvnet/schema'
import type { Behaviour } from '../crud/behaviour.ts'
import { rowOf } from '../crud/reference.ts'
import { partName } from '../rules/part_name.ts'
import { deleteLegsOf, legShape } from './router_network.ts'

export const router: Behaviour<'router'> = {
  complete: (work, { uuid, values }) => {
    const link = work.create('route_link', {}, partName(work, 'route_link', uuid))
    return { display_name: values.display_name ?? uuid, route_link_id: link.id }
  },
  created: (work, row, { extra }) => {
    for (const { network, ...gateways } of routerNetworks(String(extra.get('networks') ?? ''))) {
      const { id } = rowOf(work, 'network', 'networks', network)
      const said = new Map(Object.entries(gateways))
      work.create('router_network', { router_id: row.id, network_id: id }, undefined, said)
    }
  },
  deleting: (work, row) => {
    deleteLegsOf(work, row.id)
    if (row.route_link_id !== null) work.delete('route_link', row.route_link_id)
  },
  shown: [{ name: 'router_network', column: 'router_id' }],
  shape: (reader, row, plain) => ({
    ...plain,
    mac_address:
      row.route_link_id === null ? null : (reader.byId('route_link', row.route_link_id)?.mac_address ?? null),
    networks: reader.where('router_network', { router_id: row.id }).map((part) => legShape(reader, part)),
  }),
}
