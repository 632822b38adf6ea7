/** Which packets are questions to a DNS service, and which guests may ask one. */
import type { Row } from '@openvnet/schema'
import { type Compiled, rule } from '../../engine/rule.ts'
import { listQuery, type View, valueQuery } from '../../engine/view.ts'
import type { FlowDraft } from '../../pipeline/table.ts'
import { hasService } from '../dhcp/queries.ts'
import {
  addressOfLease,
  allowedSwitches,
  firstRouted,
  interfaceName,
  networksOfInterface,
  routedNetworks,
  switchesReachingNetwork,
  switchOfInterface,
} from '../presence/queries.ts'
import { guestPunts } from '../punt/queries.ts'
import { reachesOf, serviceFlow } from '../routing/queries.ts'

const PORTS = [{ udp_dst: 53 }, { tcp_dst: 53 }] as const

const offersDns = (id: number, view: View): boolean =>
  view.get('interface', id)?.mode === 'simulated' &&
  view.list('network_service.interface_id', id).some(({ mode }) => mode === 'dns')

/** Of a network that stands for all that routers join to it. */
const hasServiceAmong = valueQuery<boolean>('DNS service among networks', (first, view) =>
  routedNetworks(first, view).some((network) => hasService('dns', network, view)),
)

/** A yes or no for guests: which networks they reach is no affair of theirs. */
const reachesService = valueQuery<boolean>('network that reaches DNS service', (network, view) =>
  view.query(hasServiceAmong, view.query(firstRouted, network)),
)

const compileGuest = (row: Row<'interface'>, view: View): Compiled =>
  row.mode === 'vif' &&
  view.query(networksOfInterface, row.id).some((network) => view.query(reachesService, network))
    ? guestPunts('dns', row)
    : {}

const switchesOfLease = ({ network_id }: Row<'ip_lease'>, row: Row<'interface'>, view: View) =>
  allowedSwitches(row, view.query(switchesReachingNetwork, network_id), view)

const switchesOfService = listQuery<string>('switches of DNS service', (id, view) => {
  const service = view.get('network_service', id)
  const row = service && view.get('interface', service.interface_id)
  if (row === undefined || !isFirst(service, view) || !offersDns(row.id, view)) return []
  const leases = view.list('ip_lease.interface_id', row.id)
  return [...new Set(leases.flatMap((lease) => switchesOfLease(lease, row, view)))].sort()
})

/** Of several on an interface one has the flows. */
const isFirst = (service: Row<'network_service'> | undefined, view: View): boolean =>
  service !== undefined &&
  service.interface_id !== null &&
  view.list('network_service.interface_id', service.interface_id).find(({ mode }) => mode === 'dns')?.id ===
    service.id

const compileLease = (lease: Row<'ip_lease'>, view: View): FlowDraft[] => {
  const owned = addressOfLease(lease, view)
  if (owned === null) return []
  const { owner: offeredBy, address } = owned
  return reachesOf(offeredBy, lease.network_id, view).flatMap((reach) =>
    PORTS.map((port) =>
      serviceFlow(
        { offeredBy, reach, address, port },
        'dns_query',
        () => `${interfaceName(offeredBy, view)} answers DNS on ${lease.address}.`,
      ),
    ),
  )
}

const compileService = ({ interface_id }: Row<'network_service'>, view: View, dpid: string): Compiled => {
  const row = view.get('interface', interface_id)
  if (row === undefined) return {}
  const leases = view.list('ip_lease.interface_id', row.id)
  return {
    flows: leases
      .filter((lease) => switchesOfLease(lease, row, view).includes(dpid))
      .flatMap((lease) => compileLease(lease, view)),
  }
}

export const dnsRules = [
  rule({ name: 'service', entity: 'network_service', on: switchesOfService, compile: compileService }),
  rule({ name: 'guest', entity: 'interface', on: switchOfInterface, compile: compileGuest }),
]
