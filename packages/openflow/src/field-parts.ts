/**
 * Fields that stand for others: a wide register for those that it is made of, NXM's tag for id and priority, NXM's
 * ingress port and type of service for those of OpenFlow. Open vSwitch shows a match by these parts
 * (`lib/nx-match.c`, `nx_put_raw`).
 */
import type { FieldName } from './fields.ts'
import type { OxmField } from './types/match.ts'

const WIDE = /^(xx?)reg([0-9]+)$/

/** The fields that mean the same, or the field itself. */
export function partsOf(field: OxmField): readonly OxmField[] {
  switch (field.field) {
    case 'nxm_in_port':
      return [{ field: 'in_port', value: widePort(field.value as number), mask: null }]
    case 'nw_tos':
      return [{ field: 'ip_dscp', value: (field.value as number) >>> 2, mask: null }]
    case 'vlan_tci':
      return tagParts(field)
    default:
      return typeof field.value === 'bigint' ? registerParts(field) : [field]
  }
}

const widePort = (port: number): number => (port >= 0xff00 ? port + 0xffff0000 : port)

/** The most significant register comes first. */
function registerParts(field: OxmField): readonly OxmField[] {
  const name = WIDE.exec(field.field)
  if (name === null) return [field]
  const count = name[1] === 'x' ? 2 : 4
  const bits = (value: bigint, index: number): number =>
    Number(BigInt.asUintN(32, value >> BigInt(32 * (count - 1 - index))))
  return Array.from({ length: count }, (_, index) => ({
    field: `reg${Number(name[2]) * count + index}` as FieldName,
    value: bits(field.value as bigint, index),
    mask: field.mask === null ? null : bits(field.mask as bigint, index),
  }))
}

const PRESENT_AND_ID = 0x1fff
const PRIORITY = 0xe000

function tagParts(field: OxmField): readonly OxmField[] {
  const value = field.value as number
  const mask = (field.mask ?? 0xffff) as number
  const id: OxmField = { field: 'vlan_vid', value: value & PRESENT_AND_ID, mask: mask & PRESENT_AND_ID }
  // Without a tag there is no priority, and a part of one cannot be said.
  if ((mask & PRIORITY) === 0 || (value & PRESENT_AND_ID) === 0) return [id]
  return [id, { field: 'vlan_pcp', value: value >>> 13, mask: null }]
}
