import { optional, requiredReference } from '../field.ts'
import { mac } from '../kinds/address.ts'
import { integer } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const vlanTranslation = defineResource({
  name: 'vlan_translation',
  collection: 'vlan_translations',
  model: 'VlanTranslation',
  prefix: 'vt',
  help: 'A VLAN outside of an edge and the network that it is inside. Machines in it are interfaces whose trunk_interface is the edge.',
  fields: {
    translation: requiredReference('translation', {
      help: 'The translation, of mode vnet_edge, of an interface of mode edge.',
      onDelete: 'cascade',
    }),
    network: requiredReference('network', { help: 'The network.', onDelete: 'cascade' }),
    mac_address: optional(mac, {
      help: 'The only machine outside for which it is; any of the network when absent.',
      mutable: true,
    }),
    vlan_id: optional(integer(1, 4094), {
      help: 'The VLAN (IEEE 802.1Q); untagged when absent.',
      mutable: true,
    }),
  },
})
