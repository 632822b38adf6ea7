import { optional, optionalReference, requiredReference } from '../field.ts'
import { boolean, integer, portName, text } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const interfacePort = defineResource({
  name: 'interface_port',
  collection: 'interface_ports',
  model: 'InterfacePort',
  prefix: null,
  help: 'A port of an interface: the first says which port it is, further ones are stored and get no traffic yet.',
  placement: { words: ['ports', 'port'], lists: 'rows' },
  fields: {
    interface: requiredReference('interface', { help: 'The interface.', onDelete: 'cascade' }),
    datapath: optionalReference('datapath', {
      help: 'The only bridge on which it may appear; any bridge when absent.',
      onDelete: 'cascade',
    }),
    port_name: optional(portName, { help: 'The switch port by its name.' }),
    port_number: optional(integer(1, 0xff_ff_ff_00), {
      help: 'The switch port by its OpenFlow number, instead of its name.',
    }),
    iface_id: optional(text, { help: 'The switch port by external_ids:iface-id, instead of its name.' }),
    singular: optional(boolean, {
      help: 'Kept for clients of the original: an interface is on one bridge at a time.',
    }),
  },
  unique: [
    ['interface_id', 'datapath_id'],
    ['port_name', 'datapath_id'],
    ['port_number', 'datapath_id'],
    ['iface_id'],
  ],
})
