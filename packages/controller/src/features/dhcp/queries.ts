/**
 * Who offers DHCP and DNS in a network, and on which switches: services of simulated interfaces that have an address there. Rules
 * read these, so the program that answers finds them computed.
 */
import type { Row } from '@openvnet/schema'
import { recordQuery, type View } from '../../engine/view.ts'
import { allowedSwitches, networksOfInterface, simulatedOfNetwork } from '../presence/queries.ts'
import { networksOfPolicies } from './policies.ts'

type Mode = 'dhcp' | 'dns'

/** Interfaces with the service, in the order of their uuids. */
type Services = { readonly [M in Mode]: readonly number[] }

const offers = (interfaceId: number, mode: Mode, view: View): boolean =>
  view.list('network_service.interface_id', interfaceId).some((service) => service.mode === mode)

const servicesOfNetwork = recordQuery<Services>('services of network', (id, view) => {
  const of = (mode: Mode) => view.query(simulatedOfNetwork, id).filter((each) => offers(each, mode, view))
  const [dhcp, dns] = [of('dhcp'), of('dns')]
  return dhcp.length + dns.length === 0 ? null : { dhcp, dns }
})

/** Whether there is such a service in a network, on whichever switch. */
export const hasService = (mode: Mode, network: number, view: View): boolean =>
  (view.query(servicesOfNetwork, network)?.[mode] ?? []).length > 0

/** The interfaces that offer a service to guests of a network on a switch. */
export const serversOf = (mode: Mode, network: number, view: View, dpid: string): Row<'interface'>[] =>
  (view.query(servicesOfNetwork, network)?.[mode] ?? []).flatMap((id) => {
    const row = view.get('interface', id)
    return row === undefined || allowedSwitches(row, [dpid], view).length === 0 ? [] : [row]
  })

/** Whether a network tells its guests to ask DHCPv6: RFC 4861 §4.2, M and O. */
export const usesDhcp6 = (network: Row<'network'>): boolean =>
  network.ipv6_network !== null &&
  (network.ipv6_address_mode === 'dhcpv6_stateful' || network.ipv6_address_mode === 'dhcpv6_stateless')

const hasFamily = (network: number, family: 4 | 6, view: View): boolean => {
  const row = view.get('network', network)
  if (row === undefined) return false
  return family === 4 ? row.ipv4_network !== null : usesDhcp6(row)
}

/** Networks in which a MAC address of a guest is: those of its leases, of the interface, or of who would give it one. */
const networksOfMac = (lease: Row<'mac_lease'>, view: View): readonly number[] => {
  const networks = new Set(view.list('ip_lease.mac_lease_id', lease.id).map(({ network_id }) => network_id))
  if (networks.size > 0) return [...networks].sort((a, b) => a - b)
  const named = view.query(networksOfInterface, lease.interface_id)
  return named.length > 0 ? named : [...new Set(networksOfPolicies(lease.interface_id, view))]
}

/**
 * The network in which a guest without address asks for one: of several the first with a server of the family.
 * `isServed`: there is one on the switch.
 */
export const networkOfAsking = (
  lease: Row<'mac_lease'>,
  family: 4 | 6,
  view: View,
  dpid: string,
): { readonly network: number; readonly isServed: boolean } | undefined => {
  const networks = networksOfMac(lease, view)
  const served = networks.find(
    (id) => serversOf('dhcp', id, view, dpid).length > 0 && hasFamily(id, family, view),
  )
  if (served !== undefined) return { network: served, isServed: true }
  const [only, second] = networks
  return only === undefined || second !== undefined ? undefined : { network: only, isServed: false }
}
