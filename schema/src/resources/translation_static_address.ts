import { inColumn, optional, optionalReference, required, requiredReference } from '../field.ts'
import { ipv4 } from '../kinds/address.ts'
import { integer } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

const PORT = integer(1, 65_535)

export const translationStaticAddress = defineResource({
  name: 'translation_static_address',
  collection: 'translation_static_addresses',
  model: 'TranslationStaticAddress',
  prefix: null,
  help: 'One pair of a translation: an address outside and the one inside that it stands for.',
  placement: { words: ['static_address', 'static_addresses'], lists: 'rows' },
  fields: {
    translation: requiredReference('translation', { help: 'The translation.', onDelete: 'cascade' }),
    route_link: optionalReference('route_link', {
      help: 'The router by which translated packets go on.',
      onDelete: 'cascade',
    }),
    ingress_ipv4_address: inColumn(
      'ingress_address',
      required(ipv4, { help: 'The address to which packets come in.' }),
    ),
    egress_ipv4_address: inColumn('egress_address', required(ipv4, { help: 'The address that they get.' })),
    ingress_port_number: optional(PORT, { help: 'The port to which they come; goes with the other port.' }),
    egress_port_number: optional(PORT, { help: 'The port that they get.' }),
    ingress_network: optionalReference('network', {
      help: 'The network of the first address, for people.',
      onDelete: 'set null',
    }),
    egress_network: optionalReference('network', {
      help: 'The network of the second address, for people.',
      onDelete: 'set null',
    }),
  },
  unique: [
    ['translation_id', 'ingress_address', 'egress_address', 'ingress_port_number', 'egress_port_number'],
  ],
})
