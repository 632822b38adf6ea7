/** What a user should know of legs that one bridge alone has: which of them do not do what they are for, on that bridge and on others. */
import type { Row } from '@openvnet/schema'
import type { Surroundings } from '../../engine/rule.ts'
import type { View } from '../../engine/view.ts'
import {
  domainName,
  domainOfNetwork,
  isOutside,
  networkName,
  ownerOfLeg,
  routersOfLeg,
  switchesReachingNetwork,
} from '../presence/queries.ts'
import { uplinkInto } from '../uplink/queries.ts'

type Leg = Row<'interface'>

/** Networks in which routers send through the leg. */
const networksOf = ({ id }: Leg, view: View): readonly number[] => [
  ...new Set(view.list('route.interface_id', id).flatMap(({ network_id }) => network_id ?? [])),
]

const move = ({ uuid }: Leg): string =>
  `vnctl interfaces modify ${uuid} --owner-datapath-uuid DATAPATH puts it on another`

const ofOwn = (leg: Leg, view: View): string[] =>
  networksOf(leg, view).flatMap((network) => {
    const name = networkName(network, view)
    if (!isOutside(network, view))
      return [
        `${leg.uuid} is on this bridge alone, and ${name} is a virtual network: its guests on other bridges do not reach the router there; vnctl interfaces modify ${leg.uuid} --owner-datapath-uuid '' lets it be everywhere`,
      ]
    const domain = view.query(domainOfNetwork, network)
    return uplinkInto(domain, leg.owner_datapath_id ?? 0, view) === null
      ? [
          `${leg.uuid} is on this bridge alone, which has no uplink into ${domainName(domain, view)}: nobody outside reaches it; ${move(leg)}`,
        ]
      : []
  })

const ofOther = (leg: Leg, dpid: string, view: View, isAway: (dpid: string) => boolean): string[] => {
  const owner = ownerOfLeg(leg, view)
  if (owner === null || owner === dpid || !isAway(owner)) return []
  const concerned = networksOf(leg, view).some((network) =>
    view.query(switchesReachingNetwork, network).includes(dpid),
  )
  const routers = routersOfLeg(leg.id, view).map((id) => view.get('route_link', id)?.uuid ?? `router ${id}`)
  return concerned
    ? [
        `${routers.join(', ')} sends through ${leg.uuid}, which is on ${owner} alone, and that is not connected: what goes there may get nowhere; ${move(leg)}`,
      ]
    : []
}

export const routingWarnings = (dpid: string, view: View, { isAway }: Surroundings): readonly string[] =>
  view
    .list('interface.pinned', 0)
    .flatMap((leg) => (ownerOfLeg(leg, view) === dpid ? ofOwn(leg, view) : ofOther(leg, dpid, view, isAway)))
