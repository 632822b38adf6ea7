import { optional, requiredReference } from '../field.ts'
import { ipList } from '../kinds/ip_address.ts'
import { defineResource } from '../resource.ts'

export const dnsService = defineResource({
  name: 'dns_service',
  collection: 'dns_services',
  model: 'DnsService',
  prefix: 'dnss',
  help: 'The records of a network service of mode dns.',
  fields: {
    network_service: requiredReference('network_service', {
      help: 'The network service, of mode dns.',
      onDelete: 'cascade',
    }),
    public_dns: optional(ipList, {
      help: 'The name servers, of either family, that are asked for what it does not know.',
      mutable: true,
    }),
  },
})
