/**
 * Actions and instructions as bytes and back: canonical, so that what Open vSwitch reads back as another spelling of
 * the same has the same bytes. A letter, then parts of fixed width or with their length in front.
 */
import {
  type Action,
  decodeActions,
  encodeActions,
  type Instruction,
  type OxmField,
  type Subfield,
} from '@openvnet/openflow'
import type { ByteStringReader, ByteStringWriter } from './byte_string.ts'
import { fieldCode, fieldOfCode, readField, writeField } from './match_bytes.ts'

const letter = (text: string): number => text.charCodeAt(0)
const LETTER = {
  output: letter('o'),
  group: letter('g'),
  set_nw_ttl: letter('t'),
  dec_nw_ttl: letter('d'),
  set_field: letter('f'),
  reg_move: letter('m'),
  reg_load: letter('l'),
  stack_push: letter('s'),
  stack_pop: letter('S'),
  other: letter('*'),
  meter: letter('M'),
  apply_actions: letter('a'),
  clear_actions: letter('c'),
  write_actions: letter('w'),
  write_metadata: letter('W'),
  goto_table: letter('G'),
  experimenter: letter('x'),
  unknown: letter('?'),
} as const

const GROUP_LETTER = String.fromCharCode(LETTER.group)
const METER_LETTER = String.fromCharCode(LETTER.meter)
/** Others may have actions within them. */
const OTHER_LETTER = String.fromCharCode(LETTER.other)

function writeSubfield(writer: ByteStringWriter, part: Subfield): void {
  writer.u16(fieldCode(part.field))
  writer.u16(part.offset)
  writer.u16(part.bits)
}

const readSubfield = (reader: ByteStringReader): Subfield => ({
  field: fieldOfCode(reader.number(2)),
  offset: reader.number(2),
  bits: reader.number(2),
})

/** Those that the pipeline writes have a form of their own, which is quicker; the rest their bytes on the wire. */
function writeAction(writer: ByteStringWriter, action: Action): void {
  switch (action.type) {
    case 'output':
      writer.u8(LETTER.output)
      writer.u32(action.port)
      writer.u16(action.max_len)
      break
    case 'group':
      writer.u8(LETTER.group)
      writer.u32(action.group_id)
      break
    case 'set_nw_ttl':
      writer.u8(LETTER.set_nw_ttl)
      writer.u8(action.ttl)
      break
    case 'dec_nw_ttl':
      writer.u8(LETTER.dec_nw_ttl)
      break
    case 'set_field':
      writer.u8(LETTER.set_field)
      writeField(writer, action.field)
      break
    case 'reg_move':
      writer.u8(LETTER.reg_move)
      writeSubfield(writer, action.src)
      writeSubfield(writer, action.dst)
      break
    case 'reg_load':
      writer.u8(LETTER.reg_load)
      writeSubfield(writer, action.dst)
      writer.u64(action.value)
      break
    case 'stack_push':
      writer.u8(LETTER.stack_push)
      writeSubfield(writer, action.src)
      break
    case 'stack_pop':
      writer.u8(LETTER.stack_pop)
      writeSubfield(writer, action.dst)
      break
    default:
      writer.u8(LETTER.other)
      writer.counted(encodeActions([action]))
  }
}

const readOutput = (reader: ByteStringReader): Action => ({
  type: 'output',
  port: reader.number(4),
  max_len: reader.number(2),
})

/** How to read an action, by its letter. */
const READ_ACTION: Readonly<Record<number, (reader: ByteStringReader) => Action>> = {
  [LETTER.output]: readOutput,
  [LETTER.group]: (reader) => ({ type: 'group', group_id: reader.number(4) }),
  [LETTER.set_nw_ttl]: (reader) => ({ type: 'set_nw_ttl', ttl: reader.number(1) }),
  [LETTER.dec_nw_ttl]: () => ({ type: 'dec_nw_ttl' }),
  [LETTER.set_field]: (reader) => ({ type: 'set_field', field: readField(reader) as OxmField }),
  [LETTER.reg_move]: (reader) => ({
    type: 'reg_move',
    src: readSubfield(reader),
    dst: readSubfield(reader),
  }),
  [LETTER.reg_load]: (reader) => ({ type: 'reg_load', dst: readSubfield(reader), value: reader.bigint(8) }),
  [LETTER.stack_push]: (reader) => ({ type: 'stack_push', src: readSubfield(reader) }),
  [LETTER.stack_pop]: (reader) => ({ type: 'stack_pop', dst: readSubfield(reader) }),
  [LETTER.other]: (reader) => decodeActions(reader.counted())[0]!,
}

