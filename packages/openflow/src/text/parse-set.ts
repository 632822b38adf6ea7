/**
 * Actions that set fields, from their text: `set_field:`, `load:`, `move:`, the older `mod_…:` of `ovs-ofctl` and the
 * `set_…:` of OpenFlow 1.1, which read as the set_field that they mean.
 */
import type { FieldName } from '../fields.ts'
import type { Action } from '../types/action.ts'
import type { Match, MatchField } from '../types/match.ts'
import type { ActionContext, ActionParser } from './parse-context.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { fieldHint, fieldsNamed, isAllowed, knownFrom } from './parse-fields.ts'
import { dscpOfTos } from './parse-match.ts'
import { actionField, parseSubfield } from './parse-subfield.ts'
import { bigNumber, fieldValue, hexBytes, number, type TextNumbers } from './parse-value.ts'
import { cutAtArrow, type Item, part } from './parse-words.ts'

export const SET_PARSERS: readonly (readonly [name: string, parser: ActionParser])[] = [
  ['set_field', parseSetField],
  ['move', parseMove],
  ['load', parseLoad],
  ['mod_dl_src', setter('eth_src')],
  ['mod_dl_dst', setter('eth_dst')],
  ['mod_nw_src', setter('ipv4_src')],
  ['mod_nw_dst', setter('ipv4_dst')],
  ['mod_nw_ecn', setter('ip_ecn')],
  ['mod_nw_tos', ({ value }) => set('ip_dscp', dscpOfTos(value))],
  ['mod_tp_src', transportSetter('src')],
  ['mod_tp_dst', transportSetter('dst')],
  ['mod_vlan_vid', ({ value }, context) => tagged(set('vlan_vid', tagOf(value)), context)],
  ['mod_vlan_pcp', ({ value }, context) => tagged(set('vlan_pcp', number(value, 3)), context)],
  ['set_vlan_vid', ({ value }) => set('vlan_vid', tagOf(value))],
  ['set_vlan_pcp', ({ value }) => set('vlan_pcp', number(value, 3))],
  ['set_mpls_label', ({ value }) => set('mpls_label', number(value, 20))],
  ['set_mpls_tc', ({ value }) => set('mpls_tc', number(value, 3))],
]

const set = (field: FieldName, value: number): Action => ({
  type: 'set_field',
  field: { field, value, mask: null },
})

/** The id with the bit that says that there is a tag. */
const tagOf = (value: Word): number => number(value, 12) | 0x1000

function setter(field: FieldName): ActionParser {
  return ({ value }, { names }) => setField(field, value, names)
}

/** A value to set; OpenFlow 1.3 has no mask there. */
function setField(field: FieldName, word: Word, names: TextNumbers): Action {
  const parsed = fieldValue(field, word, names)
  if (parsed.mask !== null) throw new FlowSyntaxError(word, 'a value without mask', 'load: sets some bits')
  return { type: 'set_field', field: parsed }
}

function transportSetter(end: 'src' | 'dst'): ActionParser {
  return ({ name, value }, { names, match }) => {
    const known = knownFrom(match)
    const field = fieldsNamed(`tp_${end}`).find((candidate) => isAllowed(candidate, known))
    if (field === undefined)
      throw new FlowSyntaxError(
        name,
        `a match of tcp, udp or sctp with ${name.text}`,
        `or say which one: set_field:…->tcp_${end}`,
      )
    return setField(field, value, names)
  }
}

/** Puts a tag on packets that are not known to have one. */
function tagged(action: Action, { match, before }: ActionContext): readonly Action[] {
  const matched = match.some(
    ({ field, ...rest }) =>
      field === 'vlan_vid' && 'value' in rest && ((rest.value as number) & 0x1000) !== 0,
  )
  const change = before.findLast(({ type }) => type === 'push_vlan' || type === 'pop_vlan')
  const hasTag = change === undefined ? matched : change.type === 'push_vlan'
  return hasTag ? [action] : [{ type: 'push_vlan', ethertype: 0x8100 }, action]
}

function parseSetField({ value }: Item, { names, match }: ActionContext): Action {
  const [valueWord, fieldWord] = cutAtArrow(value)
  if (/^oxm_0x[0-9a-f]{8}$/i.test(fieldWord.text)) return setUnknownField(valueWord, fieldWord)
  const field = fieldValue(settable(fieldWord, match), valueWord, names)
  return field.mask === null ? { type: 'set_field', field } : { type: 'reg_load2', field }
}

const HAS_MASK = 0x100

function setUnknownField(valueWord: Word, fieldWord: Word): Action {
  const header = number(part(fieldWord, 4), 32)
  const field: MatchField = { field: 'unknown', header, data: hexBytes(valueWord) }
  return { type: (header & HAS_MASK) === 0 ? 'set_field' : 'reg_load2', field }
}

/** The field of a name; where it may be several (`tp_dst`), the one that the match allows. */
function settable(word: Word, match: Match): FieldName {
  const candidates = fieldsNamed(word.text)
  const known = knownFrom(match)
  const own = actionField(word.text)
  const field = own ?? candidates.find((candidate) => isAllowed(candidate, known)) ?? candidates[0]
  if (field === undefined) throw new FlowSyntaxError(word, 'a field', fieldHint(word.text))
  return field
}

function parseMove({ value }: Item): Action {
  const [from, to] = cutAtArrow(value)
  const src = parseSubfield(from)
  const dst = parseSubfield(to)
  if (src.bits !== dst.bits) throw new FlowSyntaxError(to, `${src.bits} bits, as the source has`)
  return { type: 'reg_move', src, dst }
}

function parseLoad({ value }: Item): Action {
  const [valueWord, fieldWord] = cutAtArrow(value)
  const dst = parseSubfield(fieldWord)
  if (dst.bits > 64)
    throw new FlowSyntaxError(fieldWord, 'at most 64 bits', 'set_field: sets fields of any length')
  return { type: 'reg_load', dst, value: bigNumber(valueWord, dst.bits) }
}
