import { derived } from '../field.ts'
import { mac } from '../kinds/address.ts'
import { text } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const routeLink = defineResource({
  name: 'route_link',
  collection: 'route_links',
  model: 'RouteLink',
  prefix: 'rl',
  help: 'A router: all routes on one route link reach each other.',
  fields: {
    mac_address: derived(mac, { help: 'Identifies the router between hosts; allocated when absent.' }),
  },
  parameters: {
    topology_uuid: { kind: text, to: 'topology', help: 'Puts it into a topology.' },
  },
})
