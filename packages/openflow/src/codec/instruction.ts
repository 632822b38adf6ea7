/**
 * Instructions: type, length (a multiple of 8 that counts everything), body. OpenFlow 1.3.5 §7.2.4.
 */
import { OFPIT } from '../constants.ts'
import { EncodeError } from '../encode-error.ts'
import { countTlvs, type Reader, readCounted } from '../reader.ts'
import type { Action } from '../types/action.ts'
import type { ExperimenterInstruction, Instruction, UnknownInstruction } from '../types/instruction.ts'
import type { Writer } from '../writer.ts'
import { readActions, writeActions } from './action.ts'

const HEADER_BYTES = 4

/** Reads instructions up to the reader's limit. */
export function readInstructions(reader: Reader): Instruction[] {
  return readCounted(reader, 'instructions', countTlvs(reader), readInstruction)
}

function readInstruction(reader: Reader): Instruction {
  const start = reader.offset
  const type = reader.u16()
  const length = reader.u16()
  if (length < 8 || length % 8 !== 0) reader.fail('length', `an instruction has ${length} bytes`, start)
  const outer = reader.limit(length - HEADER_BYTES)
  const instruction = readBody(reader, type)
  reader.leave(outer)
  return instruction
}

function readBody(reader: Reader, type: number): Instruction {
  switch (type) {
    case OFPIT.GOTO_TABLE: {
      const table_id = reader.u8()
      reader.skip(3)
      return { type: 'goto_table', table_id }
    }
    case OFPIT.WRITE_METADATA:
      reader.skip(4)
      return { type: 'write_metadata', metadata: reader.u64(), metadata_mask: reader.u64() }
    case OFPIT.WRITE_ACTIONS:
      reader.skip(4)
      return { type: 'write_actions', actions: readActions(reader) }
    case OFPIT.APPLY_ACTIONS:
      reader.skip(4)
      return { type: 'apply_actions', actions: readActions(reader) }
    case OFPIT.CLEAR_ACTIONS:
      reader.skip(4)
      return { type: 'clear_actions' }
    case OFPIT.METER:
      return { type: 'meter', meter_id: reader.u32() }
    case OFPIT.EXPERIMENTER:
      return { type: 'experimenter', experimenter: reader.u32(), data: reader.copyRest() }
    default:
      return { type: 'unknown', instruction_type: type, data: reader.copyRest() }
  }
}

export function writeInstructions(writer: Writer, instructions: readonly Instruction[]): void {
  for (const instruction of instructions) writeInstruction(writer, instruction)
}

function writeInstruction(writer: Writer, instruction: Instruction) {
  switch (instruction.type) {
    case 'goto_table':
      writer.tlv(OFPIT.GOTO_TABLE, 8)
      writer.u8(instruction.table_id)
      return writer.zeros(3)
    case 'write_metadata':
      writer.tlv(OFPIT.WRITE_METADATA, 24)
      writer.u32(0)
      writer.u64(instruction.metadata)
      return writer.u64(instruction.metadata_mask)
    case 'write_actions':
      return writeActionList(writer, OFPIT.WRITE_ACTIONS, instruction.actions)
    case 'apply_actions':
      return writeActionList(writer, OFPIT.APPLY_ACTIONS, instruction.actions)
    case 'clear_actions':
      return writeActionList(writer, OFPIT.CLEAR_ACTIONS, [])
    case 'meter':
      writer.tlv(OFPIT.METER, 8)
      return writer.u32(instruction.meter_id)
    case 'experimenter':
    case 'unknown':
      return writeOpaque(writer, instruction)
    default: {
      const unknown: never = instruction
      throw new EncodeError(`no such instruction: ${(unknown as { type: string }).type}`)
    }
  }
}

function writeActionList(writer: Writer, type: number, actions: readonly Action[]): void {
  const start = writer.offset
  writer.tlv(type, 0)
  writer.u32(0)
  writeActions(writer, actions)
  writer.patchU16(start + 2, writer.offset - start)
}

function writeOpaque(writer: Writer, instruction: ExperimenterInstruction | UnknownInstruction): void {
  const start = writer.offset
  writer.tlv(instruction.type === 'unknown' ? instruction.instruction_type : OFPIT.EXPERIMENTER, 0)
  if (instruction.type === 'experimenter') writer.u32(instruction.experimenter)
  writer.bytes(instruction.data)
  const length = writer.offset - start
  if (length < 8 || length % 8 !== 0) throw new EncodeError(`an instruction cannot have ${length} bytes`)
  writer.patchU16(start + 2, length)
}
