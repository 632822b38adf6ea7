/** What a lease policy is related to. */
import { optional, requiredReference } from '../field.ts'
import { boolean, text } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

const policy = requiredReference('lease_policy', { help: 'The policy.', onDelete: 'cascade' })

export const leasePolicyNetwork = defineResource({
  name: 'lease_policy_network',
  collection: 'lease_policy_networks',
  model: 'LeasePolicyBaseNetwork',
  prefix: null,
  placement: { answers: 'base' },
  help: 'A network whose addresses a policy gives out, and from which ranges.',
  fields: {
    lease_policy: policy,
    network: requiredReference('network', { help: 'The network.', onDelete: 'cascade' }),
    ip_range_group: requiredReference('ip_range_group', {
      help: 'The ranges; what of them is in the network counts.',
      onDelete: 'cascade',
    }),
  },
  unique: [['lease_policy_id', 'network_id']],
})

export const leasePolicyInterface = defineResource({
  name: 'lease_policy_interface',
  collection: 'lease_policy_interfaces',
  model: 'LeasePolicyBaseInterface',
  prefix: null,
  placement: { answers: 'base' },
  help: 'An interface that gets its address from a policy.',
  fields: {
    lease_policy: policy,
    interface: requiredReference('interface', {
      help: 'The interface; it needs a MAC lease.',
      onDelete: 'cascade',
    }),
    label: optional(text, {
      help: 'Its leases go into the containers with this label and into those without any.',
    }),
  },
  parameters: {
    lease: {
      kind: boolean,
      help: 'false: it gets no address now, e.g. because it comes back without one.',
      restored: false,
    },
  },
  unique: [['lease_policy_id', 'interface_id']],
})

const label = optional(text, { help: 'Only leases with this label go there; all of the policy when absent.' })

export const leasePolicyIpLeaseContainer = defineResource({
  name: 'lease_policy_ip_lease_container',
  collection: 'lease_policy_ip_lease_containers',
  model: 'LeasePolicyIpLeaseContainer',
  prefix: null,
  placement: { answers: 'other' },
  help: 'A container into which the IP leases of a policy go.',
  fields: {
    lease_policy: policy,
    ip_lease_container: requiredReference('ip_lease_container', {
      help: 'The container.',
      onDelete: 'cascade',
    }),
    label,
  },
  unique: [['lease_policy_id', 'ip_lease_container_id']],
})

export const leasePolicyIpRetentionContainer = defineResource({
  name: 'lease_policy_ip_retention_container',
  collection: 'lease_policy_ip_retention_containers',
  model: 'LeasePolicyIpRetentionContainer',
  prefix: null,
  placement: { answers: 'other' },
  help: 'A container that keeps the time of the IP leases of a policy.',
  fields: {
    lease_policy: policy,
    ip_retention_container: requiredReference('ip_retention_container', {
      help: 'The container.',
      onDelete: 'cascade',
    }),
    label,
  },
  unique: [['lease_policy_id', 'ip_retention_container_id']],
})
