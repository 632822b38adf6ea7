import { required } from '../field.ts'
import { oneOf } from '../kinds/scalar.ts'
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
  },
})
