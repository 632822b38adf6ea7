/**
 * Actions from their text: what `formatActions` prints and the older names of `ovs-ofctl` (ovs-actions(7)). One small
 * function per action, found by its name; what they read is canonical (`canonicalActions`), but `set_tunnel`.
 */
import type { Action } from '../types/action.ts'
import { bare } from './parse-arguments.ts'
import type { ActionContext, ActionParser } from './parse-context.ts'
import { parseController } from './parse-controller.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { OPEN_VSWITCH_PARSERS } from './parse-open-vswitch-action.ts'
import { isPort, parseEnqueue, parseOutput, parseOutputTo, parseResubmit } from './parse-output.ts'
import { SET_PARSERS } from './parse-set.ts'
import { hexBytes, number, type TextNumbers } from './parse-value.ts'
import { cutAt, type Item, part, scan } from './parse-words.ts'
import { suggestion } from './suggestion.ts'

const NESTING = 16

const PARSERS: ReadonlyMap<string, ActionParser> = new Map<string, ActionParser>([
  ['output', parseOutputTo],
  ['enqueue', parseEnqueue],
  ['controller', parseController],
  ['resubmit', parseResubmit],
  ['group', ({ value }) => ({ type: 'group', group_id: number(value, 32) })],
  ['set_queue', ({ value }) => ({ type: 'set_queue', queue_id: number(value, 32) })],
  ['mod_nw_ttl', ({ value }) => ({ type: 'set_nw_ttl', ttl: number(value, 8) })],
  ['dec_ttl', parseDecTtl],
  ['push_vlan', ({ value }) => ({ type: 'push_vlan', ethertype: number(value, 16) })],
  ['pop_vlan', bare({ type: 'pop_vlan' })],
  ['strip_vlan', bare({ type: 'pop_vlan' })],
  ['push_mpls', ({ value }) => ({ type: 'push_mpls', ethertype: number(value, 16) })],
  ['pop_mpls', ({ value }) => ({ type: 'pop_mpls', ethertype: number(value, 16) })],
  ['push_pbb', ({ value }) => ({ type: 'push_pbb', ethertype: number(value, 16) })],
  ['set_mpls_ttl', ({ value }) => ({ type: 'set_mpls_ttl', ttl: number(value, 8) })],
  ['dec_mpls_ttl', bare({ type: 'dec_mpls_ttl' })],
  ['pop_pbb', bare({ type: 'pop_pbb' })],
  ['copy_ttl_out', bare({ type: 'copy_ttl_out' })],
  ['copy_ttl_in', bare({ type: 'copy_ttl_in' })],
  ...SET_PARSERS,
  ...OPEN_VSWITCH_PARSERS,
  ['unknown', parseUnknown],
])

/**
 * Reads the text of a list of actions: `set_field:0x1->reg0,output:3`; `drop` and empty text are none. They come in
 * their canonical form (`canonicalActions`). `mod_vlan_vid` and `mod_vlan_pcp` push a tag where no `push_vlan` is
 * before them.
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
  const name = item.name.text.toLowerCase()
  const parser = PARSERS.get(name)
  if (parser === undefined) return [parseBarePort(item, context.names)]
  if (item.tail.text !== '' && name !== 'check_pkt_larger') throw new FlowSyntaxError(item.tail, 'a comma')
  const parsed = parser(item, context)
  return 'type' in parsed ? [parsed] : parsed
}

/** A port alone is an output to it. */
function parseBarePort(item: Item, names: TextNumbers): Action {
  if (item.form !== '' || !isPort(item.name.text, names))
    throw new FlowSyntaxError(item.name, 'an action', hintOf(item.name.text.toLowerCase()))
  return parseOutput(item.name, names)
}

const INSTRUCTIONS: ReadonlySet<string> = new Set([
  'meter',
  'clear_actions',
  'write_actions',
  'write_metadata',
  'goto_table',
])

function hintOf(name: string): string {
  if (INSTRUCTIONS.has(name)) return `${name} is an instruction: it belongs to a flow, outside of its lists`
  if (name === 'drop') return 'drop stands alone'
  return suggestion(name, PARSERS.keys())
}

/** `dec_ttl`, `dec_ttl(1,2)`: with the ids of controllers. */
function parseDecTtl({ value, form }: Item): Action {
  if (form === '') return { type: 'dec_nw_ttl' }
  return { type: 'dec_ttl_cnt_ids', controller_ids: [...scan(value)].map(({ name }) => number(name, 16)) }
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
