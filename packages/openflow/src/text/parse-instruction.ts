/** Instructions from the text behind `actions=`: `ovs-ofctl` writes them and the applied actions as one list. */
import type { Action } from '../types/action.ts'
import type { Instruction } from '../types/instruction.ts'
import { isDrop, readAction, readActions } from './parse-action.ts'
import type { ActionContext } from './parse-context.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { bigNumber, hexBytes, number, table } from './parse-value.ts'
import { cutAt, type Item, part, scan } from './parse-words.ts'

const ALL_ONES_64 = 0xffff_ffff_ffff_ffffn

type InstructionParser = (item: Item, context: ActionContext) => Instruction

const PARSERS: ReadonlyMap<string, InstructionParser> = new Map<string, InstructionParser>([
  ['meter', ({ value }) => ({ type: 'meter', meter_id: number(value, 32) })],
  ['clear_actions', () => ({ type: 'clear_actions' })],
  [
    'write_actions',
    ({ value }, context) => ({ type: 'write_actions', actions: readActions(value, context) }),
  ],
  ['write_metadata', parseWriteMetadata],
  ['goto_table', ({ value }, { names }) => ({ type: 'goto_table', table_id: table(value, names) })],
])

/** The order in which `ovs-ofctl` asks for them. */
const ORDER: readonly Instruction['type'][] = [
  'meter',
  'apply_actions',
  'clear_actions',
  'write_actions',
  'write_metadata',
  'goto_table',
  'unknown',
]

/** The instructions of a part of a text, in canonical order. */
export function readInstructions(source: Word, context: ActionContext): Instruction[] {
  const items = [...scan(source)]
  if (items.length === 1 && items.every(isDrop)) return []
  const instructions: Instruction[] = []
  const actions: Action[] = []
  for (const item of items) {
    const instruction = instructionOf(item, context)
    if (instruction === null) actions.push(...readAction(item, { ...context, before: actions }))
    else addOnce(instructions, instruction, item)
  }
  if (actions.length > 0) instructions.push({ type: 'apply_actions', actions })
  return instructions.sort((a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type))
}

function instructionOf(item: Item, context: ActionContext): Instruction | null {
  if (item.name.text === 'unknown' && item.value.text.startsWith('instruction ')) return parseUnknown(item)
  const parser = PARSERS.get(item.name.text.toLowerCase())
  if (parser === undefined) return null
  if (item.tail.text !== '') throw new FlowSyntaxError(item.tail, 'a comma')
  return parser(item, context)
}

function addOnce(instructions: Instruction[], next: Instruction, item: Item): void {
  if (
    next.type !== 'unknown' &&
    next.type !== 'experimenter' &&
    instructions.some(({ type }) => type === next.type)
  )
    throw new FlowSyntaxError(item.name, `${next.type} only once`)
  instructions.push(next)
}

function parseWriteMetadata({ value }: Item): Instruction {
  const [valueWord, maskWord] = cutAt(value, '/')
  return {
    type: 'write_metadata',
    metadata: bigNumber(valueWord, 64),
    metadata_mask: maskWord === null ? ALL_ONES_64 : bigNumber(maskWord, 64),
  }
}

/** `unknown(instruction 77,00000000)`: as `formatInstructions` prints what is not known. */
function parseUnknown({ value }: Item): Instruction {
  const [type, data] = cutAt(value, ',')
  if (data === null) throw new FlowSyntaxError(type, 'type and bytes')
  if (type.text.startsWith('instruction experimenter '))
    return { type: 'experimenter', experimenter: number(part(type, 25), 32), data: hexBytes(data) }
  return { type: 'unknown', instruction_type: number(part(type, 12), 16), data: hexBytes(data) }
}
