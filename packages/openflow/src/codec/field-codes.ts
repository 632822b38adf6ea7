/**
 * From codes on the wire to fields and back. An OXM header is class (16 bits), field number (7), has-mask (1),
 * payload length (8): OpenFlow 1.3.5 §7.2.3.2; of class 0xffff an experimenter id follows, which the length counts.
 * Several codes may mean one field (OXM and NXM). Matches and set_field use the first, actions that name a field the
 * second, as Open vSwitch does; a code that is not the usual one in its place goes by its name, the field's `alias`.
 */
import { SPELLING } from '../field-spelling.ts'
import { OXM_EXPERIMENTER_CLASS } from '../fields/spec.ts'
import { FIELDS, type FieldName, type FieldSpec } from '../fields.ts'

/** One code of one field. */
export interface FieldCode {
  readonly name: FieldName
  /** Bytes of a value; of a field of variable length the most. */
  readonly bytes: number
  readonly bits: number
  /** True if whatever `bytes` bytes hold is a value: none of their bits are beyond the field. */
  readonly full: boolean
  readonly variable: boolean
  readonly maskable: boolean
  /** OXM header without mask. Its length counts the experimenter id. */
  readonly header: number
  /** Of class 0xffff: the id after the header; else `null`. */
  readonly experimenter: number | null
  /** What a field in a match or set_field carries if it has this code; `null` for the usual code. */
  readonly alias: string | null
  /** The same in actions that name a field. */
  readonly actionAlias: string | null
  /** The greatest value: a number up to 48 bits, a bigint above. */
  readonly max: number | bigint
  /** The greatest mask: the bits above the field's own may be set in one, they say nothing. */
  readonly maskMax: number | bigint
}

/** Class, number, and the experimenter of class 0xffff. */
type Code = readonly [oxmClass: number, number: number, experimenter?: number]
interface Named {
  readonly name: string
  readonly code: Code
}

const NICIRA = 0x00002320
/** Codes beside the one of the field table and the one of Open vSwitch's actions. */
const MORE: Readonly<Partial<Record<FieldName, readonly Named[]>>> = {
  tcp_flags: [{ name: 'OXM_OF_TCP_FLAGS', code: [0x8000, 42] }],
  actset_output: [{ name: 'OXM_OF_ACTSET_OUTPUT', code: [0x8000, 43] }],
  dp_hash: [{ name: 'NXOXM_ET_DP_HASH', code: [0xffff, 0, NICIRA] }],
}

const sameCode = (a: Code, b: Code): boolean => a[0] === b[0] && a[1] === b[1] && a[2] === b[2]

/** The name of the code in the field table. */
function tableName(name: FieldName, code: Code): string {
  const { action, code: actionCode } = SPELLING[name]
  if (sameCode(code, actionCode)) return action
  return `${code[0] === OXM_EXPERIMENTER_CLASS ? 'ONFOXM_ET' : 'OXM_OF'}_${name.toUpperCase()}`
}

function codesOf([name, spec]: [string, FieldSpec]): FieldCode[] {
  const field = name as FieldName
  const own: Code =
    spec.experimenter === undefined ? [spec.class, spec.number] : [spec.class, spec.number, spec.experimenter]
  const { action, code: actionCode } = SPELLING[field]
  const all: Named[] = [{ name: tableName(field, own), code: own }]
  if (!sameCode(own, actionCode)) all.push({ name: action, code: actionCode })
  all.push(...(MORE[field] ?? []))
  return all.map((one, index) => ({
    name: field,
    bytes: spec.bytes,
    bits: spec.bits,
    full: spec.bits === spec.bytes * 8,
    variable: spec.kind === 'bytes',
    maskable: spec.maskable,
    header: headerOf(one.code, spec.bytes),
    experimenter: one.code[2] ?? null,
    alias: index === 0 ? null : one.name,
    actionAlias: sameCode(one.code, actionCode) ? null : one.name,
    max: greatest(spec, spec.bits),
    maskMax: greatest(spec, spec.bytes * 8),
  }))
}

