import { optional, required } from '../field.ts'
import { integer, oneOf, text } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const segment = defineResource({
  name: 'segment',
  collection: 'segments',
  model: 'Segment',
  prefix: 'seg',
  help: 'A layer-2 domain over all hosts: its networks are subnets of it, and guests may be in it with only a MAC address.',
  fields: {
    mode: required(oneOf(['virtual', 'physical']), {
      help: 'virtual: isolated, but for its gateway; physical: leaves through the uplink of each bridge.',
    }),
    vlan_id: optional(integer(1, 4094), {
      help: 'The VLAN in which the segment leaves through uplinks or its gateway; untagged when absent.',
      mutable: true,
    }),
  },
  parameters: {
    topology_uuid: { kind: text, to: 'topology', help: 'Puts it into a topology.' },
  },
})
