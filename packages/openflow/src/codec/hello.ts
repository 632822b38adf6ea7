/**
 * OFPT_HELLO: elements, each padded to 8. OpenFlow 1.3.5 §7.5.1. A tail too short for an element is ignored, as
 * the specification asks for hellos of other versions.
 */
import { EncodeError } from '../encode-error.ts'
import { type Reader, readList } from '../reader.ts'
import type { Hello, HelloElement, UnknownHelloElement } from '../types/message.ts'
import type { Writer } from '../writer.ts'

const OFPHET_VERSIONBITMAP = 1
const HEADER_BYTES = 4
/** A version is one byte: bits beyond 256 mean none, and such a bitmap stays opaque. */
const MAX_BITMAP_BYTES = 32

type Element = HelloElement | UnknownHelloElement

export function readHello(reader: Reader, xid: number, version: number): Hello {
  const odd = reader.remaining % HEADER_BYTES
  const outer = reader.limit(reader.remaining - odd)
  const elements = readList(reader, 'elements', readElement)
  reader.leave(outer)
  reader.skip(odd)
  return { type: 'hello', xid, version, elements }
}

function readElement(reader: Reader): Element {
  const start = reader.offset
  const type = reader.u16()
  const length = reader.u16()
  if (length < HEADER_BYTES) reader.fail('length', `a hello element has ${length} bytes`, start)
  const outer = reader.limit(length - HEADER_BYTES)
  const isBitmap =
    type === OFPHET_VERSIONBITMAP && reader.remaining % 4 === 0 && reader.remaining <= MAX_BITMAP_BYTES
  const element: Element = isBitmap
    ? { type: 'versionbitmap', versions: readVersions(reader) }
    : { type: 'unknown', element_type: type, data: reader.copyRest() }
  reader.leave(outer)
  // The last element's padding is left out by some.
  reader.skip(Math.min(-length & 7, reader.remaining))
  return element
}

function readVersions(reader: Reader): number[] {
  const versions: number[] = []
  for (let base = 0; reader.remaining > 0; base += 32) {
    const word = reader.u32()
    for (let bit = 0; bit < 32; bit++) if ((word >>> bit) & 1) versions.push(base + bit)
  }
  return versions
}

export function writeHello(writer: Writer, message: Hello): void {
  for (const element of message.elements) {
    if (element.type !== 'versionbitmap' && element.type !== 'unknown')
      throw new EncodeError('no such element')
    const start = writer.offset
    writer.u16(element.type === 'unknown' ? element.element_type : OFPHET_VERSIONBITMAP)
    writer.u16(0)
    if (element.type === 'unknown') writer.bytes(element.data)
    else writeVersions(writer, element.versions)
    writer.patchU16(start + 2, writer.offset - start)
    writer.pad8(start)
  }
}

function writeVersions(writer: Writer, versions: readonly number[]): void {
  const words: number[] = []
  for (const version of versions) {
    if (!Number.isInteger(version) || version < 0 || version > 0xff) {
      throw new EncodeError(`${version} is not an OpenFlow version`)
    }
    const word = version >>> 5
    while (words.length <= word) words.push(0)
    words[word] = ((words[word] ?? 0) | (1 << (version & 31))) >>> 0
  }
  for (const word of words) writer.u32(word)
}
