/** Actions that send the packet to ports and tables, from their text: `output`, `enqueue`, `resubmit`, a port alone. */
import { NX_IN_PORT, OFPCML_NO_BUFFER, OFPP, OFPTT } from '../constants.ts'
import { OXM_EXPERIMENTER_CLASS } from '../fields/spec.ts'
import { FIELDS } from '../fields.ts'
import type { Action } from '../types/action.ts'
import { named } from './parse-arguments.ts'
import type { ActionContext } from './parse-context.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { isSubfield, parseSubfield } from './parse-subfield.ts'
import {
  isNumber,
  number,
  port,
  reservedPortNumber,
  shortPort,
  type TextNumbers,
  table,
} from './parse-value.ts'
import { cutAt, type Item } from './parse-words.ts'

/** True for what is a port where an action may stand. */
export function isPort(text: string, names: TextNumbers): boolean {
  return (
    isNumber(text) ||
    reservedPortNumber(text) !== undefined ||
    text.startsWith('"') ||
    names.portNumber?.(text) !== undefined
  )
}

/** Whole packets to a controller. */
export function parseOutput(word: Word, names: TextNumbers): Action {
  const number = port(word, names)
  return { type: 'output', port: number, max_len: number === OFPP.CONTROLLER ? OFPCML_NO_BUFFER : 0 }
}

/** `output:2`, `output:NXM_NX_REG0[]`, `output(port=2,max_len=100)`. */
export function parseOutputTo({ value, form }: Item, { names }: ActionContext): Action {
  if (form === '(') return parseOutputTrunc(value, names)
  if (!isSubfield(value) || reservedPortNumber(value.text) !== undefined) return parseOutput(value, names)
  const src = parseSubfield(value)
  // The bits of these actions count from 0 to 63.
  if (src.bits > 64) throw new FlowSyntaxError(value, 'at most 64 bits')
  const type = FIELDS[src.field].class === OXM_EXPERIMENTER_CLASS ? 'output_reg2' : 'output_reg'
  return { type, src, max_len: OFPCML_NO_BUFFER }
}

function parseOutputTrunc(value: Word, names: TextNumbers): Action {
  const given = named(value, ['port', 'max_len'])
  const [portWord, lengthWord] = [given.get('port'), given.get('max_len')]
  if (portWord === undefined || lengthWord === undefined)
    throw new FlowSyntaxError(value, 'port= and max_len=')
  return { type: 'output_trunc', port: shortPort(portWord, names), max_len: number(lengthWord, 32) }
}

/** `enqueue:port:queue`, `enqueue(port,queue)`: as `ovs-ofctl` sends it over OpenFlow 1.3. */
export function parseEnqueue({ value, form }: Item, { names }: ActionContext): readonly Action[] {
  const [portWord, queueWord] = cutAt(value, form === '(' ? ',' : ':')
  if (queueWord === null) throw new FlowSyntaxError(value, 'a port and a queue')
  const queue_id = number(queueWord, 32)
  return [{ type: 'set_queue', queue_id }, parseOutput(portWord, names), { type: 'pop_queue' }]
}

/** `resubmit:port`, `resubmit(port,table)`, either of the two empty. */
export function parseResubmit({ value, form }: Item, { names }: ActionContext): Action {
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
