import { defaulted, derivedReference, inColumn, required, requiredReference } from '../field.ts'
import { ipv4 } from '../kinds/address.ts'
import { boolean } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const ipLease = defineResource({
  name: 'ip_lease',
  collection: 'ip_leases',
  model: 'IpLease',
  prefix: 'il',
  help: 'An IP address that an interface owns in a network.',
  fields: {
    network: requiredReference('network', { help: 'The network of the address.', onDelete: 'cascade' }),
    mac_lease: derivedReference('mac_lease', {
      help: 'The MAC lease that it goes with; the first of the interface when absent.',
      onDelete: 'cascade',
    }),
    interface: derivedReference('interface', {
      help: 'The interface; that of the MAC lease when absent.',
      onDelete: 'cascade',
    }),
    ipv4_address: inColumn(
      'address',
      required(ipv4, { help: 'The address; inside the network and unique in it.' }),
    ),
    enable_routing: defaulted(boolean, false, { help: 'Kept for clients of the original.', mutable: true }),
  },
  unique: [['network_id', 'address']],
})
