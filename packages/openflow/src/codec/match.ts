/**
 * ofp_match: type OXM, a length that does not count the padding, TLVs, zeros up to a multiple of 8.
 * OpenFlow 1.3.5 §7.2.3. Decoding refuses a field that is there twice, whatever
 * its spelling (OFPBMC_DUP_FIELD); encoding leaves that to the other end.
 */
import { type Reader, readCounted } from '../reader.ts'
import type { Match, MatchField } from '../types/match.ts'
import type { Writer } from '../writer.ts'
import { isExperimenterHeader } from './field-codes.ts'
import { readOxm, writeOxm } from './oxm.ts'

const OFPMT_OXM = 1
const HEADER_BYTES = 4

export function readMatch(reader: Reader): Match {
  const start = reader.offset
  const type = reader.u16()
  if (type !== OFPMT_OXM) reader.fail('value', `match type ${type} is not OXM`, start)
  const length = reader.u16()
  const outer = reader.limit(length - HEADER_BYTES)
  const match = readCounted(reader, 'match', countFields(reader), readOxm)
  const twice = repeated(match)
  if (twice !== null) reader.fail('value', `the match has ${twice} twice`, start)
  reader.leave(outer)
  reader.skip(-length & 7)
  return match
}

function countFields(reader: Reader): number {
  let count = 0
  for (let at = reader.offset; at + 4 <= reader.end; at += 4 + reader.peekU8(at + 3)) count++
  return count
}

/** Returns where the match ends, its padding not counted. */
export function writeMatch(writer: Writer, match: Match): number {
  const start = writer.offset
  writer.tlv(OFPMT_OXM, 0)
  for (const field of match) writeOxm(writer, field)
  const end = writer.offset
  writer.patchU16(start + 2, end - start)
  writer.pad8(start)
  return end
}

/** Up to here comparing each with each is faster than a set. */
const FEW = 12

/** The name of a field that is there more than once, or `null`. */
function repeated(match: Match): string | null {
  return match.length > FEW ? repeatedOfMany(match) : repeatedOfFew(match)
}

function repeatedOfFew(match: Match): string | null {
  for (let a = 1; a < match.length; a++) {
    const field = match[a] as MatchField
    for (let b = 0; b < a; b++) {
      if ((match[b] as MatchField).field !== field.field) continue
      if (field.field !== 'unknown' || keyOf(field) === keyOf(match[b] as MatchField)) return keyOf(field)
    }
  }
  return null
}

function repeatedOfMany(match: Match): string | null {
  const seen = new Set<string>()
  for (const field of match) {
    const key = keyOf(field)
    if (seen.has(key)) return key
    seen.add(key)
  }
  return null
}

/** The field's name; of an unknown one class, number and experimenter. */
function keyOf(field: MatchField): string {
  if (field.field !== 'unknown') return field.field
  const experimenter = isExperimenterHeader(field.header) ? ` ${field.data.subarray(0, 4).join('.')}` : ''
  return `OXM 0x${(field.header >>> 9).toString(16)}${experimenter}`
}
