/**
 * Actions of experimenters: id, subtype, body. Known are Open vSwitch's (0x2320, `lib/ofp-actions.c`) and ONF's
 * copy_field. One that we do not know, or that names a field which we do not know, stays opaque as a whole.
 */
import { EXPERIMENTER, NXAST, OFPAT, ONFACT } from '../constants.ts'
import { EncodeError } from '../encode-error.ts'
import type { Reader } from '../reader.ts'
import type { Action, Clone, Ct, UnknownAction } from '../types/action.ts'
import type { LeftoverAction } from '../types/leftover-action.ts'
import type { OpenVswitchAction, Subfield } from '../types/open-vswitch-action.ts'
import type { Writer } from '../writer.ts'
import { CONTROLLER_READERS, CONTROLLER_WRITERS } from './open-vswitch/controller.ts'
import type { ActionReader, ActionWriters, ReadNested, WriteNested } from './open-vswitch/frame.ts'
import { LEARN_READERS, LEARN_WRITERS } from './open-vswitch/learn.ts'
import { LEFTOVER_WRITERS } from './open-vswitch/leftover.ts'
import { NESTED_READERS, NESTED_WRITERS } from './open-vswitch/nested.ts'
import { PLAIN_READERS, PLAIN_WRITERS, readResubmitTable } from './open-vswitch/plain.ts'
import {
  REGISTER_READERS,
  REGISTER_WRITERS,
  readCopyField,
  readLoad,
  readMove,
  readStack,
} from './open-vswitch/registers.ts'
import { SAMPLE_READERS, SAMPLE_WRITERS } from './open-vswitch/sample.ts'
import { SELECT_READERS, SELECT_WRITERS } from './open-vswitch/select.ts'

/** Those of OpenFlow 1.1 are written here too: they are as rare. */
type ExperimenterAction = OpenVswitchAction | LeftoverAction | Ct | Clone

const READERS: ReadonlyMap<number, ActionReader> = new Map([
  ...CONTROLLER_READERS,
  ...LEARN_READERS,
  ...NESTED_READERS,
  ...PLAIN_READERS,
  ...REGISTER_READERS,
  ...SAMPLE_READERS,
  ...SELECT_READERS,
])
const WRITERS: ActionWriters<ExperimenterAction['type']> = {
  ...CONTROLLER_WRITERS,
  ...LEARN_WRITERS,
  ...LEFTOVER_WRITERS,
  ...NESTED_WRITERS,
  ...PLAIN_WRITERS,
  ...REGISTER_WRITERS,
  ...SAMPLE_WRITERS,
  ...SELECT_WRITERS,
}
type AnyWriter = (writer: Writer, action: ExperimenterAction, depth: number, writeNested: WriteNested) => void
const BY_TYPE: ReadonlyMap<string, AnyWriter> = new Map(Object.entries(WRITERS) as [string, AnyWriter][])

/** Reads what follows the type and length of an experimenter action, up to the reader's limit. */
export function readExperimenterAction(reader: Reader, depth: number, readNested: ReadNested): Action {
  const experimenter = reader.u32()
  const start = reader.offset
  const action = readKnown(reader, experimenter, depth, readNested)
  if (action !== null) return action
  reader.offset = start
  return readOpaque(reader, experimenter)
}

function readOpaque(reader: Reader, experimenter: number): UnknownAction {
  return { type: 'unknown', action_type: OFPAT.EXPERIMENTER, experimenter, data: reader.copyRest() }
}

/** `null` for an action that is to stay opaque. */
function readKnown(
  reader: Reader,
  experimenter: number,
  depth: number,
  readNested: ReadNested,
): Action | null {
  // The least such action has 16 bytes: without these there is no subtype to look at.
  if (reader.remaining < 2) return null
  if (experimenter === EXPERIMENTER.NICIRA) return readNicira(reader, reader.u16(), depth, readNested)
  if (experimenter === EXPERIMENTER.ONF && reader.u16() === ONFACT.COPY_FIELD) return readCopyField(reader)
  return null
}

/** The actions that flows are full of come first. */
function readNicira(reader: Reader, subtype: number, depth: number, readNested: ReadNested): Action | null {
  switch (subtype) {
    case NXAST.REG_MOVE:
      return readMove(reader)
    case NXAST.REG_LOAD:
      return readLoad(reader)
    case NXAST.RESUBMIT_TABLE:
      return readResubmitTable(reader)
    case NXAST.STACK_PUSH:
      return orNull(readStack(reader), (src) => ({ type: 'stack_push', src }))
    case NXAST.STACK_POP:
      return orNull(readStack(reader), (dst) => ({ type: 'stack_pop', dst }))
    default:
      return READERS.get(subtype)?.(reader, depth, readNested) ?? null
  }
}

const orNull = (place: Subfield | null, make: (place: Subfield) => Action): Action | null =>
  place === null ? null : make(place)

export function writeExperimenterAction(
  writer: Writer,
  action: ExperimenterAction,
  depth: number,
  writeNested: WriteNested,
): void {
  const write = BY_TYPE.get(action.type)
  if (write === undefined) throw new EncodeError(`no such action: ${action.type}`)
  write(writer, action, depth, writeNested)
}