export function writeActions(writer: ByteStringWriter, actions: readonly Action[]): void {
  writer.u16(actions.length)
  for (const action of actions) writeAction(writer, action)
}

function readActions(reader: ByteStringReader): Action[] {
  const actions: Action[] = []
  for (let left = reader.number(2); left > 0; left--) actions.push(READ_ACTION[reader.number(1)]!(reader))
  return actions
}

function writeInstruction(writer: ByteStringWriter, instruction: Instruction): void {
  switch (instruction.type) {
    case 'meter':
      writer.u8(LETTER.meter)
      writer.u32(instruction.meter_id)
      break
    case 'clear_actions':
      writer.u8(LETTER.clear_actions)
      break
    case 'apply_actions':
    case 'write_actions':
      if (instruction.actions.length === 0) break
      writer.u8(LETTER[instruction.type])
      writeActions(writer, instruction.actions)
      break
    case 'write_metadata':
      writer.u8(LETTER.write_metadata)
      writer.u64(instruction.metadata & instruction.metadata_mask)
      writer.u64(instruction.metadata_mask)
      break
    case 'goto_table':
      writer.u8(LETTER.goto_table)
      writer.u8(instruction.table_id)
      break
    case 'experimenter':
      writer.u8(LETTER.experimenter)
      writer.u32(instruction.experimenter)
      writer.counted(instruction.data)
      break
    case 'unknown':
      writer.u8(LETTER.unknown)
      writer.u16(instruction.instruction_type)
      writer.counted(instruction.data)
  }
}

/** How to read an instruction, by its letter. */
const READ_INSTRUCTION: Readonly<Record<number, (reader: ByteStringReader) => Instruction>> = {
  [LETTER.meter]: (reader) => ({ type: 'meter', meter_id: reader.number(4) }),
  [LETTER.clear_actions]: () => ({ type: 'clear_actions' }),
  [LETTER.apply_actions]: (reader) => ({ type: 'apply_actions', actions: readActions(reader) }),
  [LETTER.write_actions]: (reader) => ({ type: 'write_actions', actions: readActions(reader) }),
  [LETTER.write_metadata]: (reader) => ({
    type: 'write_metadata',
    metadata: reader.bigint(8),
    metadata_mask: reader.bigint(8),
  }),
  [LETTER.goto_table]: (reader) => ({ type: 'goto_table', table_id: reader.number(1) }),
  [LETTER.experimenter]: (reader) => ({
    type: 'experimenter',
    experimenter: reader.number(4),
    data: reader.counted(),
  }),
  [LETTER.unknown]: (reader) => ({
    type: 'unknown',
    instruction_type: reader.number(2),
    data: reader.counted(),
  }),
}

/** Order in which instructions are executed, whatever their order in the message (OpenFlow 1.3.5 §5.9). */
const EXECUTION = ['meter', 'apply_actions', 'clear_actions', 'write_actions', 'write_metadata', 'goto_table']
const step = (instruction: Instruction) => EXECUTION.indexOf(instruction.type)

/** Lists without actions are left out. */
export function writeInstructions(writer: ByteStringWriter, instructions: readonly Instruction[]): void {
  const ordered = instructions.length < 2 ? instructions : instructions.toSorted((a, b) => step(a) - step(b))
  for (const instruction of ordered) writeInstruction(writer, instruction)
}

/** The instructions that `writeInstructions` wrote, up to the end. */
export function readInstructions(reader: ByteStringReader): Instruction[] {
  const instructions: Instruction[] = []
  while (!reader.isAtEnd) instructions.push(READ_INSTRUCTION[reader.number(1)]!(reader))
  return instructions
}

/** Whether bytes that were written here may hold a group action: false only when there is none. */
export const mayHoldGroups = (text: string): boolean =>
  text.includes(GROUP_LETTER) || text.includes(OTHER_LETTER)

/** The same for the instruction that sends packets through a meter. */
export const mayHoldMeter = (text: string): boolean => text.includes(METER_LETTER)
