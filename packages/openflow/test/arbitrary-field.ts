/** Random numbers, fields and matches: every field, every spelling, with and without a mask. */
import { FIELDS, type FieldName, type Match, type MatchField, type Subfield } from '@openvnet/openflow'
import fc from 'fast-check'

export const u8 = fc.integer({ min: 0, max: 0xff })
export const u16 = fc.integer({ min: 0, max: 0xffff })
export const u32 = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0, max: 300 }))
export const u64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
  fc.bigInt({ min: 0n, max: 300n }),
)
export const u48 = fc.integer({ min: 0, max: 2 ** 48 - 1 })
/** Lengths that are multiples of 8 after `header` bytes. */
export const padded = (header: number, max = 4): fc.Arbitrary<Uint8Array> =>
  fc
    .integer({ min: 1, max })
    .chain((n) => fc.uint8Array({ minLength: 8 * n - header, maxLength: 8 * n - header }))
export const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as unknown as fc.Arbitrary<T>
export const literal = <const T>(value: T): fc.Arbitrary<T> => fc.constant(value)

/** Spellings other than the usual one: in matches, and in actions. */
const MATCH_ALIASES: Readonly<Partial<Record<FieldName, string>>> = {
  eth_src: 'NXM_OF_ETH_SRC',
  ipv6_dst: 'NXM_NX_IPV6_DST',
  tcp_flags: 'OXM_OF_TCP_FLAGS',
  actset_output: 'OXM_OF_ACTSET_OUTPUT',
  dp_hash: 'NXOXM_ET_DP_HASH',
  tunnel_id: 'NXM_NX_TUN_ID',
}
const ACTION_ALIASES: Readonly<Partial<Record<FieldName, string>>> = {
  eth_src: 'OXM_OF_ETH_SRC',
  ipv6_dst: 'OXM_OF_IPV6_DST',
  tunnel_id: 'OXM_OF_TUNNEL_ID',
  ipv4_src: 'OXM_OF_IPV4_SRC',
}

/** A value of a field, without a mask or within a random one. */
export function fieldOf(field: FieldName, masks = true): fc.Arbitrary<MatchField> {
  const { bits, maskable, kind } = FIELDS[field]
  const isMasked = maskable && masks
  if (kind === 'bytes') return bytesOf(field, isMasked)
  if (bits > 48) {
    const value = fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })
    const plain = value.map((v): MatchField => ({ field, value: v, mask: null }))
    if (!isMasked) return plain
    return fc.oneof(
      plain,
      fc.tuple(value, value).map(([v, mask]): MatchField => ({ field, value: v & mask, mask })),
    )
  }
  const value = fc.integer({ min: 0, max: 2 ** bits - 1 })
  const plain = value.map((v): MatchField => ({ field, value: v, mask: null }))
  if (!isMasked) return plain
  const and = (a: number, b: number): number => Number(BigInt(a) & BigInt(b))
  return fc.oneof(
    plain,
    fc.tuple(value, value).map(([v, mask]): MatchField => ({ field, value: and(v, mask), mask })),
  )
}

function bytesOf(field: FieldName, isMasked: boolean): fc.Arbitrary<MatchField> {
  const value = fc.uint8Array({ minLength: 1, maxLength: 124 })
  const plain = value.map((v): MatchField => ({ field, value: v, mask: null }))
  if (!isMasked) return plain
  const masked = value.map((mask): MatchField => ({ field, value: mask.map((byte) => byte & 0x5a), mask }))
  return fc.oneof(plain, masked)
}

const TUNNEL_METADATA = /^tun_metadata([0-9]+)$/
/** All fields, of those in long rows the first and the last. */
export const FIELD_NAMES = (Object.keys(FIELDS) as FieldName[]).filter((name) => {
  const number = TUNNEL_METADATA.exec(name)?.[1]
  return number === undefined || number === '0' || number === '63'
})
const spelled = (field: MatchField): fc.Arbitrary<MatchField> => {
  const alias = MATCH_ALIASES[field.field as FieldName]
  if (alias === undefined || field.field === 'unknown') return fc.constant(field)
  return fc.constantFrom<MatchField>(field, { ...field, alias })
}
export const knownField = fc
  .constantFrom(...FIELD_NAMES)
  .chain((field) => fieldOf(field))
  .chain(spelled)
export const unknownField = fc.tuple(fc.integer({ min: 0, max: 127 }), fc.uint8Array({ maxLength: 40 })).map(
  ([number, data]): MatchField => ({
    field: 'unknown',
    header: (0x1234_0000 + number * 512 + data.length) >>> 0,
    data,
  }),
)
/** NXM_NX_COOKIE, and a field of an experimenter that nobody knows. */
const strangeField = fc.constantFrom<MatchField>(
  { field: 'unknown', header: 0x00013c08, data: new Uint8Array(8) },
  { field: 'unknown', header: 0xffff0206, data: Uint8Array.of(1, 2, 3, 4, 5, 6) },
)
/** A field is there once. */
export const anyMatch: fc.Arbitrary<Match> = fc.uniqueArray(
  fc.oneof({ weight: 5, arbitrary: knownField }, unknownField, strangeField),
  {
    maxLength: 20,
    selector: (field) => (field.field === 'unknown' ? field.header >>> 9 : field.field),
  },
)

/** Bits of a field, of tun_metadata also with the width that a switch has mapped. */
export function subfieldOf(field: FieldName, most = 128): fc.Arbitrary<Subfield> {
  if (FIELDS[field].kind === 'bytes') {
    return fc.constantFrom<Subfield>(
      { field, offset: 3, bits: Math.min(most, 70) },
      { field, offset: 0, bits: Math.min(most, 32), bytes: 4 },
    )
  }
  const alias = ACTION_ALIASES[field]
  return fc
    .integer({ min: 0, max: FIELDS[field].bits - 1 })
    .chain((offset) =>
      fc
        .integer({ min: 1, max: Math.min(most, FIELDS[field].bits - offset) })
        .map((bits) => ({ field, offset, bits })),
    )
    .chain((place) =>
      alias === undefined ? fc.constant(place) : fc.constantFrom<Subfield>(place, { ...place, alias }),
    )
}
export const anySubfield = (most = 128): fc.Arbitrary<Subfield> =>
  fc.constantFrom(...FIELD_NAMES).chain((field) => subfieldOf(field, most))

/** Fields whose code has 4 bytes: most actions have no room for more. */
const SHORT = FIELD_NAMES.filter((name) => FIELDS[name].class !== 0xffff || name === 'tcp_flags')
export const shortSubfield = (most = 64): fc.Arbitrary<Subfield> =>
  fc.constantFrom(...SHORT).chain((field) => subfieldOf(field, most))
