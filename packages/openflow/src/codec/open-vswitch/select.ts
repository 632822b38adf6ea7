/** `multipath`, `bundle`, `bundle_load`: a choice by a hash of the packet. `lib/multipath.c`, `lib/bundle.c` of Open vSwitch. */
import { NXAST } from '../../constants.ts'
import type { Reader } from '../../reader.ts'
import type { BundleAction, BundleLoad, Multipath } from '../../types/open-vswitch-action.ts'
import type { Writer } from '../../writer.ts'
import { placeOf, readPlaced, shortHeaderOf } from '../subfield.ts'
import { type ActionReader, type ActionWriters, beginAction, endAction, skipPadding } from './frame.ts'

/** NXM_OF_IN_PORT: the only type of member that there is. */
const MEMBER_TYPE = 0x00000002

function readMultipath(reader: Reader): Multipath | null {
  const fields = reader.u16()
  const basis = reader.u16()
  reader.skip(2)
  const algorithm = reader.u16()
  const max_link = reader.u16()
  const arg = reader.u32()
  reader.skip(2)
  const dst = readPlaced(reader)
  return dst === null ? null : { type: 'multipath', fields, basis, algorithm, max_link, arg, dst }
}

function readBundle(reader: Reader): BundleAction | null {
  const head = readBundleHead(reader)
  if (head === null || head.place !== 0) return null
  if (reader.u32() !== 0) return null
  const { algorithm, fields, basis, count } = head
  return { type: 'bundle', algorithm, fields, basis, ports: readPorts(reader, count) }
}

function readBundleLoad(reader: Reader): BundleLoad | null {
  const head = readBundleHead(reader)
  if (head === null) return null
  reader.offset -= 2
  const dst = readPlaced(reader)
  if (dst === null) return null
  const { algorithm, fields, basis, count } = head
  return { type: 'bundle_load', algorithm, fields, basis, ports: readPorts(reader, count), dst }
}

/** Up to offset and bits of the destination; `null` for members of another type. */
function readBundleHead(reader: Reader) {
  const algorithm = reader.u16()
  const fields = reader.u16()
  const basis = reader.u16()
  const memberType = reader.u32()
  const count = reader.u16()
  const place = reader.u16()
  return memberType === MEMBER_TYPE ? { algorithm, fields, basis, count, place } : null
}

function readPorts(reader: Reader, count: number): number[] {
  reader.skip(4)
  if (count * 2 > reader.remaining) reader.fail('length', `${count} ports in ${reader.remaining} bytes`)
  const ports = Array.from({ length: count }, () => reader.u16())
  skipPadding(reader)
  return ports
}

export const SELECT_READERS: readonly (readonly [number, ActionReader])[] = [
  [NXAST.MULTIPATH, readMultipath],
  [NXAST.BUNDLE, readBundle],
  [NXAST.BUNDLE_LOAD, readBundleLoad],
]

function writeBundle(writer: Writer, action: BundleAction | BundleLoad): void {
  const dst = action.type === 'bundle' ? null : action.dst
  const start = beginAction(writer, dst === null ? NXAST.BUNDLE : NXAST.BUNDLE_LOAD)
  writer.u16(action.algorithm)
  writer.u16(action.fields)
  writer.u16(action.basis)
  writer.u32(MEMBER_TYPE)
  writer.u16(action.ports.length)
  writer.u16(dst === null ? 0 : placeOf(dst))
  writer.u32(dst === null ? 0 : shortHeaderOf(dst))
  writer.zeros(4)
  for (const port of action.ports) writer.u16(port)
  endAction(writer, start)
}

export const SELECT_WRITERS: ActionWriters<'multipath' | 'bundle' | 'bundle_load'> = {
  multipath: (writer, action) => {
    beginAction(writer, NXAST.MULTIPATH, 32)
    writer.u16(action.fields)
    writer.u16(action.basis)
    writer.zeros(2)
    writer.u16(action.algorithm)
    writer.u16(action.max_link)
    writer.u32(action.arg)
    writer.zeros(2)
    writer.u16(placeOf(action.dst))
    writer.u32(shortHeaderOf(action.dst))
  },
  bundle: writeBundle,
  bundle_load: writeBundle,
}
