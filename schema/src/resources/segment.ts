import { optional, required } from '../field.ts'
import { integer, oneOf, text } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const segment = defineResource({
  name: 'segment',
  collection: 'segments',
  model: 'Segment',
  prefix: 'seg',
  help: 'A layer-2 domain that several IP subnets share: stored, no traffic follows from it yet.',
  fields: {
    mode: required(oneOf(['virtual', 'physical']), {
      help: 'virtual: isolated; physical: the real layer 2.',
    }),
    vlan_id: optional(integer(1, 4094), {
      help: 'The VLAN in which a physical segment leaves through uplinks; untagged when absent.',
      mutable: true,
    }),
  },
  parameters: {
    topology_uuid: { kind: text, to: 'topology', help: 'Puts it into a topology.' },
  },
})
