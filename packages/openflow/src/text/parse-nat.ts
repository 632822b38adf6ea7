/** Connection tracking: `ct(commit,zone=5,nat(src=10.0.0.1),exec(…))`. `parse_CT` and `parse_NAT` of Open vSwitch. */
import { NX_CT_F, OFPTT } from '../constants.ts'
import type { Ct } from '../types/action.ts'
import type { Nat } from '../types/open-vswitch-action.ts'
import { HELPERS, NAT_FLAGS } from './action-words.ts'
import { parseIpv4, parseIpv6 } from './address.ts'
import type { ActionContext } from './parse-context.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { isSubfield, parseSubfield } from './parse-subfield.ts'
import { isNumber, number, table } from './parse-value.ts'
import { cutAt, type Item, part, scan } from './parse-words.ts'
import { suggestion } from './suggestion.ts'

type Draft = { -readonly [K in keyof Ct]: Ct[K] }

export function parseCt({ value }: Item, context: ActionContext): Ct {
  const ct: Draft = { type: 'ct', flags: 0, zone: 0, recirc_table: OFPTT.ALL, alg: 0, actions: [] }
  for (const item of scan(value)) takeArgument(ct, item, context)
  return ct
}

const ARGUMENTS = ['commit', 'force', 'table', 'zone', 'alg', 'nat', 'exec']

function helperNumber(value: Word): number {
  if (isNumber(value.text)) return number(value, 16)
  throw new FlowSyntaxError(value, [...HELPERS.keys()].join(', '), suggestion(value.text, HELPERS.keys()))
}

function takeArgument(ct: Draft, item: Item, context: ActionContext): void {
  const { name, value } = item
  switch (name.text) {
    case 'commit':
      ct.flags |= NX_CT_F.COMMIT
      return
    case 'force':
      ct.flags |= NX_CT_F.FORCE
      return
    case 'table':
      ct.recirc_table = table(value, context.names)
      return
    case 'zone':
      ct.zone = isSubfield(value) ? parseSubfield(value) : number(value, 16)
      return
    case 'alg':
      ct.alg = HELPERS.get(value.text) ?? helperNumber(value)
      return
    case 'nat':
      ct.actions = [...ct.actions, parseNat(item)]
      return
    case 'exec':
      ct.actions = [...ct.actions, ...context.readList(value, context)]
      return
    default:
      throw new FlowSyntaxError(name, ARGUMENTS.join(', '), suggestion(name.text, ARGUMENTS))
  }
}

const NO_RANGE = {
  range_ipv4_min: null,
  range_ipv4_max: null,
  range_ipv6_min: null,
  range_ipv6_max: null,
  range_proto_min: null,
  range_proto_max: null,
}

export function parseNat({ value }: Item): Nat {
  let nat: Nat = { type: 'nat', flags: 0, ...NO_RANGE }
  for (const item of scan(value)) {
    const flags = nat.flags | flagsOf(item)
    nat = { ...nat, flags, ...(isSide(item) && item.form === '=' ? rangeOf(item.value) : {}) }
  }
  return nat
}

const isSide = ({ name }: Item): boolean => name.text === 'src' || name.text === 'dst'

function flagsOf({ name, value, form }: Item): number {
  if (name.text === 'flags' && form === '=') return number(value, 16)
  const bit = NAT_FLAGS.indexOf(name.text)
  if (bit < 0) throw new FlowSyntaxError(name, NAT_FLAGS.join(', '), suggestion(name.text, NAT_FLAGS))
  return 1 << bit
}

/** `10.0.0.1-10.0.0.9:1-100`, `[fe80::1]-[fe80::9]:1`, `fe80::1-fe80::9`, `fe80::1`. */
function rangeOf(word: Word): Partial<Nat> {
  const bracketed = /^\[[^\]]*\](-\[[^\]]*\])?/.exec(word.text)?.[0]
  const colon = word.text.indexOf(':')
  const hasPorts = colon >= 0 && colon === word.text.lastIndexOf(':')
  const end = bracketed?.length ?? (hasPorts ? colon : word.text.length)
  return { ...addresses(part(word, 0, end)), ...ports(part(word, end)) }
}

function addresses(word: Word): Partial<Nat> {
  if (word.text === '') return {}
  const [first, last] = cutAt(word, '-')
  const [min, max] = [first.text, last?.text ?? null].map((text) => text?.replace(/^\[(.*)\]$/, '$1') ?? null)
  const v4 = pairOf(min ?? '', max ?? null, parseIpv4)
  if (v4 !== null) return { range_ipv4_min: v4[0], range_ipv4_max: v4[1] }
  const v6 = pairOf(min ?? '', max ?? null, parseIpv6)
  if (v6 !== null) return { range_ipv6_min: v6[0], range_ipv6_max: v6[1] }
  throw new FlowSyntaxError(word, 'an address or two with - between')
}

function pairOf<T>(min: string, max: string | null, parse: (text: string) => T | null): [T, T | null] | null {
  const first = parse(min)
  const last = max === null ? null : parse(max)
  return first === null || (max !== null && last === null) ? null : [first, last]
}

function ports(word: Word): Partial<Nat> {
  if (word.text === '') return {}
  if (!word.text.startsWith(':')) throw new FlowSyntaxError(word, ': and ports')
  const [first, last] = cutAt(part(word, 1), '-')
  return { range_proto_min: number(first, 16), range_proto_max: last === null ? null : number(last, 16) }
}
