/**
 * Names as labels with lengths: RFC 1035 §3.1, with compression (§4.1.4) where a format allows it, as the domain search
 * option of DHCPv4 does (RFC 3397) and those of IPv6 do not (RFC 8106 §5.2, RFC 8415 §10).
 * Pointers only go backwards, so that every walk ends; a name is at most 255 octets.
 * Names are text without the root's dot; an octet that is no printable ASCII, and a dot inside a label, make it malformed.
 */
import { concat, readU16 } from './octets.ts'

const MAX_LABEL = 63
const MAX_NAME = 255
/** A pointer for every label would be as many; more would make long chains costly. */
const MAX_JUMPS = 127
const POINTER = 0xc0
const PRINTABLE = /^[!-\-/-~]+$/

/** `undefined` when a label is empty or longer than 63 octets, or the name than 255. */
const labelsOf = (name: string): readonly Uint8Array[] | undefined => {
  const labels = name.replace(/\.$/, '').split('.')
  if (labels.some((label) => label.length > MAX_LABEL || !PRINTABLE.test(label))) return undefined
  const octets = labels.map((label) => Uint8Array.from([label.length, ...Buffer.from(label, 'latin1')]))
  return octets.reduce((sum, { length }) => sum + length, 1) > MAX_NAME ? undefined : octets
}

/** Whether it can be put on the wire. */
export const isDomainName = (name: string): boolean => labelsOf(name) !== undefined

/** One after another, uncompressed. @throws RangeError for what `isDomainName` refuses */
export const encodeDomainNames = (names: readonly string[]): Uint8Array =>
  concat(...names.flatMap((name) => [...labelsOrThrow(name), Uint8Array.of(0)]))

const labelsOrThrow = (name: string): readonly Uint8Array[] => {
  const labels = labelsOf(name)
  if (labels === undefined) throw new RangeError(`not a domain name: '${name}'`)
  return labels
}

/** One after another; an ending that occurred before is pointed at, so the order decides what that saves. */
export const compressDomainNames = (names: readonly string[]): Uint8Array => {
  const places = new Map<string, number>()
  return names.reduce<Uint8Array>(
    (before, name) => concat(before, compressOne(labelsOrThrow(name), places, before.length)),
    new Uint8Array(),
  )
}

/** @param places where each ending begins, to which those of this name are added */
const compressOne = (
  labels: readonly Uint8Array[],
  places: Map<string, number>,
  start: number,
): Uint8Array => {
  const parts: Uint8Array[] = []
  let at = start
  for (const [index, label] of labels.entries()) {
    const ending = Buffer.concat(labels.slice(index)).toString('latin1').toLowerCase()
    const place = places.get(ending)
    if (place !== undefined) return concat(...parts, Uint8Array.of(POINTER | (place >> 8), place & 0xff))
    if (at < POINTER << 8) places.set(ending, at)
    parts.push(label)
    at += label.length
  }
  return concat(...parts, Uint8Array.of(0))
}

interface Name {
  readonly name: string
  /** Place behind it. */
  readonly end: number
}

/** The label of a given length at a place behind its length octet. */
const labelAt = (bytes: Uint8Array, at: number, length: number): string | undefined => {
  const label = Buffer.from(bytes.subarray(at, at + length)).toString('latin1')
  return length <= MAX_LABEL && label.length === length && PRINTABLE.test(label) ? label : undefined
}

/** Where a pointer at a place leads; only to what is before `limit`, the place where this run of labels began. */
const followPointer = (bytes: Uint8Array, at: number, limit: number): number | undefined => {
  if (at + 1 >= bytes.length) return undefined
  const target = readU16(bytes, at) & 0x3fff
  return target < limit ? target : undefined
}

const decodeOne = (bytes: Uint8Array, start: number, compressed: boolean): Name | undefined => {
  const labels: string[] = []
  let [at, run, octets] = [start, start, 1]
  let end: number | undefined
  let jumps = 0
  for (let length = bytes[at]; length !== 0; length = bytes[at]) {
    if (length === undefined) return undefined
    if (compressed && length >= POINTER) {
      const target = followPointer(bytes, at, run)
      if (target === undefined || ++jumps > MAX_JUMPS) return undefined
      end ??= at + 2
      at = run = target
      continue
    }
    const label = labelAt(bytes, at + 1, length)
    octets += length + 1
    if (label === undefined || octets > MAX_NAME) return undefined
    labels.push(label)
    at += length + 1
  }
  return { name: labels.join('.'), end: end ?? at + 1 }
}

/**
 * Names that fill `bytes`; `undefined` when one is malformed.
 * @param layout whether pointers may occur, and whether zeros may follow the last name (RFC 8106 pads its option)
 */
export const decodeDomainNames = (
  bytes: Uint8Array,
  layout: { readonly compressed?: boolean; readonly padded?: boolean } = {},
): readonly string[] | undefined => {
  const names: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const found = decodeOne(bytes, at, layout.compressed === true)
    if (found === undefined) return undefined
    if (found.name === '')
      return layout.padded && bytes.subarray(at).every((octet) => octet === 0) ? names : undefined
    names.push(found.name)
    at = found.end
  }
  return names
}
