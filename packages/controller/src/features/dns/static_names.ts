/**
 * Names from rows `dns_record`. Each name that has a record is ours with all its types, so that what the public knows of it
 * does not mix in; names around it are not.
 */
import type { Row } from '@openvnet/schema'
import type { View } from '../../engine/view.ts'
import { domainKey } from '../../model/index_key.ts'
import { type DnsRecord, dnsRecordOf } from '../../packet/dns/index.ts'
import { type Known, parentsOf } from './known.ts'

/** Seconds, where a record says none; the original's. */
const RECORD_TTL = 300

type Records = readonly Row<'dns_record'>[]

interface StaticNames {
  readonly records: ReadonlyMap<string, readonly DnsRecord[]>
  /** Names that have names below them. */
  readonly parents: ReadonlySet<string>
}

const readNames = (rows: Records): StaticNames => {
  const records = new Map<string, DnsRecord[]>()
  const parents = new Set<string>()
  for (const { name, type, value, ttl } of rows) {
    const key = domainKey(name)
    if (key === null) continue
    const record = dnsRecordOf(key, type, value, ttl ?? RECORD_TTL)
    const same = records.get(key)
    if (same === undefined) records.set(key, [record])
    else same.push(record)
    for (const parent of parentsOf(key)) parents.add(parent)
  }
  return { records, parents }
}

/** By the list of rows, which is another one after a change. */
export type StaticNamesCache = WeakMap<Records, StaticNames>

export const createStaticNames = (): StaticNamesCache => new WeakMap()

const namesOf = (rows: Records, cache: StaticNamesCache): StaticNames => {
  const found = cache.get(rows) ?? readNames(rows)
  cache.set(rows, found)
  return found
}

/** The rows `dns_service` of a simulated interface. */
export const dnsServicesOf = (service: number, view: View): readonly Row<'dns_service'>[] =>
  view
    .list('network_service.interface_id', service)
    .filter(({ mode }) => mode === 'dns')
    .flatMap(({ id }) => view.list('dns_service.network_service_id', id))

/** @param service id of the simulated interface that is asked */
export const staticName = (name: string, service: number, view: View, cache: StaticNamesCache): Known => {
  const all = dnsServicesOf(service, view).map(({ id }) =>
    namesOf(view.list('dns_record.dns_service_id', id), cache),
  )
  const records = all.flatMap((names) => names.records.get(name) ?? [])
  if (records.length > 0) return { records, exists: true, zone: name }
  return { records, exists: all.some(({ parents }) => parents.has(name)) }
}
