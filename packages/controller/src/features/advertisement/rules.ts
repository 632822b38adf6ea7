/** Which guests may ask for routers, and where. */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import {
  interfaceName,
  networksOfInterface,
  switchesOfGuests,
  switchOfInterface,
} from '../presence/queries.ts'
import { guestPunts } from '../punt/queries.ts'
import { solicitationFlow } from '../routing/queries.ts'
import { advertisedIn, advertiserOf, digestOf } from './content.ts'

const compileGuest = (row: Row<'interface'>, view: View, dpid: string): Compiled =>
  row.mode === 'vif' &&
  view.query(networksOfInterface, row.id).some((network) => advertisedIn(network, view, dpid) !== null)
    ? guestPunts('router_solicitation', row)
    : {}

const switchesOfAdvertisement = listQuery<string>('switches of router advertisement', (id, view) =>
  view.query(advertiserOf, id) === 0 ? [] : view.query(switchesOfGuests, id),
)

const compileNetwork = ({ id, uuid }: Row<'network'>, view: View, dpid: string): Compiled => {
  const what = advertisedIn(id, view, dpid)
  if (what === null) return {}
  const why = () => `${interfaceName(what.leg, view)} tells who asks in ${uuid} for routers of IPv6.`
  return { flows: [solicitationFlow(id, what.leg, digestOf(what), why)] }
}

export const advertisementRules = [
  rule({ name: 'network', entity: 'network', on: switchesOfAdvertisement, compile: compileNetwork }),
  rule({ name: 'guest', entity: 'interface', on: switchOfInterface, compile: compileGuest }),
]
