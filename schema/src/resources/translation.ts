import { defaulted, required, requiredReference } from '../field.ts'
import { boolean, oneOf } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const translation = defineResource({
  name: 'translation',
  collection: 'translations',
  model: 'Translation',
  prefix: 'tr',
  help: 'Translates what passes an interface: addresses (stored; not translated yet), or VLANs of an edge.',
  fields: {
    interface: requiredReference('interface', {
      help: 'The interface: a leg of a router, or an edge.',
      onDelete: 'cascade',
    }),
    mode: required(oneOf(['static_address', 'vnet_edge']), {
      help: 'static_address: by pairs that are given one by one; vnet_edge: by VLANs, see vlan_translations.',
    }),
    passthrough: defaulted(boolean, false, {
      help: 'Let through untranslated what no pair names.',
      mutable: true,
    }),
  },
})
