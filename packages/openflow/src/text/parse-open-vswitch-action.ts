/** Open vSwitch's actions from their text: the reverse of `open-vswitch-action.ts`. One small function per action. */
import { OFPR } from '../constants.ts'
import type { Action } from '../types/action.ts'
import type { Controller2, ControllerProperty, Sample2, Subfield } from '../types/open-vswitch-action.ts'
import type { ActionContext, ActionParser } from './parse-context.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { fieldsNamed } from './parse-fields.ts'
import { parseLearn } from './parse-learn.ts'
import { parseCt, parseNat } from './parse-nat.ts'
import { isSubfield, parseSubfield } from './parse-subfield.ts'
import { bigNumber, hexBytes, number, shortPort } from './parse-value.ts'
import { cutAt, type Item, part, scan } from './parse-words.ts'

const HASH_FIELDS = [
  'eth_src',
  'symmetric_l4',
  'symmetric_l3l4',
  'symmetric_l3l4+udp',
  'nw_src',
  'nw_dst',
  'symmetric_l3',
]
const MULTIPATH_ALGORITHMS = ['modulo_n', 'hash_threshold', 'hrw', 'iter_hash']
const BUNDLE_ALGORITHMS = ['active_backup', 'hrw']
const REASONS = ['no_match', 'action', 'invalid_ttl', 'action_set', 'group', 'packet_out']

export const OPEN_VSWITCH_PARSERS: readonly (readonly [name: string, parser: ActionParser])[] = [
  ['set_tunnel', ({ value }) => setTunnel(bigNumber(value, 64))],
  ['set_tunnel64', ({ value }) => ({ type: 'set_tunnel64', tun_id: bigNumber(value, 64) })],
  ['pop_queue', () => ({ type: 'pop_queue' })],
  ['exit', () => ({ type: 'exit' })],
  ['ct_clear', () => ({ type: 'ct_clear' })],
  ['dec_nsh_ttl', () => ({ type: 'dec_nsh_ttl' })],
  ['note', parseNote],
  ['multipath', parseMultipath],
  ['bundle', parseBundle],
  ['bundle_load', parseBundle],
  ['fin_timeout', parseFinTimeout],
  ['sample', parseSample],
  ['conjunction', parseConjunction],
  ['check_pkt_larger', parseCheckPacketLarger],
  ['delete_field', parseDeleteField],
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
  const given = dotted(value)
  const note = new Uint8Array(6 + Math.max(0, Math.ceil((given.length - 6) / 8)) * 8)
  note.set(given)
  return { type: 'note', note }
}

const dotted = (word: Word): Uint8Array => hexBytes({ text: word.text.replaceAll('.', ''), at: word.at })

/** The words of an argument list without names. */
const wordsOf = (value: Word): Word[] => [...scan(value)].map(({ name }) => name)
const wordAt = (words: readonly Word[], index: number, end: Word): Word =>
  words[index] ?? part(end, end.text.length)

function oneOf(names: readonly string[], word: Word): number {
  const index = names.indexOf(word.text)
  return index >= 0 ? index : number(word, 16)
}

function parseMultipath({ value }: Item): Action {
  const words = wordsOf(value)
  const at = (index: number): Word => wordAt(words, index, value)
  const links = number(at(3), 17)
  if (links < 1 || links > 0x10000) throw new FlowSyntaxError(at(3), 'a number of 1..65536')
  return {
    type: 'multipath',
    fields: oneOf(HASH_FIELDS, at(0)),
    basis: number(at(1), 16),
    algorithm: oneOf(MULTIPATH_ALGORITHMS, at(2)),
    max_link: links - 1,
    arg: number(at(4), 32),
    dst: parseSubfield(at(5)),
  }
}

/** `bundle(eth_src,0,hrw,ofport,members:4,8)`; `bundle_load` has the destination before the members. */
function parseBundle({ name, value }: Item, { names }: ActionContext): Action {
  const items = [...scan(value)]
  const words = items.map((item) => item.name)
  const at = (index: number): Word => wordAt(words, index, value)
  const loads = name.text.toLowerCase() === 'bundle_load'
  const first = loads ? 5 : 4
  const members = items[first]
  if (at(3).text !== 'ofport') throw new FlowSyntaxError(at(3), 'ofport')
  if (members === undefined || !/^(members|slaves)$/.test(members.name.text))
    throw new FlowSyntaxError(at(first), 'members:')
  const ports = [members.value, ...words.slice(first + 1)].filter(({ text }) => text !== '')
  const common = {
    algorithm: oneOf(BUNDLE_ALGORITHMS, at(2)),
    fields: oneOf(HASH_FIELDS, at(0)),
    basis: number(at(1), 16),
    ports: ports.map((word) => shortPort(word, names)),
  }
  return loads ? { type: 'bundle_load', ...common, dst: parseSubfield(at(4)) } : { type: 'bundle', ...common }
}

