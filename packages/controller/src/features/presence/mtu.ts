/** The MTU of a network: its own, else what the network between the hosts leaves. Guests are told, and routers keep to it. */
import { fittingMtu } from '@openvnet/schema'
import { type View, valueQuery } from '../../engine/view.ts'

export const guestMtu = valueQuery<number>('MTU of guests', (id: number, view: View) => {
  const network = view.get('network', id)
  if (network === undefined) return 1500
  return network.mtu ?? fittingMtu(network, view.list('datapath.all', 0))
})
