import { optionalReference, required, requiredReference } from '../field.ts'
import { mac } from '../kinds/address.ts'
import { defineResource } from '../resource.ts'

export const macLease = defineResource({
  name: 'mac_lease',
  collection: 'mac_leases',
  model: 'MacLease',
  prefix: 'ml',
  help: 'A MAC address that an interface owns.',
  fields: {
    interface: requiredReference('interface', {
      help: 'The interface that owns it.',
      mutable: true,
      onDelete: 'cascade',
    }),
    mac_address: required(mac, {
      help: 'The MAC address; unique in each network and segment of the interface.',
    }),
    segment: optionalReference('segment', {
      help: 'The segment of the address while it has no IP lease; that of the interface when absent.',
      onDelete: 'cascade',
    }),
  },
  unique: [['interface_id', 'mac_address']],
})
