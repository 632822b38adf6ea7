import { derived, requiredReference } from '../field.ts'
import { mac } from '../kinds/address.ts'
import { defineResource } from '../resource.ts'
import { PLACE_FIELDS } from './datapath_relation.ts'

export const datapathNetwork = defineResource({
  name: 'datapath_network',
  collection: 'datapath_networks',
  model: 'DatapathNetwork',
  prefix: null,
  help: 'Says that a network is present on a datapath. Not needed: presence follows from where interfaces are.',
  fields: {
    datapath: requiredReference('datapath', { help: 'The bridge.', onDelete: 'cascade' }),
    network: requiredReference('network', { help: 'The network.', onDelete: 'cascade' }),
    ...PLACE_FIELDS,
    mac_address: derived(mac, {
      help: 'Identifies the network on this bridge between hosts; allocated when absent.',
      aliases: ['broadcast_mac_address'],
    }),
  },
  obsolete: { network_uuid: 'the path names the network' },
  unique: [['datapath_id', 'network_id']],
})
