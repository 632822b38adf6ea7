import { defaulted, derived, ofFamily, optionalReference, requiredReference } from '../field.ts'
import { ipv4OrAuto } from '../kinds/address.ts'
import { ipv6OrAuto } from '../kinds/ip_address.ts'
import { boolean } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const ipLease = defineResource({
  name: 'ip_lease',
  collection: 'ip_leases',
  model: 'IpLease',
  prefix: 'il',
  help: 'An IP address of a network: an interface owns it, or it is reserved.',
  fields: {
    network: requiredReference('network', { help: 'The network of the address.', onDelete: 'cascade' }),
    mac_lease: optionalReference('mac_lease', {
      help: 'The MAC lease that it goes with; the first of the interface when absent.',
      onDelete: 'cascade',
    }),
    interface: optionalReference('interface', {
      help: 'The interface; that of the MAC lease when absent. Without either the address is only reserved.',
      onDelete: 'cascade',
    }),
    ipv4_address: ofFamily(
      4,
      'address',
      derived(ipv4OrAuto, { help: 'The address; inside the network and unique in it. auto: a free one.' }),
    ),
    ipv6_address: ofFamily(
      6,
      'address',
      derived(ipv6OrAuto, {
        help: 'An IPv6 address, instead of ipv4_address: a lease has one. auto: the one that a guest makes of its MAC address where it does, else a free one.',
      }),
    ),
    enable_routing: defaulted(boolean, false, { help: 'Kept for clients of the original.', mutable: true }),
  },
  unique: [['network_id', 'address']],
})
