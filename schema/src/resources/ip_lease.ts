import { defaulted, inColumn, optionalReference, required, requiredReference } from '../field.ts'
import { ipv4OrAuto } from '../kinds/address.ts'
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
    ipv4_address: inColumn(
      'address',
      required(ipv4OrAuto, { help: 'The address; inside the network and unique in it. auto: a free one.' }),
    ),
    enable_routing: defaulted(boolean, false, { help: 'Kept for clients of the original.', mutable: true }),
  },
  unique: [['network_id', 'address']],
})
