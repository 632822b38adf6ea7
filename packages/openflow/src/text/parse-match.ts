/**
 * A match from its text: what `formatMatch` prints and the other names and notations of `ovs-ofctl` (ovs-fields(7)).
 * The result is canonical. Unlike `ovs-ofctl`, which drops a field whose prerequisites are not matched, this refuses it.
 */
import { canonicalMatch } from '../canonical.ts'
import type { FieldName } from '../fields.ts'
import type { Match, MatchField } from '../types/match.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { fieldHint, fieldsNamed, isAllowed, knownFrom, prerequisiteOf } from './parse-fields.ts'
import { bigNumber, fieldValue, hexBytes, number, type TextNumbers } from './parse-value.ts'
import { cutAt, type Item, scan } from './parse-words.ts'
import { suggestion } from './suggestion.ts'

const exact = (field: FieldName, value: number): MatchField => ({ field, value, mask: null })
const ip = (protocol: number): MatchField[] => [exact('eth_type', 0x0800), exact('ip_proto', protocol)]
const ip6 = (protocol: number): MatchField[] => [exact('eth_type', 0x86dd), exact('ip_proto', protocol)]

/** Names of protocols, and the fields that they stand for. */
const PROTOCOLS: ReadonlyMap<string, readonly MatchField[]> = new Map(
  Object.entries({
    eth: [],
    ip: [exact('eth_type', 0x0800)],
    ip4: [exact('eth_type', 0x0800)],
    ipv4: [exact('eth_type', 0x0800)],
    ipv6: [exact('eth_type', 0x86dd)],
    ip6: [exact('eth_type', 0x86dd)],
    arp: [exact('eth_type', 0x0806)],
    rarp: [exact('eth_type', 0x8035)],
    mpls: [exact('eth_type', 0x8847)],
    mplsm: [exact('eth_type', 0x8848)],
    icmp: ip(1),
    icmp4: ip(1),
    tcp: ip(6),
    tcp4: ip(6),
    udp: ip(17),
    udp4: ip(17),
    sctp: ip(132),
    sctp4: ip(132),
    icmp6: ip6(58),
    icmpv6: ip6(58),
    tcp6: ip6(6),
    udp6: ip6(17),
    sctp6: ip6(132),
  }),
)

/** A part of a match, and the words that it came from. */
interface Found {
  readonly field: MatchField
  readonly item: Item
}

/** Collects the items of a match one by one: in a flow they stand between others. */
export class MatchParser {
  readonly #names: TextNumbers
  /** Items whose field depends on the protocol wait until all are there. */
  readonly #items: Item[] = []

  constructor(names: TextNumbers) {
    this.#names = names
  }

  /** Takes an item; false if it is no part of a match. */
  take(item: Item): boolean {
    const name = item.name.text.toLowerCase()
    if (item.form === '(' || !isMatchName(name, item.form)) return false
    this.#items.push(item)
    return true
  }