function parseFinTimeout({ value }: Item): Action {
  const given = named(value, ['idle_timeout', 'hard_timeout'])
  return {
    type: 'fin_timeout',
    fin_idle_timeout: numberOf(given.get('idle_timeout'), 16, 0),
    fin_hard_timeout: numberOf(given.get('hard_timeout'), 16, 0),
  }
}

/** The arguments of a list by name; others than these are refused. */
function named(value: Word, allowed: readonly string[]): Map<string, Word> {
  const found = new Map<string, Word>()
  for (const item of scan(value)) {
    if (!allowed.includes(item.name.text)) throw new FlowSyntaxError(item.name, allowed.join(', '))
    found.set(item.name.text, item.value)
  }
  return found
}

const numberOf = (word: Word | undefined, bits: number, otherwise: number): number =>
  word === undefined ? otherwise : number(word, bits)

function parseSample({ value }: Item, { names }: ActionContext): Action {
  const ids = ['probability', 'collector_set_id', 'obs_domain_id', 'obs_point_id']
  const given = named(value, [...ids, 'sampling_port', 'ingress', 'egress'])
  const idOf = (name: string): number | Subfield => {
    const word = given.get(name)
    return word !== undefined && isSubfield(word) ? parseSubfield(word) : numberOf(word, 32, 0)
  }
  const domain = idOf('obs_domain_id')
  const point = idOf('obs_point_id')
  const head = {
    probability: numberOf(given.get('probability'), 16, 0),
    collector_set_id: numberOf(given.get('collector_set_id'), 32, 0),
  }
  const port = given.get('sampling_port')
  const sampling_port = port === undefined ? 0xffff : shortPort(port, names)
  const direction = given.has('ingress') ? 1 : given.has('egress') ? 2 : 0
  if (typeof domain !== 'number' || typeof point !== 'number')
    return { type: 'sample4', ...head, obs_domain_id: domain, obs_point_id: point, sampling_port, direction }
  const all = { ...head, obs_domain_id: domain, obs_point_id: point }
  if (port === undefined && direction === 0) return { type: 'sample', ...all }
  const type: Sample2['type'] = direction === 0 ? 'sample2' : 'sample3'
  return { type, ...all, sampling_port, direction }
}

/** `conjunction(id,1/2)`: the clause counts from 1 in text. */
function parseConjunction({ value }: Item): Action {
  const words = wordsOf(value)
  const [clauseWord, countWord] = cutAt(wordAt(words, 1, value), '/')
  const clause = number(clauseWord, 8)
  const n_clauses = countWord === null ? 0 : number(countWord, 8)
  if (clause < 1 || clause > n_clauses)
    throw new FlowSyntaxError(clauseWord, 'a clause and / and their number')
  return { type: 'conjunction', clause: clause - 1, n_clauses, id: number(wordAt(words, 0, value), 32) }
}

function parseCheckPacketLarger({ value, tail }: Item): Action {
  if (!tail.text.startsWith('->')) throw new FlowSyntaxError(tail, '-> and a bit')
  const dst = parseSubfield(part(tail, 2))
  return { type: 'check_pkt_larger', pkt_len: number(value, 16), dst }
}

function parseDeleteField({ value }: Item): Action {
  const field = fieldsNamed(value.text)[0]
  if (field === undefined) throw new FlowSyntaxError(value, 'a field')
  return { type: 'delete_field', field }
}

/** `controller(reason=…,max_len=…,id=…,userdata=01.02,pause,meter_id=…)`. */
export function parseControllerList(value: Word): Action {
  const given = named(value, ['reason', 'max_len', 'id', 'userdata', 'pause', 'meter_id'])
  const reasonWord = given.get('reason')
  const reason = reasonWord === undefined ? OFPR.ACTION : oneOf(REASONS, reasonWord)
  const max_len = numberOf(given.get('max_len'), 16, 0xffff)
  const controller_id = numberOf(given.get('id'), 16, 0)
  const more = moreProperties(given)
  if (more.length === 0) return { type: 'controller', max_len, controller_id, reason }
  return controller2([
    ...(max_len === 0xffff ? [] : [{ type: 'max_len', max_len } as const]),
    ...(controller_id === 0 ? [] : [{ type: 'controller_id', controller_id } as const]),
    ...(reason === OFPR.ACTION ? [] : [{ type: 'reason', reason } as const]),
    ...more,
  ])
}

const controller2 = (properties: readonly ControllerProperty[]): Controller2 => ({
  type: 'controller2',
  properties,
})

function moreProperties(given: ReadonlyMap<string, Word>): ControllerProperty[] {
  const userdata = given.get('userdata')
  const meter = given.get('meter_id')
  return [
    ...(userdata === undefined ? [] : [{ type: 'userdata', userdata: dotted(userdata) } as const]),
    ...(given.has('pause') ? [{ type: 'pause' } as const] : []),
    ...(meter === undefined ? [] : [{ type: 'meter_id', meter_id: number(meter, 32) } as const]),
  ]
}
