import { derived, partReference } from '../field.ts'
import { networkList } from '../kinds/network_list.ts'
import { text } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const router = defineResource({
  name: 'router',
  collection: 'routers',
  model: 'Router',
  prefix: 'rt',
  help: 'A router between networks as one thing: it makes the route link, a leg in each network and the routes.',
  fields: {
    display_name: derived(text, { help: 'A name for people; the uuid when absent.', mutable: true }),
    route_link: partReference('route_link', {
      help: 'The route link that it is; goes with the router.',
      onDelete: 'cascade',
    }),
  },
  parameters: {
    networks: {
      kind: networkList,
      help: 'The networks that it joins, like nw-a,nw-b=10.0.2.254 or nw-b=10.0.2.254=fd00:2::fe; the gateway is the first address of each family for which none is given.',
      aliases: ['network'],
      instead: 'POST and DELETE routers/UUID/networks/UUID',
    },
  },
})
