/** The MTU of a network: its own, else what the network between the hosts leaves. Guests are told, and routers keep to it. */
import { fittingMtu } from '@openvnet/schema'
import { type View, valueQuery } from '../../engine/view.ts'

/** What one host may hand over to another: what fits into any tunnel. */
export const handoverMtu = valueQuery<number>('MTU of handover', (_id, view) =>
  fittingMtu({ mode: 'virtual', vlan_transparent: false }, view.list('datapath.all', 0)),
)

export const guestMtu = valueQuery<number>('MTU of guests', (id: number, view: View) => {
  const network = view.get('network', id)
  if (network === undefined) return 1500
  return network.mtu ?? fittingMtu(network, view.list('datapath.all', 0))
})
