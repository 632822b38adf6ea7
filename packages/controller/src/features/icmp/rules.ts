/**
 * Who may be told of errors: guests that can reach a router; and at a leg that is on one bridge alone who comes to it from outside
 * or from other hosts, all of them together.
 */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { type View, valueQuery } from '../../engine/view.ts'
import { segmentOfDomain } from '../../pipeline/domain.ts'
import {
  domainsOfInterface,
  networksOfSegment,
  simulatedOfNetwork,
  switchOfInterface,
  switchOfPinnedLeg,
} from '../presence/queries.ts'
import { guestPunts } from '../punt/queries.ts'

const hasLeg = valueQuery<boolean>(
  'leg in network',
  (network, view) => view.query(simulatedOfNetwork, network).length > 0,
)

/** Who is in a segment without an address reaches the legs of all networks in it. */
const reachesLeg = (domain: number, view: View): boolean => {
  const segment = segmentOfDomain(domain)
  const networks = segment === null ? [domain] : view.query(networksOfSegment, segment)
  return networks.some((network) => view.query(hasLeg, network))
}

const compileGuest = (row: Row<'interface'>, view: View): Compiled =>
  row.mode === 'vif' && view.query(domainsOfInterface, row.id).some((domain) => reachesLeg(domain, view))
    ? guestPunts('icmp_error', row)
    : {}

export const icmpRules = [
  rule({ name: 'guest', entity: 'interface', on: switchOfInterface, compile: compileGuest }),
  rule({
    name: 'leg',
    entity: 'interface',
    on: switchOfPinnedLeg,
    compile: (row) => guestPunts('icmp_error', row),
  }),
]
