/** Which guests may ask for routers, and where. */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { domainOfSegment } from '../../pipeline/domain.ts'
import {
  domainsOfInterface,
  interfaceName,
  switchesOfFree,
  switchesOfGuests,
  switchOfInterface,
} from '../presence/queries.ts'
import { guestPunts } from '../punt/queries.ts'
import { solicitationFlow } from '../routing/queries.ts'
import { advertisedIn, advertiserOf, digestOf, isAdvertisedIn, networksHeardIn } from './content.ts'

const compileGuest = (row: Row<'interface'>, view: View, dpid: string): Compiled =>
  row.mode === 'vif' &&
  view.query(domainsOfInterface, row.id).some((domain) => isAdvertisedIn(domain, view, dpid))
    ? guestPunts('router_solicitation', row)
    : {}

const isAdvertised = (domain: number, view: View): boolean =>
  networksHeardIn(domain, view).some((network) => view.query(advertiserOf, network) > 0)

const switchesOfAdvertisement = listQuery<string>('switches of router advertisement', (id, view) =>
  isAdvertised(id, view) ? view.query(switchesOfGuests, id) : [],
)

const switchesOfSegment = listQuery<string>('switches of router advertisement in segment', (id, view) =>
  isAdvertised(domainOfSegment(id), view) ? view.query(switchesOfFree, id) : [],
)

const compileDomain = (domain: number, uuid: string, view: View, dpid: string): Compiled => {
  const all = advertisedIn(domain, view, dpid)
  const [first] = all
  if (first === undefined) return {}
  const why = () =>
    `${all.map(({ leg }) => interfaceName(leg, view)).join(' and ')} tells who asks in ${uuid} for routers of IPv6.`
  return { flows: [solicitationFlow(domain, first.leg, digestOf(all), why)] }
}

export const advertisementRules = [
  rule({
    name: 'network',
    entity: 'network',
    on: switchesOfAdvertisement,
    compile: ({ id, uuid }, view, dpid) => compileDomain(id, uuid, view, dpid),
  }),
  rule({
    name: 'segment',
    entity: 'segment',
    on: switchesOfSegment,
    compile: ({ id, uuid }, view, dpid) => compileDomain(domainOfSegment(id), uuid, view, dpid),
  }),
  rule({ name: 'guest', entity: 'interface', on: switchOfInterface, compile: compileGuest }),
]
