/**
 * The fields of neighbour discovery in a packet, as Open vSwitch reads them (`lib/flow.c`, `parse_icmpv6`) and writes them
 * (`lib/packets.c`, `packet_set_nd` and `packet_set_nd_ext`).
 */
import {
  adjustChecksumBytes,
  ICMPV6_TYPE,
  IP_PROTO,
  readU16,
  readU32,
  readU48,
  readU128,
  transportChecksum,
  writeU16,
  writeU32,
  writeU48,
  writeU128,
} from '@openvnet/controller/packet'
import type { FieldName } from '@openvnet/openflow'

type Fields = Map<FieldName, bigint>

/** Octets before the options. */
const HEADER = 24
const UNIT = 8
const LINK_LAYER = { 1: 'ipv6_nd_sll', 2: 'ipv6_nd_tll' } as const
const ND_FIELDS = ['nd_reserved', 'nd_options_type', 'ipv6_nd_target', 'ipv6_nd_sll', 'ipv6_nd_tll'] as const

const { neighbour_solicitation, neighbour_advertisement } = ICMPV6_TYPE

/** The messages that have a field. */
const TYPES: Partial<Record<FieldName, readonly number[]>> = {
  nd_reserved: [neighbour_solicitation, neighbour_advertisement],
  nd_options_type: [neighbour_solicitation, neighbour_advertisement],
  ipv6_nd_target: [neighbour_solicitation, neighbour_advertisement],
  ipv6_nd_sll: [neighbour_solicitation],
  ipv6_nd_tll: [neighbour_advertisement],
}

/**
 * Does an ICMPv6 message have the field?
 * @returns `undefined` for fields of others
 */
export const hasNdField = (
  name: FieldName,
  type: number | undefined,
  code: number | undefined,
): boolean | undefined => TYPES[name] && type !== undefined && TYPES[name].includes(type) && (code ?? 0) === 0

const isNd = (fields: ReadonlyMap<FieldName, bigint>): boolean =>
  hasNdField(
    'nd_reserved',
    Number(fields.get('icmpv6_type') ?? 0),
    Number(fields.get('icmpv6_code') ?? 0),
  ) === true

/** Options with the addresses of link layers; `false` where one is there twice. */
const dissectOptions = (bytes: Uint8Array, from: number, end: number, fields: Fields): boolean => {
  for (let at = from; at + UNIT <= end; ) {
    const length = bytes[at + 1]! * UNIT
    if (length === 0 || at + length > end) return true
    const type = bytes[at]! as keyof typeof LINK_LAYER
    const name = length === UNIT ? LINK_LAYER[type] : undefined
    if (name !== undefined) {
      if (fields.get(name) !== 0n) return false
      fields.set(name, BigInt(readU48(bytes, at + 2)))
      if (fields.get('nd_options_type') === 0n) fields.set('nd_options_type', BigInt(type))
    }
    at += length
  }
  return true
}

/** Adds its fields where type and code are those of a solicitation or an advertisement of neighbours. */
export const dissectNd = (bytes: Uint8Array, l4: number, end: number, fields: Fields): void => {
  if (!isNd(fields)) return
  for (const name of ND_FIELDS) fields.set(name, 0n)
  fields.set('nd_reserved', BigInt(readU32(bytes, l4 + 4)))
  if (end - l4 < HEADER) return
  fields.set('ipv6_nd_target', readU128(bytes, l4 + UNIT))
  if (dissectOptions(bytes, l4 + HEADER, end, fields)) return
  for (const name of ['ipv6_nd_target', 'ipv6_nd_sll', 'ipv6_nd_tll'] as const) fields.set(name, 0n)
}

/** A message within a packet that leaves. */
export interface NdTarget {
  readonly bytes: Uint8Array
  readonly l3: number
  readonly l4: number
  readonly end: number
  readonly before: ReadonlyMap<FieldName, bigint>
  readonly after: ReadonlyMap<FieldName, bigint>
}

const isChanged = ({ before, after }: NdTarget, ...names: readonly FieldName[]): boolean =>
  names.some((name) => (before.get(name) ?? 0n) !== (after.get(name) ?? 0n))

/** The checksum is made anew, so that a wrong one becomes right. The type of the option is written even where there is none. */
const renderExtensions = (target: NdTarget): void => {
  const { bytes, l3, l4, end, after } = target
  if (!isChanged(target, 'nd_reserved', 'nd_options_type')) return
  writeU32(bytes, l4 + 4, Number(after.get('nd_reserved') ?? 0n))
  if (isChanged(target, 'nd_options_type') && l4 + HEADER < bytes.length)
    bytes[l4 + HEADER] = Number(after.get('nd_options_type') ?? 0n)
  writeU16(bytes, l4 + 2, 0)
  const ends = { src: readU128(bytes, l3 + 8), dst: readU128(bytes, l3 + 24) }
  writeU16(bytes, l4 + 2, transportChecksum(ends, IP_PROTO.icmpv6, bytes.subarray(l4, end)))
}

const replace = ({ bytes, l4 }: NdTarget, at: number, length: number, write: () => void): void => {
  const before = bytes.slice(at, at + length)
  write()
  writeU16(bytes, l4 + 2, adjustChecksumBytes(readU16(bytes, l4 + 2), before, bytes.slice(at, at + length)))
}

/** Only the first option with an address of a link layer is written. */
const renderLinkLayer = (target: NdTarget): void => {
  const { bytes, l4, end, after } = target
  for (let at = l4 + HEADER; at + UNIT <= end && bytes[at + 1] !== 0; at += bytes[at + 1]! * UNIT) {
    const name = bytes[at + 1] === 1 ? LINK_LAYER[bytes[at] as keyof typeof LINK_LAYER] : undefined
    if (name === undefined) continue
    if (isChanged(target, name))
      replace(target, at + 2, 6, () => writeU48(bytes, at + 2, Number(after.get(name))))
    return
  }
}

/** What was set stays set when the type of the message changes afterwards. */
export const renderNd = (target: NdTarget): void => {
  const { bytes, l4, end, after } = target
  if (end - l4 < HEADER) return
  renderExtensions(target)
  if (isChanged(target, 'ipv6_nd_target'))
    replace(target, l4 + UNIT, 16, () => writeU128(bytes, l4 + UNIT, after.get('ipv6_nd_target')!))
  renderLinkLayer(target)
}
