import { derived, optional, requiredReference } from '../field.ts'
import { text } from '../kinds/scalar.ts'
import { securityRules } from '../kinds/security_rules.ts'
import { defineResource } from '../resource.ts'

export const securityGroup = defineResource({
  name: 'security_group',
  collection: 'security_groups',
  model: 'SecurityGroup',
  prefix: 'sg',
  help: 'Interfaces that accept each other, and what they let in from elsewhere. Stored; nothing is filtered yet.',
  fields: {
    display_name: derived(text, { help: 'A name for people; the uuid when absent.', mutable: true }),
    description: optional(text, { help: 'What it is for.', mutable: true }),
    rules: optional(securityRules, {
      help: 'What is let in: tcp:22:10.0.0.0/8, icmp:-1:0.0.0.0/0, udp:53:sg-dns; one per line or with commas.',
      mutable: true,
    }),
  },
})

export const securityGroupInterface = defineResource({
  name: 'security_group_interface',
  collection: 'security_group_interfaces',
  model: 'SecurityGroupInterface',
  prefix: null,
  help: 'Says that an interface is in a security group. Stored; nothing is filtered yet.',
  placement: { bothWays: true },
  fields: {
    security_group: requiredReference('security_group', { help: 'The group.', onDelete: 'cascade' }),
    interface: requiredReference('interface', { help: 'The interface.', onDelete: 'cascade' }),
  },
  unique: [['security_group_id', 'interface_id']],
})
