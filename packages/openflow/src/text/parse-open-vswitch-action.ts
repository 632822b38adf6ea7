/** Open vSwitch's actions from their text: the reverse of `open-vswitch-action.ts`. One small function per action. */
import type { Action } from '../types/action.ts'
import { bare, destinationOf, dottedBytes, named, numberOf, positional } from './parse-arguments.ts'
import type { ActionParser } from './parse-context.ts'
import { parseDecap, parseEncap } from './parse-encap.ts'
import { FlowSyntaxError } from './parse-error.ts'
import { fieldHint, fieldsNamed } from './parse-fields.ts'
import { parseLearn } from './parse-learn.ts'
import { parseCt, parseNat } from './parse-nat.ts'
import { parseBundle, parseMultipath, parseSample } from './parse-select.ts'
import { parseSubfield } from './parse-subfield.ts'
import { bigNumber, number } from './parse-value.ts'
import { cutAt, type Item } from './parse-words.ts'

export const OPEN_VSWITCH_PARSERS: readonly (readonly [name: string, parser: ActionParser])[] = [
  ['push', ({ value }) => ({ type: 'stack_push', src: parseSubfield(value) })],
  ['pop', ({ value }) => ({ type: 'stack_pop', dst: parseSubfield(value) })],
  ['set_tunnel', ({ value }) => setTunnel(bigNumber(value, 64))],
  ['set_tunnel64', ({ value }) => ({ type: 'set_tunnel64', tun_id: bigNumber(value, 64) })],
  ['pop_queue', bare({ type: 'pop_queue' })],
  ['exit', bare({ type: 'exit' })],
  ['ct_clear', bare({ type: 'ct_clear' })],
  ['dec_nsh_ttl', bare({ type: 'dec_nsh_ttl' })],
  ['note', parseNote],
  ['multipath', parseMultipath],
  ['bundle', parseBundle],
  ['bundle_load', parseBundle],
  ['fin_timeout', parseFinTimeout],
  ['sample', parseSample],
  ['conjunction', parseConjunction],
  ['check_pkt_larger', parseCheckPacketLarger],
  ['delete_field', parseDeleteField],
  ['encap', parseEncap],
  ['decap', parseDecap],
  ['learn', parseLearn],
  ['ct', parseCt],
  ['nat', parseNat],
  ['clone', ({ value }, context) => ({ type: 'clone', actions: context.readList(value, context) })],
]

function setTunnel(id: bigint): Action {
  return id <= 0xffffffffn ? { type: 'set_tunnel', tun_id: Number(id) } : { type: 'set_tunnel64', tun_id: id }
}

/** `01.02.03`; filled up with zeros to 6 bytes, 14, 22 and so on. */
function parseNote({ value }: Item): Action {
  const given = dottedBytes(value)
  const note = new Uint8Array(6 + Math.max(0, Math.ceil((given.length - 6) / 8)) * 8)
  note.set(given)
  return { type: 'note', note }
}

function parseFinTimeout({ value }: Item): Action {
  const given = named(value, ['idle_timeout', 'hard_timeout'])
  return {
    type: 'fin_timeout',
    fin_idle_timeout: numberOf(given.get('idle_timeout'), 16, 0),
    fin_hard_timeout: numberOf(given.get('hard_timeout'), 16, 0),
  }
}

/** `conjunction(id,1/2)`: the clause counts from 1 in text. */
function parseConjunction({ value }: Item): Action {
  const at = positional(value)
  const [clauseWord, countWord] = cutAt(at(1), '/')
  const clause = number(clauseWord, 8)
  const n_clauses = countWord === null ? 0 : number(countWord, 8)
  if (clause < 1 || clause > n_clauses)
    throw new FlowSyntaxError(clauseWord, 'a clause and / and their number')
  return { type: 'conjunction', clause: clause - 1, n_clauses, id: number(at(0), 32) }
}

function parseCheckPacketLarger(item: Item): Action {
  const dst = parseSubfield(destinationOf(item))
  if (dst.bits !== 1) throw new FlowSyntaxError(destinationOf(item), 'one bit', 'name it: reg0[3]')
  return { type: 'check_pkt_larger', pkt_len: number(item.value, 16), dst }
}

function parseDeleteField({ value }: Item): Action {
  const field = fieldsNamed(value.text)[0]
  if (field === undefined) throw new FlowSyntaxError(value, 'a field', fieldHint(value.text))
  return { type: 'delete_field', field }
}