/** The greatest number of so many bits, of the type that the field's values have. */
const greatest = (spec: FieldSpec, bits: number): number | bigint =>
  spec.bits > 48 ? (1n << BigInt(bits)) - 1n : 2 ** bits - 1

const headerOf = ([oxmClass, number, experimenter]: Code, bytes: number): number =>
  oxmClass * 0x10000 + number * 0x200 + bytes + (experimenter === undefined ? 0 : 4)

const ALL: readonly FieldCode[] = Object.entries(FIELDS).flatMap(codesOf)
const BY_NAME: ReadonlyMap<string, FieldCode> = new Map(
  ALL.filter((code) => code.alias === null).map((code) => [code.name, code]),
)
const ACTION_BY_NAME: ReadonlyMap<string, FieldCode> = new Map(
  ALL.filter((code) => code.actionAlias === null).map((code) => [code.name, code]),
)
const BY_ALIAS: ReadonlyMap<string, FieldCode> = new Map(
  ALL.flatMap((code) =>
    [code.alias, code.actionAlias].flatMap((alias) => (alias === null ? [] : [[alias, code] as const])),
  ),
)

/** Field numbers have 7 bits: an array of 128 per class is the fastest map. */
const byNumber = (oxmClass: number): (FieldCode | undefined)[] => {
  const table = new Array<FieldCode | undefined>(128).fill(undefined)
  for (const code of ALL) {
    if (code.header >>> 16 === oxmClass) table[(code.header >>> 9) & 0x7f] = code
  }
  return table
}
const BASIC = byNumber(0x8000)
const NXM_0 = byNumber(0x0000)
const NXM_1 = byNumber(0x0001)
const OTHER_CLASSES: ReadonlyMap<number, FieldCode> = new Map(
  ALL.filter((code) => code.experimenter === null).map((code) => [code.header >>> 9, code]),
)
const experimenterKey = (oxmHeader: number, experimenter: number): number =>
  ((oxmHeader >>> 9) & 0x7f) * 0x1_0000_0000 + experimenter
const EXPERIMENTERS: ReadonlyMap<number, FieldCode> = new Map(
  ALL.filter((code) => code.experimenter !== null).map((code) => [
    experimenterKey(code.header, code.experimenter ?? 0),
    code,
  ]),
)

/** NXM_NX_COOKIE: the number of mpls_ttl with another length, in matches of NXM messages only. */
const NXM_NX_COOKIE = 0x00013c08
const NXM_NX_COOKIE_MASKED = 0x00013d10

/** The field of an OXM header that is not of class 0xffff; its length is still to be checked. */
export function fieldByHeader(oxmHeader: number): FieldCode | undefined {
  const number = (oxmHeader >>> 9) & 0x7f
  switch (oxmHeader >>> 16) {
    case 0x8000:
      return BASIC[number]
    case 0x0001:
      return oxmHeader === NXM_NX_COOKIE || oxmHeader === NXM_NX_COOKIE_MASKED ? undefined : NXM_1[number]
    case 0x0000:
      return NXM_0[number]
    default:
      return OTHER_CLASSES.get(oxmHeader >>> 9)
  }
}

/** The field of an OXM header of class 0xffff with the experimenter after it. */
export function fieldByExperimenter(oxmHeader: number, experimenter: number): FieldCode | undefined {
  return EXPERIMENTERS.get(experimenterKey(oxmHeader, experimenter))
}

export const isExperimenterHeader = (oxmHeader: number): boolean =>
  oxmHeader >>> 16 === OXM_EXPERIMENTER_CLASS

/** The code of a field in a match or set_field; `undefined` if it has no such name or alias. */
export function fieldByName(name: FieldName, alias?: string): FieldCode | undefined {
  return alias === undefined ? BY_NAME.get(name) : withAlias(name, alias)
}

/** The code of a field in an action that names a field; `undefined` if it has no such name or alias. */
export function actionFieldByName(name: FieldName, alias?: string): FieldCode | undefined {
  return alias === undefined ? ACTION_BY_NAME.get(name) : withAlias(name, alias)
}

function withAlias(name: FieldName, alias: string): FieldCode | undefined {
  const code = BY_ALIAS.get(alias)
  return code?.name === name ? code : undefined
}
