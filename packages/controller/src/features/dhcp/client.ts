/** What rows say of a guest that asks, and of the server that answers it. Everything follows from leases: nothing is given out here. */
import type { Row } from '@openvnet/schema'
import type { PacketAnswer } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import { toMac } from '../../packet/index.ts'
import { serversOf } from './queries.ts'

export type Family = 4 | 6

export const isOfFamily = ({ address }: Row<'ip_lease'>, family: Family): boolean =>
  address.includes(':') === (family === 6)

const byAge = (a: Row<'ip_lease'>, b: Row<'ip_lease'>): number => a.id - b.id

/** IP leases of an interface, the first one first, of any network. */
export const leasesOf = (interfaceId: number, family: Family, view: View): Row<'ip_lease'>[] =>
  view
    .list('ip_lease.interface_id', interfaceId)
    .filter((lease) => isOfFamily(lease, family))
    .sort(byAge)

/** The same for one MAC address of it. */
export const leasesOfMac = (interfaceId: number, mac: number, family: Family, view: View) =>
  leasesOf(interfaceId, family, view).filter((lease) => {
    const of = lease.mac_lease_id === null ? undefined : view.get('mac_lease', lease.mac_lease_id)
    return of !== undefined && toMac(of.mac_address) === mac
  })

export interface Server {
  readonly interface_id: number
  readonly mac: number
  /** Its first lease of the family in the network; `undefined`: it has none. */
  readonly lease: Row<'ip_lease'> | undefined
}

/** Who answers in a network: the first that can. An IPv4 server has an address there, an IPv6 one its link-local address. */
export const serverOf = (network: number, family: Family, view: View, dpid: string): Server | undefined => {
  for (const { id } of serversOf('dhcp', network, view, dpid)) {
    const leases = view
      .list('ip_lease.interface_id', id)
      .filter(({ network_id }) => network_id === network)
      .sort(byAge)
    const lease = leases.find((each) => isOfFamily(each, family))
    const owner = view.get('mac_lease', (lease ?? leases[0])?.mac_lease_id ?? null)
    if (owner === undefined || (family === 4 && lease === undefined)) continue
    return { interface_id: id, mac: toMac(owner.mac_address), lease }
  }
  return undefined
}

/** Straight to the guest: what is for one client that has no address yet is not for the whole network. */
export const sendToGuest = (
  frame: Uint8Array,
  asking: { readonly network: Row<'network'>; readonly interface: Row<'interface'> },
): PacketAnswer => ({
  send: [
    { frame, at: 'output', slices: { domain: asking.network.id, egress_interface: asking.interface.id } },
  ],
})
