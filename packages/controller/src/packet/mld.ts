/**
 * Multicast Listener Discovery: version 1 of RFC 2710, version 2 of RFC 3810. Read only as far as a switch needs to know
 * who asks or listens to what; messages that came over a router (hop limit other than 1) are none.
 */
import { ICMPV6_TYPE, type Icmpv6, parseIcmpv6 } from './icmpv6.ts'
import { IP_PROTO } from './ipv4.ts'
import type { Ipv6 } from './ipv6.ts'
import { isMulticastIpv6 } from './ipv6_address.ts'
import { walkIpv6 } from './ipv6_extension.ts'
import { readEach, readU16, readU128 } from './octets.ts'

export interface MldGroup {
  readonly group: bigint
  /** `include` of no sources means that nobody listens any more; `allow` and `block` change sources only. */
  readonly mode: 'include' | 'exclude' | 'allow' | 'block'
  readonly sources: readonly bigint[]
}

export type Mld =
  /** Of group 0: who listens to anything? */
  | { readonly kind: 'query'; readonly version: 1 | 2; readonly group: bigint }
  | { readonly kind: 'report'; readonly version: 1 | 2; readonly groups: readonly MldGroup[] }

const MODES = ['include', 'exclude', 'include', 'exclude', 'allow', 'block'] as const
/** Octets of a query before its sources when version 2, RFC 3810 §5.1; without them it is of version 1. */
const V2_QUERY_REST = 20

const readQuery = ({ payload }: Icmpv6): Mld | undefined => {
  if (payload.length < 16) return undefined
  return { kind: 'query', version: payload.length < V2_QUERY_REST ? 1 : 2, group: readU128(payload, 0) }
}

const readReport = ({ type, payload }: Icmpv6): Mld | undefined => {
  if (payload.length < 16 || !isMulticastIpv6(readU128(payload, 0))) return undefined
  const mode = type === ICMPV6_TYPE.mld_done ? 'include' : 'exclude'
  return { kind: 'report', version: 1, groups: [{ group: readU128(payload, 0), mode, sources: [] }] }
}

interface Placed {
  readonly record: MldGroup | undefined
  readonly end: number
}

/** A record whose type is not known is skipped: RFC 3810 §5.2.12. */
const readRecord = (bytes: Uint8Array, at: number): Placed | undefined => {
  if (at + 20 > bytes.length) return undefined
  const count = readU16(bytes, at + 2)
  const end = at + 20 + count * 16 + bytes[at + 1]! * 4
  if (end > bytes.length) return undefined
  const sources = readEach(bytes.subarray(at + 20, at + 20 + count * 16), 16, readU128)
  const mode = MODES[bytes[at]! - 1]
  return { record: mode && { group: readU128(bytes, at + 4), mode, sources }, end }
}

const readReport2 = ({ rest, payload }: Icmpv6): Mld | undefined => {
  const groups: MldGroup[] = []
  let at = 0
  for (let count = rest & 0xffff; count > 0; count -= 1) {
    const placed = readRecord(payload, at)
    if (placed === undefined) return undefined
    if (placed.record !== undefined) groups.push(placed.record)
    at = placed.end
  }
  return { kind: 'report', version: 2, groups }
}

const READERS: Readonly<Record<number, (icmp: Icmpv6) => Mld | undefined>> = {
  [ICMPV6_TYPE.mld_query]: readQuery,
  [ICMPV6_TYPE.mld_report]: readReport,
  [ICMPV6_TYPE.mld_done]: readReport,
  [ICMPV6_TYPE.mld2_report]: readReport2,
}

/** `undefined` when the packet is no valid MLD message; hop-by-hop options in front are expected. */
export const parseMld = (packet: Ipv6): Mld | undefined => {
  const chain = packet.hop_limit === 1 ? walkIpv6(packet) : undefined
  if (chain?.protocol !== IP_PROTO.icmpv6 || chain.fragment !== undefined) return undefined
  const icmp = parseIcmpv6(chain.payload, packet)
  return icmp && READERS[icmp.type]?.(icmp)
}
