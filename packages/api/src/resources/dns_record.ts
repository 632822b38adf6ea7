/**
 * What a record says is checked by its type. A name may have several records, but not one twice, and a CNAME stands alone
 * (RFC 1034 §3.6.2). An IPv4 address is shown as a number too, as the original did.
 */
import { type DnsType, parseDnsValue, type Row, toIpAddress } from '@openvnet/schema'
import type { Behaviour, Draft, Work } from '../crud/behaviour.ts'
import { argumentError, missingArgument } from '../errors.ts'

/** The parameter that says the value. */
const saidBy = ({ extra }: Draft<'dns_record'>): string =>
  ['ipv4_address', 'ipv6_address'].find((name) => typeof extra.get(name) === 'string') ?? 'value'

const TYPE_OF: Readonly<Record<string, DnsType>> = { ipv4_address: 'A', ipv6_address: 'AAAA' }

/** @throws ApiError ArgumentError when an address is given for a record of another type */
const typeOf = (draft: Draft<'dns_record'>): DnsType => {
  const parameter = saidBy(draft)
  const { type, value } = draft.values
  const implied = TYPE_OF[parameter]
  if (type === undefined) return implied ?? 'A'
  if (implied === undefined || implied === type) return type
  throw argumentError(
    parameter,
    value,
    `of a record of type ${implied}; this is one of type ${type}, say it as value`,
  )
}

/** Names differ neither by case nor by the dot at the end (RFC 4343). */
const folded = (name: string): string => name.toLowerCase().replace(/\.$/, '')

/** @throws ApiError ArgumentError */
const checkOthers = (
  work: Work,
  row: Pick<Row<'dns_record'>, 'dns_service_id' | 'name' | 'type' | 'value'>,
): void => {
  const { name, type, value } = row
  const others = work
    .where('dns_record', { dns_service_id: row.dns_service_id })
    .filter((other) => folded(other.name) === folded(name))
  const same = others.find((other) => other.type === type && other.value === value)
  if (same !== undefined) throw argumentError('value', value, `${same.uuid} says so of ${name} already`)
  const alias = others.find((other) => type === 'CNAME' || other.type === 'CNAME')
  if (alias === undefined) return
  throw argumentError(
    'type',
    type,
    `${name} has the ${alias.type} record ${alias.uuid}, and a CNAME stands alone (RFC 1034 §3.6.2)`,
  )
}

export const dnsRecord: Behaviour<'dns_record'> = {
  complete: (work, draft) => {
    const type = typeOf(draft)
    const { name = '', value: given, dns_service_id = 0 } = draft.values
    if (given === undefined) throw missingArgument(type === 'A' ? 'ipv4_address' : 'value')
    const parsed = parseDnsValue(type, given)
    if (!parsed.ok)
      throw argumentError(saidBy(draft), given, `${parsed.reason}, as a record of type ${type} has it`)
    checkOthers(work, { dns_service_id, name, type, value: parsed.value })
    return { type, value: parsed.value }
  },
  shape: (_reader, row, plain) => ({
    ...plain,
    ...(row.type === 'A' ? { ipv4_address: Number(toIpAddress(row.value).value) } : {}),
    address: row.type === 'A' || row.type === 'AAAA' ? row.value : null,
  }),
}
