import { defaulted, required, requiredReference } from '../field.ts'
import { boolean, oneOf } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const filter = defineResource({
  name: 'filter',
  collection: 'filters',
  model: 'Filter',
  prefix: 'fil',
  help: 'What an interface may send and receive: a list of static rules. Stored; nothing is filtered yet.',
  fields: {
    interface: requiredReference('interface', { help: 'The interface that it guards.', onDelete: 'cascade' }),
    mode: required(oneOf(['static']), { help: 'static: by rules that are given one by one.' }),
    ingress_passthrough: defaulted(boolean, false, {
      help: 'Let in what no rule names.',
      mutable: true,
    }),
    egress_passthrough: defaulted(boolean, false, {
      help: 'Let out what no rule names.',
      mutable: true,
    }),
  },
})
