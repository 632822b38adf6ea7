import { defaulted, derived, derivedReference, inColumn, requiredReference } from '../field.ts'
import { ipv4 } from '../kinds/address.ts'
import { boolean, integer } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const route = defineResource({
  name: 'route',
  collection: 'routes',
  model: 'Route',
  prefix: 'r',
  help: 'A subnet that a router reaches through one of its interfaces.',
  fields: {
    interface: requiredReference('interface', {
      help: 'The leg: a simulated interface in the network.',
      onDelete: 'cascade',
    }),
    network: derivedReference('network', {
      help: 'The network of the leg; that of its first IP lease when absent.',
      onDelete: 'cascade',
    }),
    route_link: requiredReference('route_link', { help: 'The router.', onDelete: 'cascade' }),
    ipv4_network: inColumn(
      'destination',
      derived(ipv4, {
        help: 'The address of the subnet; that of the network when absent.',
        aliases: ['ipv4_address'],
      }),
    ),
    ipv4_prefix: inColumn(
      'prefix',
      derived(integer(0, 32), { help: 'The prefix length; when absent that of the network.' }),
    ),
    ingress: defaulted(boolean, true, {
      help: 'Packets from the subnet may enter the router here.',
      mutable: true,
    }),
    egress: defaulted(boolean, true, { help: 'Packets to the subnet leave the router here.', mutable: true }),
  },
})
