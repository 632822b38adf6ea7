/** `ct(commit,zone=5,nat(src=10.0.0.1),exec(load:0x1->NXM_NX_CT_MARK[]))`. `format_CT` and `format_NAT` of Open vSwitch. */
import { NX_CT_F, NX_NAT_F, OFPTT } from '../constants.ts'
import type { Action, Ct } from '../types/action.ts'
import type { Nat } from '../types/open-vswitch-action.ts'
import { HELPERS, NAT_FLAGS, unknownFlags } from './action-words.ts'
import { formatIpv4, formatIpv6 } from './address.ts'
import { formatTable, type TextNames } from './names.ts'
import { formatSubfield } from './subfield.ts'

const HELPER_NAMES: ReadonlyMap<number, string> = new Map([...HELPERS].map(([name, port]) => [port, name]))

export function formatCt(
  action: Ct,
  names: TextNames,
  formatList: (actions: readonly Action[], names: TextNames) => string,
): string {
  const { flags, zone, recirc_table, alg, actions } = action
  // Only a first `nat` stands outside of `exec`.
  const [first] = actions
  const nat = first?.type === 'nat' ? first : null
  const rest = nat === null ? actions : actions.slice(1)
  const parts = [
    ...(flags & NX_CT_F.COMMIT ? ['commit'] : []),
    ...(flags & NX_CT_F.FORCE ? ['force'] : []),
    ...(recirc_table === OFPTT.ALL ? [] : [`table=${formatTable(recirc_table, names)}`]),
    ...(zone === 0 ? [] : [`zone=${typeof zone === 'number' ? zone : formatSubfield(zone)}`]),
    ...(nat === null ? [] : [formatNat(nat)]),
    ...(rest.length === 0 ? [] : [`exec(${formatList(rest, names)})`]),
    ...(alg === 0 ? [] : [`alg=${HELPER_NAMES.get(alg) ?? alg}`]),
  ]
  return `ct(${parts.join(',')})`
}

const KNOWN_NAT_FLAGS = 2 ** NAT_FLAGS.length - 1

/** `nat`, `nat(src)`, `nat(src=10.0.0.1-10.0.0.9:1-100,random)`: Open vSwitch has one of `src` and `dst`. */
export function formatNat(nat: Nat): string {
  const { flags } = nat
  const side = flags & NX_NAT_F.SRC ? NX_NAT_F.SRC : NX_NAT_F.DST
  if ((flags & side) === 0) return 'nat'
  const range = formatNatRange(nat)
  const more = NAT_FLAGS.filter((_, bit) => (flags & ~side & (1 << bit)) !== 0)
  const parts = [
    `${side === NX_NAT_F.SRC ? 'src' : 'dst'}${range === '' ? '' : `=${range}`}`,
    ...more,
    ...unknownFlags(flags, KNOWN_NAT_FLAGS),
  ]
  return `nat(${parts.join(',')})`
}

function formatNatRange(nat: Nat): string {
  const hasPorts = (nat.range_proto_min ?? 0) !== 0
  const bracketed = (value: bigint): string => (hasPorts ? `[${formatIpv6(value)}]` : formatIpv6(value))
  const v4 = span(nat.range_ipv4_min, nat.range_ipv4_max, formatIpv4)
  const address = v4 || span(nat.range_ipv6_min, nat.range_ipv6_max, bracketed)
  return `${address}${hasPorts ? `:${span(nat.range_proto_min, nat.range_proto_max, String)}` : ''}`
}

/** First and last, or only the first where there is no other last. */
function span<T extends number | bigint>(min: T | null, max: T | null, format: (value: T) => string): string {
  if (min === null) return ''
  return max === null || max === min || Number(max) === 0 ? format(min) : `${format(min)}-${format(max)}`
}
