/** Which guests may ask, and what is kept at hand for their answers. What they ask is let through to here by port security. */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View } from '../../engine/view.ts'
import { guestMtu, networksOfInterface, switchesOfNetwork, switchOfInterface } from '../presence/queries.ts'
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

const networksOfService = ({ mode, interface_id }: Row<'network_service'>, view: View): readonly number[] =>
  mode === 'dhcp' && interface_id !== null ? view.query(networksOfInterface, interface_id) : []

const switchesOfService = listQuery<string>('switches of DHCP service', (id, view) => {
  const service = view.get('network_service', id)
  const networks = service === undefined ? [] : networksOfService(service, view)
  return [...new Set(networks.flatMap((network) => view.query(switchesOfNetwork, network)))].sort()
})

/** No flows: what answers need of the networks of a service is computed when it changes, and not for each packet. */
const keepAtHand = (service: Row<'network_service'>, view: View): Compiled => {
  for (const network of networksOfService(service, view)) {
    view.query(gatewaysOfNetwork, network)
    view.query(guestMtu, network)
  }
  return {}
}

export const dhcpRules = [
  rule({ name: 'guest', entity: 'interface', on: switchOfInterface, compile: compileGuest }),
  rule({ name: 'service', entity: 'network_service', on: switchesOfService, compile: keepAtHand }),
]
