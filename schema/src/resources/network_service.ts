import { derived, optional, optionalReference } from '../field.ts'
import { integer, oneOf, text } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const networkService = defineResource({
  name: 'network_service',
  collection: 'network_services',
  model: 'NetworkService',
  prefix: 'ns',
  help: 'A service of a simulated interface: dhcp gives the guests of its networks their leased addresses, dns answers questions, a router needs routes only.',
  fields: {
    display_name: derived(text, { help: 'A name for people; the uuid when absent.', mutable: true }),
    mode: derived(oneOf(['dhcp', 'dns', 'router']), {
      help: 'The service; when absent the display_name is read, as the clients of 2013 wrote it.',
      aliases: ['type'],
    }),
    interface: optionalReference('interface', { help: 'The interface that offers it.', onDelete: 'cascade' }),
    incoming_port: optional(integer(0, 65535), { help: 'Kept for clients of the original.' }),
    outgoing_port: optional(integer(0, 65535), { help: 'Kept for clients of the original.' }),
  },
})