  /** @throws FlowSyntaxError for values, double fields and prerequisites */
  finish(): Match {
    const found: Found[] = []
    const ordered = [...this.#items].sort((a, b) => rank(a) - rank(b))
    for (const item of ordered) {
      for (const field of this.#fieldsOf(item, found)) add(found, { field, item })
    }
    return canonicalMatch(withTag(found.map(({ field }) => field)))
  }

  #fieldsOf(item: Item, found: readonly Found[]): readonly MatchField[] {
    const name = item.name.text.toLowerCase()
    if (item.form === '') return PROTOCOLS.get(name) ?? []
    const special = SPECIAL.get(name)
    if (special !== undefined) return special(item.value)
    if (name.startsWith('oxm_0x')) return [unknownField(item)]
    return [fieldValue(resolve(item, found), item.value, this.#names)]
  }
}

function isMatchName(name: string, form: string): boolean {
  if (form === '') return PROTOCOLS.has(name)
  return SPECIAL.has(name) || /^oxm_0x[0-9a-f]{8}$/.test(name) || fieldsNamed(name).length > 0
}

/** What a name that is no part of a match may have meant. */
export function matchHint(name: string, form: string): string {
  if (form === '' && fieldsNamed(name).length > 0) return `${name} wants a value: ${name}=…`
  if (form !== '' && PROTOCOLS.has(name.toLowerCase())) return `${name} stands alone`
  return form === '' ? suggestion(name, PROTOCOLS.keys()) : fieldHint(name)
}

/** Protocols, and fields that others need, before those. */
const FIRST: readonly string[] = ['dl_type', 'eth_type', 'nw_proto', 'ip_proto', 'icmp_type', 'icmpv6_type']
function rank(item: Item): number {
  if (item.form === '') return -1
  const index = FIRST.indexOf(item.name.text.toLowerCase())
  return index < 0 ? FIRST.length : index
}

function add(found: Found[], next: Found): void {
  const { field, item } = next
  const before = found.find((one) => field.field !== 'unknown' && one.field.field === field.field)
  if (before === undefined) {
    found.push(next)
    return
  }
  // `ip,tcp` says twice what it says.
  const isSame = before.field.field !== 'unknown' && field.field !== 'unknown'
  if (!isSame || before.field.value !== field.value || before.field.mask !== field.mask || item.form !== '')
    throw new FlowSyntaxError(item.name, `${field.field} only once`)
}

/** The field that is meant, by its name and the protocol. */
function resolve({ name }: Item, found: readonly Found[]): FieldName {
  const candidates = fieldsNamed(name.text)
  const known = knownFrom(found.map(({ field }) => field))
  const field = candidates.find((candidate) => isAllowed(candidate, known))
  if (field === undefined)
    throw new FlowSyntaxError(
      name,
      `${prerequisiteOf(candidates)} with ${name.text}`,
      'say the protocol in the same match',
    )
  return field
}

/** A priority without an id implies that there is a tag. */
function withTag(fields: MatchField[]): MatchField[] {
  const has = (name: FieldName): boolean => fields.some(({ field }) => field === name)
  if (!has('vlan_pcp') || has('vlan_vid')) return fields
  return [...fields, { field: 'vlan_vid', value: 0x1000, mask: 0x1000 }]
}

/** Fields that people write in another way than the wire. */
const SPECIAL: ReadonlyMap<string, (value: Word) => readonly MatchField[]> = new Map(
  Object.entries({
    dl_vlan: parseVlan,
    dl_vlan_pcp: (word) => [exact('vlan_pcp', number(word, 3))],
    vlan_tci: parseTci,
    nw_tos: (word) => [exact('ip_dscp', dscpOfTos(word))],
    nw_frag: parseFragment,
    ip_frag: parseFragment,
  }),
)

/** `0xffff`: no tag. */
function parseVlan(word: Word): readonly MatchField[] {
  const value = number(word, 16)
  if (value === 0xffff) return [exact('vlan_vid', 0)]
  if (value > 0xfff) throw new FlowSyntaxError(word, 'a number of 12 bits')
  return [exact('vlan_vid', value | 0x1000)]
}

/** The 16 bits of a tag: id, presence, priority. The priority is matched whole or not at all; no tag has none. */
function parseTci(word: Word): readonly MatchField[] {
  const [valueWord, maskWord] = cutAt(word, '/')
  const value = number(valueWord, 16)
  const mask = maskWord === null ? 0xffff : number(maskWord, 16)
  const priority = mask >>> 13
  if (priority !== 0 && priority !== 7)
    throw new FlowSyntaxError(maskWord ?? word, 'all bits of the priority in the mask, or none')
  const idMask = mask & 0x1fff
  return [
    ...(idMask === 0 ? [] : [{ field: 'vlan_vid' as const, value: value & idMask, mask: idMask }]),
    ...(priority === 0 || (idMask !== 0 && (value & 0x1fff) === 0) ? [] : [exact('vlan_pcp', value >>> 13)]),
  ]
}

/** The DSCP of a type of service, whose lower two bits are zero. */
export function dscpOfTos(word: Word): number {
  const value = number(word, 8)
  if ((value & 3) !== 0) throw new FlowSyntaxError(word, 'a multiple of 4 (the lower bits are nw_ecn)')
  return value >>> 2
}

const FRAGMENTS: ReadonlyMap<string, readonly [value: number, mask: number]> = new Map([
  ['no', [0, 3]],
  ['yes', [1, 1]],
  ['first', [1, 3]],
  ['later', [3, 3]],
  ['not_later', [0, 2]],
])

function parseFragment(word: Word): readonly MatchField[] {
  const found = FRAGMENTS.get(word.text.toLowerCase())
  if (found === undefined) throw new FlowSyntaxError(word, 'no, yes, first, later or not_later')
  return [{ field: 'ip_frag', value: found[0], mask: found[1] }]
}

/** `oxm_0x80001a04=0a000001`: a field that the library does not know. */
function unknownField({ name, value }: Item): MatchField {
  const header = Number(bigNumber({ text: name.text.slice(4), at: name.at + 4 }, 32))
  const data = hexBytes(value)
  if (data.length !== (header & 0xff))
    throw new FlowSyntaxError(value, `the ${header & 0xff} bytes that the header says`)
  return { field: 'unknown', header, data }
}

/**
 * Reads the text of a match: `tcp,nw_dst=10.0.0.0/8,tp_dst=80`, separated by commas or spaces.
 * @param names numbers of the names of ports in it
 * @returns the match in canonical form; empty for empty text. Value bits outside of a mask are dropped.
 * @throws FlowSyntaxError with the place, also for a field without its prerequisites
 */
export function parseMatch(text: string, names: TextNumbers = {}): Match {
  const parser = new MatchParser(names)
  for (const item of scan({ text, at: 0 })) {
    if (!parser.take(item))
      throw new FlowSyntaxError(item.name, 'a field or a protocol', matchHint(item.name.text, item.form))
  }
  return parser.finish()
}
