/**
 * Text in a field of fixed size: UTF-8, ended by a NUL. The specification says no more than that it is ASCII; Linux
 * lets interfaces have any bytes as names. A byte that is not UTF-8 becomes the lone surrogate U+DC80..U+DCFF, and
 * that the byte again, so that every text encodes to the bytes that it came from.
 */
import { EncodeError } from '../encode-error.ts'
import type { Reader } from '../reader.ts'
import type { Writer } from '../writer.ts'

const ESCAPE = 0xdc00
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** Up to the first NUL; without one the last byte is cut, as Open vSwitch does. */
export function readText(reader: Reader, size: number): string {
  const field = reader.bytes(size)
  const nul = field.indexOf(0)
  const bytes = field.subarray(0, nul < 0 ? size - 1 : nul)
  return decoded(bytes) ?? escaped(bytes)
}

/** @throws EncodeError if it is longer than `size` - 1 bytes, or has a NUL within */
export function writeText(writer: Writer, value: string, size: number): void {
  const bytes = value.isWellFormed() ? encoder.encode(value) : unescaped(value)
  if (bytes.length >= size || bytes.includes(0)) {
    throw new EncodeError(`${JSON.stringify(value)} does not fit in a text field of ${size} bytes`)
  }
  writer.bytes(bytes)
  writer.zeros(size - bytes.length)
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

function escaped(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] as number
    const size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
    const character = decoded(bytes.subarray(at, at + size))
    text += character ?? String.fromCharCode(ESCAPE + lead)
    at += character === null ? 1 : size
  }
  return text
}

function unescaped(value: string): Uint8Array {
  const bytes: number[] = []
  for (const character of value) {
    const code = character.charCodeAt(0)
    if (character.isWellFormed()) bytes.push(...encoder.encode(character))
    else if (code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff) bytes.push(code - ESCAPE)
    else throw new EncodeError(`${JSON.stringify(value)} has half a character`)
  }
  return Uint8Array.from(bytes)
}
