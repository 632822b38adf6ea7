/** Lease policies that give an address when DHCP first asks for one (timing `dhcp`). */
import type { Row } from '@openvnet/schema'
import type { LeaseWish } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import type { Family } from './client.ts'

const policiesOf = (interfaceId: number, view: View): Row<'lease_policy'>[] =>
  view.list('lease_policy_interface.interface_id', interfaceId).flatMap(({ lease_policy_id }) => {
    const policy = view.get('lease_policy', lease_policy_id)
    return policy?.timing === 'dhcp' ? [policy] : []
  })

/** Networks in which a policy would give the interface an address. */
export const networksOfPolicies = (interfaceId: number, view: View): number[] =>
  policiesOf(interfaceId, view).flatMap(({ id }) =>
    view.list('lease_policy_network.lease_policy_id', id).map(({ network_id }) => network_id),
  )

const isOfFamily = (group: number, family: Family, view: View): boolean =>
  view
    .list('ip_range.ip_range_group_id', group)
    .some(({ begin_address }) => begin_address.includes(':') === (family === 6))

/** What to ask for a guest without lease in a network; `undefined`: no policy would give it one. */
export const wishFor = (
  { id, uuid }: Row<'interface'>,
  network: number,
  family: Family,
  view: View,
): LeaseWish | undefined => {
  const policy = policiesOf(id, view).find((each) =>
    view
      .list('lease_policy_network.lease_policy_id', each.id)
      .some(
        ({ network_id, ip_range_group_id }) =>
          network_id === network && isOfFamily(ip_range_group_id, family, view),
      ),
  )
  return policy && { policy: policy.uuid, interface: uuid }
}
