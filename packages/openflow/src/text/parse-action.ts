/**
 * Actions from their text: what `formatActions` prints and the older names of `ovs-ofctl` (ovs-actions(7)). One small
 * function per action, found by its name.
 */
import { NX_IN_PORT, OFPCML_NO_BUFFER, OFPP, OFPTT } from '../constants.ts'
import type { FieldName } from '../fields.ts'
import type { Action } from '../types/action.ts'
import type { Match, MatchField } from '../types/match.ts'
import type { ActionContext, ActionParser } from './parse-context.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { fieldsNamed, isAllowed, knownFrom } from './parse-fields.ts'
import { dscpOfTos } from './parse-match.ts'
import { OPEN_VSWITCH_PARSERS, parseControllerList } from './parse-open-vswitch-action.ts'
import { isSubfield, parseSubfield } from './parse-subfield.ts'
import {
  bigNumber,
  fieldValue,
  hexBytes,
  isNumber,
  number,
  port,
  reservedPortNumber,
  shortPort,
  type TextNumbers,
  table,
} from './parse-value.ts'
import { cutAt, cutAtArrow, type Item, part, scan } from './parse-words.ts'

const NESTING = 16

const PARSERS: ReadonlyMap<string, ActionParser> = new Map<string, ActionParser>([
  ['output', parseOutputTo],
  ['controller', parseController],
  ['group', ({ value }) => ({ type: 'group', group_id: number(value, 32) })],
  ['set_queue', ({ value }) => ({ type: 'set_queue', queue_id: number(value, 32) })],
  ['mod_nw_ttl', ({ value }) => ({ type: 'set_nw_ttl', ttl: number(value, 8) })],
  ['dec_ttl', parseDecTtl],
  ['push_vlan', ({ value }) => ({ type: 'push_vlan', ethertype: number(value, 16) })],
  ['pop_vlan', () => ({ type: 'pop_vlan' })],
  ['push_mpls', ({ value }) => ({ type: 'push_mpls', ethertype: number(value, 16) })],
  ['pop_mpls', ({ value }) => ({ type: 'pop_mpls', ethertype: number(value, 16) })],
  ['push_pbb', ({ value }) => ({ type: 'push_pbb', ethertype: number(value, 16) })],
  ['set_mpls_ttl', ({ value }) => ({ type: 'set_mpls_ttl', ttl: number(value, 8) })],
  ['dec_mpls_ttl', () => ({ type: 'dec_mpls_ttl' })],
  ['pop_pbb', () => ({ type: 'pop_pbb' })],
  ['copy_ttl_out', () => ({ type: 'copy_ttl_out' })],
  ['copy_ttl_in', () => ({ type: 'copy_ttl_in' })],
  ...OPEN_VSWITCH_PARSERS,
  ['strip_vlan', () => ({ type: 'pop_vlan' })],
  ['set_field', parseSetField],
  ['move', parseMove],
  ['load', parseLoad],
  ['push', ({ value }) => ({ type: 'stack_push', src: parseSubfield(value) })],
  ['pop', ({ value }) => ({ type: 'stack_pop', dst: parseSubfield(value) })],
  ['resubmit', parseResubmit],
  ['unknown', parseUnknown],
  ['mod_dl_src', setter('eth_src')],
  ['mod_dl_dst', setter('eth_dst')],
  ['mod_nw_src', setter('ipv4_src')],
  ['mod_nw_dst', setter('ipv4_dst')],
  ['mod_nw_ecn', setter('ip_ecn')],
  ['mod_nw_tos', ({ value }) => set('ip_dscp', dscpOfTos(value))],
  ['mod_tp_src', transportSetter('src')],
  ['mod_tp_dst', transportSetter('dst')],
  ['mod_vlan_vid', ({ value }, context) => tagged(set('vlan_vid', number(value, 12) | 0x1000), context)],
  ['mod_vlan_pcp', ({ value }, context) => tagged(set('vlan_pcp', number(value, 3)), context)],
])

/**
 * Reads the text of a list of actions: `set_field:0x1->reg0,output:3`; `drop` and empty text are none.
 * `mod_vlan_vid` and `mod_vlan_pcp` push a tag where no `push_vlan` is before them.
 * @param names numbers of the names of ports and tables in it
 * @throws FlowSyntaxError with the place, also for what is an instruction and no action
 */
export function parseActions(text: string, names: TextNumbers = {}): Action[] {
  return readActions({ text, at: 0 }, { names, match: [], before: [], depth: 0, readList: readActions })
}

/** The actions of a part of a text. */
export function readActions(source: Word, context: ActionContext): Action[] {
  const depth = context.depth + 1
  if (depth > NESTING) throw new FlowSyntaxError(source, `at most ${NESTING} levels of actions`)
  const actions: Action[] = []
  const items = [...scan(source)]
  for (const item of items) {
    if (isDrop(item) && items.length === 1) return []
    actions.push(...readAction(item, { ...context, depth, before: [...context.before, ...actions] }))
  }
  return actions
}

export const isDrop = (item: Item): boolean => item.name.text.toLowerCase() === 'drop' && item.form === ''

/** @throws FlowSyntaxError if the item is no action */
export function readAction(item: Item, context: ActionContext): readonly Action[] {
  const parser = PARSERS.get(item.name.text.toLowerCase())
  if (parser === undefined) return [parseBarePort(item, context.names)]
  const hasTail = item.name.text.toLowerCase() === 'check_pkt_larger'
  if (item.tail.text !== '' && !hasTail) throw new FlowSyntaxError(item.tail, 'a comma')
  const parsed = parser(item, context)
  return 'type' in parsed ? [parsed] : parsed
}

