import { defaulted } from '../field.ts'
import { oneOf } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const leasePolicy = defineResource({
  name: 'lease_policy',
  collection: 'lease_policies',
  model: 'LeasePolicy',
  prefix: 'lp',
  help: 'Gives IP addresses to interfaces: from which ranges of which networks, and what keeps them.',
  fields: {
    mode: defaulted(oneOf(['simple']), 'simple', { help: 'simple is the only one.' }),
    timing: defaulted(oneOf(['immediate', 'dhcp']), 'immediate', {
      help: 'immediate: an interface gets its address when it is added; dhcp: when it first asks DHCP for one.',
      mutable: true,
    }),
  },
})
