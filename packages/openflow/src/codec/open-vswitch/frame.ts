/** What the actions of experimenters have in common: their header, their padding, how they nest. */
import { EXPERIMENTER, OFPAT } from '../../constants.ts'
import type { Reader } from '../../reader.ts'
import type { Action } from '../../types/action.ts'
import type { Writer } from '../../writer.ts'

/** Reads actions up to the reader's limit, `depth` levels deep. */
export type ReadNested = (reader: Reader, depth: number) => Action[]
export type WriteNested = (writer: Writer, actions: readonly Action[], depth: number) => void

/** Reads the body after the subtype; `null` leaves the action opaque. */
export type ActionReader = (reader: Reader, depth: number, readNested: ReadNested) => Action | null
/** Writes a whole action. */
export type ActionWriters<Type extends Action['type']> = {
  readonly [K in Type]: (
    writer: Writer,
    action: Extract<Action, { readonly type: K }>,
    depth: number,
    writeNested: WriteNested,
  ) => void
}

/** Begins an action of `length` bytes; with 0 the length is for `endAction` to write. Returns where it begins. */
export function beginAction(writer: Writer, subtype: number, length = 0): number {
  const start = writer.offset
  writer.tlv(OFPAT.EXPERIMENTER, length)
  writer.u32(EXPERIMENTER.NICIRA)
  writer.u16(subtype)
  return start
}

/** Pads to a multiple of 8 and writes the length. */
export function endAction(writer: Writer, start: number): void {
  writer.pad8(start)
  writer.patchU16(start + 2, writer.offset - start)
}

/** Skips what is left, which must be less than 8 bytes. */
export function skipPadding(reader: Reader): void {
  if (reader.remaining >= 8) reader.fail('trailing', `${reader.remaining} bytes too many`)
  reader.skip(reader.remaining)
}
