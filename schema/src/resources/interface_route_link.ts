import { requiredReference } from '../field.ts'
import { defineResource } from '../resource.ts'

export const interfaceRouteLink = defineResource({
  name: 'interface_route_link',
  collection: 'interface_route_links',
  model: 'InterfaceRouteLink',
  prefix: null,
  help: 'Says that an interface belongs to a router also without a route there. Stored; routes count so far.',
  placement: { lists: 'rows', association: true },
  fields: {
    interface: requiredReference('interface', { help: 'The interface.', onDelete: 'cascade' }),
    route_link: requiredReference('route_link', { help: 'The router.', onDelete: 'cascade' }),
  },
  unique: [['interface_id', 'route_link_id']],
})
