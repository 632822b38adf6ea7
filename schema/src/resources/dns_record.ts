import { derived, inColumn, ofFamily, optional, required, requiredReference } from '../field.ts'
import { ipv6 } from '../kinds/address.ts'
import { ipv4OrNumber } from '../kinds/address_number.ts'
import { dnsName } from '../kinds/dns_name.ts'
import { dnsText, dnsType, parseDnsValue } from '../kinds/dns_value.ts'
import { integer } from '../kinds/scalar.ts'
import { defineResource, type ValueField } from '../resource.ts'

type Cells = Readonly<Record<string, unknown>>

const ofType = <F extends ValueField>(type: string, field: F) => ({
  ...field,
  when: (row: Cells) => row['type'] === type,
})

export const dnsRecord = defineResource({
  name: 'dns_record',
  collection: 'dns_records',
  model: 'DnsRecord',
  prefix: 'dnsr',
  parent: 'dns_service',
  help: 'A name and what it stands for; a name may have several. Guests have names on their own, see hostname of interfaces.',
  canonical: ({ type = 'A', value }) => {
    const parsed = dnsType.parse(type)
    const said = parsed.ok && typeof value === 'string' ? parseDnsValue(parsed.value, value) : parsed
    return said.ok && typeof value === 'string' ? { value: said.value } : {}
  },
  fields: {
    dns_service: requiredReference('dns_service', {
      help: 'The service that knows it.',
      onDelete: 'cascade',
    }),
    name: required(dnsName, { help: 'The name; upper and lower case are the same.' }),
    type: derived(dnsType, { help: 'The type; A when absent, AAAA with ipv6_address.' }),
    ipv4_address: ofType(
      'A',
      ofFamily(4, 'value', derived(ipv4OrNumber, { help: 'The address, of type A.' })),
    ),
    ipv6_address: ofType('AAAA', ofFamily(6, 'value', derived(ipv6, { help: 'The address, of type AAAA.' }))),
    value: inColumn(
      'value',
      derived(dnsText, {
        help: 'What the record says: a name (PTR, CNAME), "priority weight port target" (SRV), text (TXT), or the address.',
      }),
    ),
    ttl: optional(integer(0, 2 ** 31 - 1), { help: 'Seconds for which an answer holds (RFC 2181).' }),
  },
})
