/**
 * An interface that is added to a policy gets its address at once, unless it has one of it, DHCP is to ask for it, or it
 * is said that it gets none.
 */
import type { Row } from '@openvnet/schema'
import type { Behaviour } from '../crud/behaviour.ts'
import { leaseByPolicy, leaseOfPolicy } from '../rules/lease_policy.ts'

export const leasePolicyInterface: Behaviour<'lease_policy_interface'> = {
  created: (work, { lease_policy_id, interface_id, label }, { extra }) => {
    if (extra.get('lease') === false) return
    const policy = work.byId('lease_policy', lease_policy_id) as Row<'lease_policy'>
    if (policy.timing !== 'immediate' || leaseOfPolicy(work, policy, interface_id)) return
    leaseByPolicy(work, policy, { interface_id, label })
  },
}
