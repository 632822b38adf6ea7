/**
 * Answers from what is known here: RFC 1034 §4.3.2. Aliases are followed as far as we know them; what is not there says so
 * with the SOA of its zone (RFC 2308 §3): "no such name" or "nothing of this type", which resolvers remember differently.
 */
import { domainKey } from '../../model/index_key.ts'
import { DNS_RCODE, type DnsRecord } from '../../packet/dns/index.ts'
import { isDomainName } from '../../packet/index.ts'
import type { Asker } from './asker.ts'
import { guestName } from './guest_names.ts'
import type { Known } from './known.ts'
import { type StaticNamesCache, staticName } from './static_names.ts'

export interface Resolved {
  readonly answers: readonly DnsRecord[]
  readonly authorities: readonly DnsRecord[]
  readonly additionals: readonly DnsRecord[]
  readonly rcode: number
  /** The name at which our knowledge ends: whoever knows more must be asked for it. */
  readonly foreign?: string
  /** Whether a name that others deny is there all the same, as names below it are. */
  readonly exists: boolean
}

const NOTHING_MORE = { authorities: [], additionals: [] } as const

/** Aliases in a row, after which one gives up. */
const MAX_ALIASES = 8
/** Seconds for which resolvers may remember that something is not there: it may be made any time. */
const NEGATIVE_TTL = 5

const lookUp = (name: string, asker: Asker, cache: StaticNamesCache): Known => {
  const said = staticName(name, asker.service, asker.view, cache)
  const guest = guestName(name, asker)
  const zone = guest.zone ?? said.zone
  const known = {
    records: [...said.records, ...guest.records],
    exists: said.exists || guest.exists,
  }
  return zone === undefined ? known : { ...known, zone }
}

const soaOf = (zone: string): DnsRecord => ({
  name: zone,
  type: 'SOA',
  ttl: NEGATIVE_TTL,
  data: {
    mname: zone,
    rname: isDomainName(`hostmaster.${zone}`) ? `hostmaster.${zone}` : zone,
    ...{ serial: 1, refresh: 3600, retry: 600, expire: 86_400, minimum: NEGATIVE_TTL },
  },
})

/** Of one type, or of `ANY` one type that is there (RFC 8482 §4.1). */
const ofType = (records: readonly DnsRecord[], type: string): readonly DnsRecord[] => {
  const wanted = type === 'ANY' ? records[0]?.type : type
  return records.filter((record) => record.type === wanted)
}

const aliasIn = (records: readonly DnsRecord[], type: string): string | undefined => {
  const alias = type === 'CNAME' || type === 'ANY' ? undefined : records.find((one) => one.type === 'CNAME')
  return alias?.type === 'CNAME' ? alias.data : undefined
}

interface Step {
  readonly answers: readonly DnsRecord[]
  /** The name to go on with. */
  readonly alias?: string
}

/** What a name of ours says. @param owner the name as it was asked for */
const stepAt = (owner: string, type: string, { records, zone }: Known): Step => {
  const named = (some: readonly DnsRecord[]) => some.map((record) => ({ ...record, name: owner }))
  const alias = aliasIn(records, type)
  if (alias !== undefined) {
    const aliases = records.filter((record) => record.type === 'CNAME')
    return { answers: named(aliases.slice(0, 1)), alias }
  }
  const isApex = zone !== undefined && zone === domainKey(owner)
  return { answers: named(ofType(isApex ? [...records, soaOf(zone)] : records, type)) }
}

/** Addresses of the targets of services, as far as they are known here, save a question for each (RFC 2782). */
const addressesOfTargets = (answers: readonly DnsRecord[], asker: Asker, cache: StaticNamesCache) => {
  const targets = new Set(
    answers.flatMap((one) => (one.type === 'SRV' ? domainKey(one.data.target) : null) ?? []),
  )
  return [...targets].flatMap((target) =>
    lookUp(target, asker, cache).records.filter(({ type }) => type === 'A' || type === 'AAAA'),
  )
}

/** @param name as it was asked for; answers have it so */
export const resolve = (name: string, type: string, asker: Asker, cache: StaticNamesCache): Resolved => {
  const answers: DnsRecord[] = []
  let owner = name
  for (let aliases = 0; aliases <= MAX_ALIASES; aliases += 1) {
    const known = lookUp(domainKey(owner) ?? '', asker, cache)
    const { exists, zone } = known
    if (zone === undefined)
      return { ...NOTHING_MORE, answers, rcode: DNS_RCODE.no_error, foreign: owner, exists }
    const step = stepAt(owner, type, known)
    answers.push(...step.answers)
    if (step.alias !== undefined) {
      owner = step.alias
      continue
    }
    const authorities = step.answers.length > 0 ? [] : [soaOf(zone)]
    const rcode = exists ? DNS_RCODE.no_error : DNS_RCODE.name_error
    return { answers, authorities, additionals: addressesOfTargets(answers, asker, cache), rcode, exists }
  }
  return { ...NOTHING_MORE, answers: [], rcode: DNS_RCODE.server_failure, exists: true }
}
