import { requiredReference } from '../field.ts'
import { defineResource } from '../resource.ts'

export const interfaceNetwork = defineResource({
  name: 'interface_network',
  collection: 'interface_networks',
  model: 'InterfaceNetwork',
  prefix: null,
  help: 'Says that an interface belongs to a network also without an IP lease there. Stored; leases count so far.',
  placement: { lists: 'rows', association: true },
  fields: {
    interface: requiredReference('interface', { help: 'The interface.', onDelete: 'cascade' }),
    network: requiredReference('network', { help: 'The network.', onDelete: 'cascade' }),
  },
  unique: [['interface_id', 'network_id']],
})
