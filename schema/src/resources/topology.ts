import { optional, required } from '../field.ts'
import { oneOf } from '../kinds/scalar.ts'
import { transport } from '../kinds/transport.ts'
import { defineResource } from '../resource.ts'

export const topology = defineResource({
  name: 'topology',
  collection: 'topologies',
  model: 'Topology',
  prefix: 'topo',
  help: 'Says which networks and routers are present on which bridges: what its members imply is kept in the datapaths.',
  fields: {
    mode: required(oneOf(['simple_overlay', 'simple_underlay']), {
      help: 'simple_underlay: has bridges; simple_overlay: lies on underlays, on whose bridges its members are.',
    }),
    transport: optional(transport, {
      help: 'How packets get from one bridge of the underlay to another; vxlan when absent.',
      mutable: true,
    }),
  },
})
