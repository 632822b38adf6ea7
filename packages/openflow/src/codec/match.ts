/**
 * ofp_match: type OXM, a length that does not count the padding, TLVs, zeros up to a multiple of 8.
 * OpenFlow 1.3.5 §7.2.3.
 */
import { type Reader, readList } from '../reader.ts'
import type { Match } from '../types/match.ts'
import type { Writer } from '../writer.ts'
import { readOxm, writeOxm } from './oxm.ts'

const OFPMT_OXM = 1
const HEADER_BYTES = 4

export function readMatch(reader: Reader): Match {
  const start = reader.offset
  const type = reader.u16()
  if (type !== OFPMT_OXM) reader.fail('value', `match type ${type} is not OXM`, start)
  const length = reader.u16()
  const outer = reader.limit(length - HEADER_BYTES)
  const match = readList(reader, 'match', readOxm)
  reader.leave(outer)
  reader.skip(-length & 7)
  return match
}

export function writeMatch(writer: Writer, match: Match): void {
  const start = writer.offset
  writer.u16(OFPMT_OXM)
  writer.u16(0)
  for (const field of match) writeOxm(writer, field)
  writer.patchU16(start + 2, writer.offset - start)
  writer.pad8(start)
}
