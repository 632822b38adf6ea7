/** `NXM_NX_REG0[]`, `NXM_NX_REG0[3]`, `NXM_NX_REG0[4..11]`. `mf_format_subfield` of Open vSwitch. */
import { SPELLING } from '../field-spelling.ts'
import { FIELDS } from '../fields.ts'
import type { Subfield } from '../types/open-vswitch-action.ts'

export function formatSubfield(place: Subfield): string {
  return formatBitsOf(SPELLING[place.field].action, place)
}

export function formatBitsOf(name: string, { field, offset, bits }: Subfield): string {
  if (offset === 0 && bits === wholeBits(field)) return `${name}[]`
  return bits === 1 ? `${name}[${offset}]` : `${name}[${offset}..${offset + bits - 1}]`
}

/** Open vSwitch does not count the bit of vlan_vid that says that there is a tag. */
export const wholeBits = (field: Subfield['field']): number =>
  field === 'vlan_vid' ? 12 : FIELDS[field].bits
