/**
 * Registers and tunnel metadata: fields in rows of the same kind. `xreg0` is `reg0` (high) and `reg1` (low), `xxreg0`
 * is `reg0` (most significant) to `reg3`. Registers from `reg16` on: Open vSwitch 3.7 and later. The width of a
 * `tun_metadata` field is that of the option that the switch maps to it: 1 to 124 bytes.
 */
import { type FieldSpec, HEX32, HEX64, HEX128, MASKABLE, NICIRA, NXM_1, PACKET_REGISTERS } from './spec.ts'

type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
type UpTo15 = Digit | `1${0 | 1 | 2 | 3 | 4 | 5}`
type From16To31 = `1${6 | 7 | 8 | 9}` | `2${Digit}` | `3${0 | 1}`
type UpTo63 = Digit | `${1 | 2 | 3 | 4 | 5}${Digit}` | `6${0 | 1 | 2 | 3}`

/** `count` fields `prefix + n` from number `first` on, one row each. */
function rows<Name extends string, Spec extends Omit<FieldSpec, 'number'>>(
  prefix: string,
  first: number,
  count: number,
  spec: Spec,
): { readonly [K in Name]: Spec & { readonly number: number } } {
  const names = Array.from({ length: count }, (_, n) => n)
  return Object.fromEntries(
    names.map((n) => [`${prefix}${first + n}`, { ...spec, number: numberOf(prefix, first + n) }]),
  ) as unknown as { readonly [K in Name]: Spec & { readonly number: number } }
}

/** The field number within the class. */
function numberOf(prefix: string, n: number): number {
  if (prefix === 'xxreg') return 111 + n
  if (prefix === 'tun_metadata') return 40 + n
  return prefix === 'reg' && n > 15 ? n + 1 : n
}

const LOW = rows<`reg${UpTo15}`, typeof NXM_1 & typeof HEX32 & typeof MASKABLE>('reg', 0, 16, {
  ...NXM_1,
  ...HEX32,
  ...MASKABLE,
})
const HIGH = rows<`reg${From16To31}`, typeof NICIRA & typeof HEX32 & typeof MASKABLE>('reg', 16, 16, {
  ...NICIRA,
  ...HEX32,
  ...MASKABLE,
})
const WIDE = rows<`xreg${UpTo15}`, typeof PACKET_REGISTERS & typeof HEX64 & typeof MASKABLE>('xreg', 0, 16, {
  ...PACKET_REGISTERS,
  ...HEX64,
  ...MASKABLE,
})
const WIDEST = rows<`xxreg${0 | 1 | 2 | 3}`, typeof NXM_1 & typeof HEX128 & typeof MASKABLE>('xxreg', 0, 4, {
  ...NXM_1,
  ...HEX128,
  ...MASKABLE,
})

export const REGISTER_FIELDS = { ...LOW, ...HIGH, ...WIDE, ...WIDEST } as const

const BYTES = { bytes: 124, bits: 992, kind: 'bytes' } as const

export const TUNNEL_METADATA_FIELDS = rows<
  `tun_metadata${UpTo63}`,
  typeof NXM_1 & typeof BYTES & typeof MASKABLE
>('tun_metadata', 0, 64, { ...NXM_1, ...BYTES, ...MASKABLE })