/** A port alone is an output to it. */
function parseBarePort(item: Item, names: TextNumbers): Action {
  const { text } = item.name
  const isPort = isNumber(text) || reservedPortNumber(text) !== undefined || text.startsWith('"')
  if (item.form !== '' || (!isPort && names.portNumber?.(text) === undefined))
    throw new FlowSyntaxError(item.name, 'an action')
  return parseOutput(item.name, names)
}

/** `output:2`, `output:NXM_NX_REG0[]`, `output(port=2,max_len=100)`. */
function parseOutputTo({ value, form }: Item, { names }: ActionContext): Action {
  if (form === '(') return parseOutputTrunc(value, names)
  if (!isSubfield(value) || reservedPortNumber(value.text) !== undefined) return parseOutput(value, names)
  return { type: 'output_reg', src: parseSubfield(value), max_len: OFPCML_NO_BUFFER }
}

function parseOutputTrunc(value: Word, names: TextNumbers): Action {
  const given = new Map([...scan(value)].map((item) => [item.name.text, item.value]))
  const [portWord, lengthWord] = [given.get('port'), given.get('max_len')]
  if (portWord === undefined || lengthWord === undefined || given.size > 2)
    throw new FlowSyntaxError(value, 'port= and max_len=')
  return { type: 'output_trunc', port: shortPort(portWord, names), max_len: number(lengthWord, 32) }
}

/** `dec_ttl`, `dec_ttl(1,2)`: with the ids of controllers. */
function parseDecTtl({ value, form }: Item): Action {
  if (form === '') return { type: 'dec_nw_ttl' }
  return { type: 'dec_ttl_cnt_ids', controller_ids: [...scan(value)].map(({ name }) => number(name, 16)) }
}

function parseOutput(word: Word, names: TextNumbers): Action {
  const number = port(word, names)
  return { type: 'output', port: number, max_len: number === OFPP.CONTROLLER ? OFPCML_NO_BUFFER : 0 }
}

function parseController({ value, form }: Item): Action {
  if (form === '(') return parseControllerList(value)
  const max_len = form === '' ? OFPCML_NO_BUFFER : number(value, 16)
  return { type: 'output', port: OFPP.CONTROLLER, max_len }
}

const set = (field: FieldName, value: number): Action => ({
  type: 'set_field',
  field: { field, value, mask: null },
})

function setter(field: FieldName): ActionParser {
  return ({ value }, { names }) => setField(field, value, names)
}

/** A value to set; OpenFlow 1.3 has no mask there. */
function setField(field: FieldName, word: Word, names: TextNumbers): Action {
  const parsed = fieldValue(field, word, names)
  if (parsed.mask !== null) throw new FlowSyntaxError(word, 'a value without mask')
  return { type: 'set_field', field: parsed }
}

function transportSetter(end: 'src' | 'dst'): ActionParser {
  return ({ name, value }, { names, match }) => {
    const known = knownFrom(match)
    const field = fieldsNamed(`tp_${end}`).find((candidate) => isAllowed(candidate, known))
    if (field === undefined) throw new FlowSyntaxError(name, `a match of tcp, udp or sctp with ${name.text}`)
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

function setUnknownField(valueWord: Word, fieldWord: Word): Action {
  const field: MatchField = {
    field: 'unknown',
    header: number(part(fieldWord, 4), 32),
    data: hexBytes(valueWord),
  }
  return { type: 'set_field', field }
}

/** The field of a name; where it may be several (`tp_dst`), the one that the match allows. */
function settable(word: Word, match: Match): FieldName {
  const candidates = fieldsNamed(word.text)
  const known = knownFrom(match)
  const field = candidates.find((candidate) => isAllowed(candidate, known)) ?? candidates[0]
  if (field === undefined) throw new FlowSyntaxError(word, 'a field')
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
  if (dst.bits > 64) throw new FlowSyntaxError(fieldWord, 'at most 64 bits')
  return { type: 'reg_load', dst, value: bigNumber(valueWord, dst.bits) }
}

/** `resubmit:port`, `resubmit(port,table)`, either of the two empty. */
function parseResubmit({ value, form }: Item, { names }: ActionContext): Action {
  const [portWord, rest] = form === '(' ? cutAt(value, ',') : [value, null]
  const [tableWord, more] = rest === null ? [null, null] : cutAt(rest, ',')
  if (more !== null && more.text !== 'ct') throw new FlowSyntaxError(more, ')')
  const in_port = form === '(' && portWord.text === '' ? NX_IN_PORT : shortPort(portWord, names)
  const number = tableWord === null || tableWord.text === '' ? OFPTT.ALL : table(tableWord, names)
  if (more !== null) return { type: 'resubmit_table_ct', in_port, table: number }
  return number === OFPTT.ALL
    ? { type: 'resubmit', in_port }
    : { type: 'resubmit_table', in_port, table: number }
}

/** `unknown(200,00000000)`, `unknown(experimenter 0x00002320,…)`: as `formatActions` prints what is not known. */
function parseUnknown({ value }: Item): Action {
  const [type, data] = cutAt(value, ',')
  if (data === null) throw new FlowSyntaxError(type, 'type and bytes')
  const experimenter = /^experimenter /.test(type.text) ? number(part(type, 13), 32) : null
  return {
    type: 'unknown',
    action_type: experimenter === null ? number(type, 16) : 0xffff,
    experimenter,
    data: hexBytes(data),
  }
}
