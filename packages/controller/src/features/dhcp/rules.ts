/** Which guests may ask, and what is kept at hand for their answers. What they ask is let through to here by port security. */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import type { View } from '../../engine/view.ts'
import { guestMtu, switchesOfNetwork, switchOfInterface } from '../presence/queries.ts'
import { guestPunts } from '../punt/queries.ts'
import { gatewaysOfNetwork } from './gateways.ts'
import { networkOfAsking } from './queries.ts'

const FAMILIES = [
  [4, 'dhcp4'],
  [6, 'dhcp6'],
] as const

const compileGuest = (row: Row<'interface'>, view: View, dpid: string): Compiled => {
  if (row.mode !== 'vif') return {}
  const macs = view.list('mac_lease.interface_id', row.id)
  const punts = FAMILIES.filter(([family]) =>
    macs.some((lease) => networkOfAsking(lease, family, view, dpid)?.isServed === true),
  ).map(([, kind]) => guestPunts(kind, row))
  return {
    flows: punts.flatMap(({ flows = [] }) => flows),
    meters: punts.flatMap(({ meters = [] }) => meters),
  }
}

/** No flows: what answers need of a network is computed when it changes, and not for each packet. */
const keepAtHand = ({ id }: Row<'network'>, view: View): Compiled => {
  view.query(gatewaysOfNetwork, id)
  view.query(guestMtu, id)
  return {}
}

export const dhcpRules = [
  rule({ name: 'guest', entity: 'interface', on: switchOfInterface, compile: compileGuest }),
  rule({ name: 'network', entity: 'network', on: switchesOfNetwork, compile: keepAtHand }),
]
