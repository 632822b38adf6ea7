import { inColumn, optional, required, requiredReference } from '../field.ts'
import { ipv4OrNumber } from '../kinds/address_number.ts'
import { dnsName } from '../kinds/dns_name.ts'
import { integer } from '../kinds/scalar.ts'
import { defineResource } from '../resource.ts'

export const dnsRecord = defineResource({
  name: 'dns_record',
  collection: 'dns_records',
  model: 'DnsRecord',
  prefix: 'dnsr',
  parent: 'dns_service',
  help: 'A name and its address: stored, questions are not answered yet.',
  fields: {
    dns_service: requiredReference('dns_service', {
      help: 'The service that knows it.',
      onDelete: 'cascade',
    }),
    name: required(dnsName, { help: 'The name.' }),
    ipv4_address: inColumn('address', required(ipv4OrNumber, { help: 'Its address.' })),
    ttl: optional(integer(0, 2 ** 31 - 1), { help: 'Seconds for which an answer holds (RFC 2181).' }),
  },
})
