import { partReference, requiredReference } from '../field.ts'
import { ipv4, ipv6 } from '../kinds/address.ts'
import { defineResource } from '../resource.ts'

export const routerNetwork = defineResource({
  name: 'router_network',
  collection: 'router_networks',
  model: 'RouterNetwork',
  prefix: null,
  help: 'A network that a router joins, with its leg and its route there.',
  placement: { lists: 'rows' },
  fields: {
    router: requiredReference('router', { help: 'The router.', onDelete: 'cascade' }),
    network: requiredReference('network', { help: 'The network.', onDelete: 'cascade' }),
    interface: partReference('interface', {
      help: 'The leg: a simulated interface with the address of the gateway.',
      onDelete: 'cascade',
    }),
    route: partReference('route', { help: 'The route to its IPv4 subnet.', onDelete: 'set null' }),
    ipv6_route: partReference('route', { help: 'The route to its IPv6 subnet.', onDelete: 'set null' }),
  },
  parameters: {
    ipv4_address: {
      kind: ipv4,
      help: 'The address of the gateway; the first of the network when absent.',
      aliases: ['gateway'],
    },
    ipv6_address: {
      kind: ipv6,
      help: 'The IPv6 address of the gateway; the first of the network when absent.',
    },
  },
  unique: [['router_id', 'network_id']],
})
