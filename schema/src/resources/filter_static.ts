import { defaulted, derived, inColumn, required, requiredReference } from '../field.ts'
import { ipv4Block } from '../kinds/ipv4_block.ts'
import { boolean, integer, oneOf } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

const PORT = integer(0, 65_535)

export const filterStatic = defineResource({
  name: 'filter_static',
  collection: 'filter_statics',
  model: 'FilterStatic',
  prefix: null,
  help: 'One rule of a filter: what to do with packets of a protocol between addresses and ports.',
  placement: { words: ['static', 'static'], lists: 'rows' },
  fields: {
    filter: requiredReference('filter', { help: 'The filter.', onDelete: 'cascade' }),
    protocol: required(oneOf(['tcp', 'udp', 'icmp', 'arp', 'ip']), { help: 'The protocol of the packets.' }),
    src_address: inColumn(
      'source',
      defaulted(ipv4Block, '0.0.0.0/0', { help: 'Where they come from.', aliases: ['ipv4_address'] }),
    ),
    dst_address: inColumn('destination', defaulted(ipv4Block, '0.0.0.0/0', { help: 'Where they go.' })),
    src_port: defaulted(PORT, 0, { help: 'The port that they come from, of tcp and udp; 0: any.' }),
    dst_port: defaulted(PORT, 0, {
      help: 'The port that they go to, of tcp and udp; 0: any.',
      aliases: ['port_number'],
    }),
    action: derived(oneOf(['pass', 'drop', 'conn']), {
      help: 'pass: let them through; drop: do not; conn: let them through, and the answers too.',
    }),
  },
  parameters: {
    passthrough: { kind: boolean, help: 'The action as version 0.9 wrote it: true is pass, false is drop.' },
  },
  unique: [['filter_id', 'protocol', 'source', 'destination', 'src_port', 'dst_port']],
})
