/**
 * From codes on the wire to fields and back. An OXM header is class (16 bits), field number (7), has-mask (1),
 * payload length (8): OpenFlow 1.3.5 §7.2.3.2. Two codes may mean one field (OXM and NXM); matches and set_field
 * use the first, actions that name a field the second, as Open vSwitch does.
 */
import { SPELLING } from '../field-spelling.ts'
import { FIELDS, type FieldName, type FieldSpec } from '../fields.ts'

export interface FieldCode {
  readonly name: FieldName
  readonly bytes: number
  readonly bits: number
  /** OXM header without mask. */
  readonly header: number
  /** Header in actions that name a field. */
  readonly actionHeader: number
  /** The greatest value: a number up to 48 bits, a bigint above. */
  readonly max: number | bigint
}

const header = (oxmClass: number, number: number, bytes: number): number =>
  oxmClass * 0x10000 + number * 0x200 + bytes

function fieldCode([name, spec]: [string, FieldSpec]): FieldCode {
  const spelling = SPELLING[name as FieldName]
  return {
    name: name as FieldName,
    bytes: spec.bytes,
    bits: spec.bits,
    header: header(spec.class, spec.number, spec.bytes),
    actionHeader: header(spelling.code[0], spelling.code[1], spec.bytes),
    max: spec.bits > 48 ? (1n << BigInt(spec.bits)) - 1n : 2 ** spec.bits - 1,
  }
}

const ALL: readonly FieldCode[] = Object.entries(FIELDS).map(fieldCode)
const BY_NAME: ReadonlyMap<string, FieldCode> = new Map(ALL.map((code) => [code.name, code]))

/** Field numbers have 7 bits: an array of 128 per class is the fastest map. */
const byNumber = (oxmClass: number, headerOf: (code: FieldCode) => number): (FieldCode | undefined)[] => {
  const table = new Array<FieldCode | undefined>(128).fill(undefined)
  for (const code of ALL) {
    if (headerOf(code) >>> 16 === oxmClass) table[(headerOf(code) >>> 9) & 0x7f] = code
  }
  return table
}
const BASIC = byNumber(0x8000, (code) => code.header)
const NXM_1 = byNumber(0x0001, (code) => code.header)
const ACTION: ReadonlyMap<number, FieldCode> = new Map(
  ALL.flatMap((code) => [
    [code.header, code],
    [code.actionHeader, code],
  ]),
)

/** The field of an OXM header in a match or set_field; its length is still to be checked. */
export function fieldByHeader(oxmHeader: number): FieldCode | undefined {
  const oxmClass = oxmHeader >>> 16
  if (oxmClass === 0x8000) return BASIC[(oxmHeader >>> 9) & 0x7f]
  if (oxmClass === 0x0001) return NXM_1[(oxmHeader >>> 9) & 0x7f]
  return undefined
}

/** The field of a header in an action that names a field, in either spelling. */
export function fieldByActionHeader(oxmHeader: number): FieldCode | undefined {
  return ACTION.get(oxmHeader)
}

export function fieldByName(name: FieldName): FieldCode {
  return BY_NAME.get(name) as FieldCode
}
