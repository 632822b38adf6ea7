import { defaulted, required, requiredReference } from '../field.ts'
import { boolean, oneOf } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const translation = defineResource({
  name: 'translation',
  collection: 'translations',
  model: 'Translation',
  prefix: 'tr',
  help: 'Translates addresses of what passes an interface. Stored; no address is translated yet.',
  fields: {
    interface: requiredReference('interface', {
      help: 'The interface, a leg of a router.',
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
