import { requiredReference } from '../field.ts'
import { defineResource } from '../resource.ts'

export const ipLeaseContainer = defineResource({
  name: 'ip_lease_container',
  collection: 'ip_lease_containers',
  model: 'IpLeaseContainer',
  prefix: 'ilc',
  help: 'A collection of IP leases: those that lease policies put there, and others by hand.',
  fields: {},
})

export const ipLeaseContainerIpLease = defineResource({
  name: 'ip_lease_container_ip_lease',
  collection: 'ip_lease_container_ip_leases',
  model: 'IpLeaseContainerIpLease',
  prefix: null,
  help: 'Says that an IP lease is in a container.',
  fields: {
    ip_lease_container: requiredReference('ip_lease_container', {
      help: 'The container.',
      onDelete: 'cascade',
    }),
    ip_lease: requiredReference('ip_lease', { help: 'The IP lease.', onDelete: 'cascade' }),
  },
  unique: [['ip_lease_container_id', 'ip_lease_id']],
})
