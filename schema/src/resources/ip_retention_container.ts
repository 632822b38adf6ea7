import { optional, requiredReference } from '../field.ts'
import { integer, time } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

/** 68 years, in seconds. */
const seconds = integer(0, 2 ** 31 - 1)

export const ipRetentionContainer = defineResource({
  name: 'ip_retention_container',
  collection: 'ip_retention_containers',
  model: 'IpRetentionContainer',
  prefix: 'irc',
  help: 'How long the IP leases of a lease policy last, and how long their addresses are kept afterwards.',
  fields: {
    lease_time: optional(seconds, {
      help: 'Seconds after which a lease is released; it lasts until somebody releases it when absent.',
      mutable: true,
    }),
    grace_time: optional(seconds, {
      help: 'Seconds after its release after which a lease is deleted; its address is kept when absent.',
      mutable: true,
    }),
  },
})

export const ipRetention = defineResource({
  name: 'ip_retention',
  collection: 'ip_retentions',
  model: 'IpRetention',
  prefix: null,
  placement: { words: ['ip_retentions', 'ip_retention'], lists: 'rows' },
  help: 'An IP lease whose time a container keeps; lease policies make them.',
  fields: {
    ip_retention_container: requiredReference('ip_retention_container', {
      help: 'The container.',
      onDelete: 'cascade',
    }),
    ip_lease: requiredReference('ip_lease', { help: 'The IP lease.', onDelete: 'cascade' }),
    leased_at: optional(time, { help: 'Since when it counts; now when absent.' }),
    released_at: optional(time, { help: 'Since when no interface has it.' }),
  },
  unique: [['ip_retention_container_id', 'ip_lease_id']],
})
