import { defaulted, derived, derivedReference, ofFamily, optional, optionalReference } from '../field.ts'
import { ipv4, ipv6 } from '../kinds/address.ts'
import { ip } from '../kinds/ip_address.ts'
import { boolean, integer, oneOf } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const route = defineResource({
  name: 'route',
  collection: 'routes',
  model: 'Route',
  prefix: 'r',
  help: 'A subnet that a router reaches: through one of its interfaces, or through another router there (via).',
  fields: {
    interface: optionalReference('interface', {
      help: 'The leg: a simulated interface in the network; that of the router which reaches via, when absent.',
      onDelete: 'cascade',
    }),
    network: optionalReference('network', {
      help: 'The network of the leg; that of its first IP lease when absent.',
      onDelete: 'cascade',
    }),
    route_link: derivedReference('route_link', {
      help: 'The route link of the router; may be left out with router_uuid.',
      onDelete: 'cascade',
    }),
    router: optionalReference('router', {
      help: 'The router; its route link, and its leg by via, need not be said then.',
      onDelete: 'cascade',
    }),
    ipv4_network: ofFamily(
      4,
      'destination',
      derived(ipv4, {
        help: 'The address of the subnet, 0.0.0.0 for all; that of the network when absent.',
        aliases: ['ipv4_address'],
      }),
    ),
    ipv4_prefix: ofFamily(
      4,
      'prefix',
      derived(integer(0, 32), { help: 'The prefix length; when absent that of the network.' }),
      'destination',
    ),
    ipv6_network: ofFamily(
      6,
      'destination',
      derived(ipv6, { help: 'The address of an IPv6 subnet, :: for all, instead of ipv4_network.' }),
    ),
    ipv6_prefix: ofFamily(
      6,
      'prefix',
      derived(integer(0, 128), { help: 'Its prefix length; when absent that of the network.' }),
      'destination',
    ),
    type: defaulted(oneOf(['unicast', 'blackhole', 'unreachable', 'prohibit']), 'unicast', {
      help: 'unicast: packets go on; blackhole: they are dropped; unreachable and prohibit: the sender is told so.',
    }),
    via: optional(ip, {
      help: 'The next hop, an address in the network of the leg; packets go to their destination itself when absent. Of a guest or of another router, so far: what no row has an address for is not asked for yet.',
      mutable: true,
    }),
    weight: defaulted(integer(1, 255), 1, {
      help: 'The share of this next hop among several to one destination.',
      mutable: true,
    }),
    ingress: defaulted(boolean, true, {
      help: 'Packets from the subnet may enter the router here.',
      mutable: true,
    }),
    egress: defaulted(boolean, true, { help: 'Packets to the subnet leave the router here.', mutable: true }),
  },
})
