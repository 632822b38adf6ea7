/** Open vSwitch's actions on fields: `move:`, `load:`, `set_field:…/mask->`, `push:`, `pop:` and the like. */
import { SPELLING } from '../field-spelling.ts'
import type { MatchField } from '../types/match.ts'
import type {
  CheckPktLarger,
  CopyField,
  DeleteField,
  RegLoad,
  RegMove,
} from '../types/open-vswitch-action.ts'
import { formatSetValue } from './field-value.ts'
import type { TextNames } from './names.ts'
import { bytesToHex, hex, paddedHex } from './number.ts'
import { formatSubfield } from './subfield.ts'

export const formatMove = ({ src, dst }: RegMove | CopyField): string =>
  `move:${formatSubfield(src)}->${formatSubfield(dst)}`

export const formatLoad = ({ dst, value }: RegLoad): string => `load:${hex(value)}->${formatSubfield(dst)}`

/** Of `set_field` and, with a mask, `reg_load2`. */
export function formatSet(field: MatchField, names: TextNames): string {
  if (field.field === 'unknown')
    return `set_field:${bytesToHex(field.data)}->oxm_${paddedHex(field.header, 8)}`
  return `set_field:${formatSetValue(field, names)}->${SPELLING[field.field].name}`
}

export const formatCheckPktLarger = ({ pkt_len, dst }: CheckPktLarger): string =>
  `check_pkt_larger(${pkt_len})->${formatSubfield(dst)}`

export const formatDeleteField = ({ field }: DeleteField): string => `delete_field:${SPELLING[field].name}`
