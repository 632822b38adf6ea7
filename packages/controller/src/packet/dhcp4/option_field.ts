/**
 * Where options stand in a DHCPv4 message: RFC 2131 §3, RFC 2132 §2 and §9.3, RFC 3396.
 * They fill the options field and, when option 52 says so, the fields of boot file and server name after it. Parts of one
 * code belong together in this order; an option longer than 255 octets is written as such parts.
 */
import { concat } from '../octets.ts'
import { DHCP4_OPTION, type Dhcp4Option } from './option.ts'

const { pad, end, overload } = DHCP4_OPTION
const MAX_PART = 255

export type OptionMap = ReadonlyMap<number, Uint8Array>

/** Adds what one field holds; false when an option exceeds the field. A missing end is forgiven. */
const collect = (field: Uint8Array, into: Map<number, Uint8Array[]>): boolean => {
  for (let at = 0; at < field.length && field[at] !== end; ) {
    const code = field[at]!
    if (code === pad) {
      at += 1
      continue
    }
    const length = field[at + 1]
    if (length === undefined || at + 2 + length > field.length) return false
    const part = field.subarray(at + 2, at + 2 + length)
    const before = into.get(code)
    if (before === undefined) into.set(code, [part])
    else before.push(part)
    at += 2 + length
  }
  return true
}

export interface OptionFields {
  readonly options: Uint8Array
  readonly file: Uint8Array
  readonly sname: Uint8Array
}

/** Options of all fields in use; `undefined` when one is cut or option 52 has a value that is none. */
export const readOptions = ({ options, file, sname }: OptionFields): OptionMap | undefined => {
  const parts = new Map<number, Uint8Array[]>()
  if (!collect(options, parts)) return undefined
  const used = parts.get(overload)
  const bits = used === undefined ? 0 : (used[0]?.[0] ?? 0)
  if (used !== undefined && (used.length !== 1 || used[0]?.length !== 1 || bits < 1 || bits > 3))
    return undefined
  if ((bits & 1) !== 0 && !collect(file, parts)) return undefined
  if ((bits & 2) !== 0 && !collect(sname, parts)) return undefined
  return new Map([...parts].map(([code, of]) => [code, of.length === 1 ? of[0]! : concat(...of)]))
}

/** One option with code and length, in as many parts as it needs: nearly always one. */
const encodeOption = ({ code, data }: Dhcp4Option): Uint8Array => {
  if (data.length <= MAX_PART) {
    const whole = new Uint8Array(2 + data.length)
    whole[0] = code
    whole[1] = data.length
    whole.set(data, 2)
    return whole
  }
  const parts: Uint8Array[] = []
  for (let at = 0; at < data.length; at += MAX_PART) {
    const part = data.subarray(at, at + MAX_PART)
    parts.push(Uint8Array.of(code, part.length), part)
  }
  return concat(...parts)
}

export interface PlacedOptions {
  /** With its end, without padding. */
  readonly options: Uint8Array
  /** `undefined` while the field is not used for options. */
  readonly file?: Uint8Array
  readonly sname?: Uint8Array
  /** Codes for which there was no room. */
  readonly omitted: readonly number[]
}

/** Takes what fits in order and leaves room for an end; the rest stays in `waiting`. */
const fill = (waiting: Encoded[], size: number): Uint8Array | undefined => {
  const taken: Uint8Array[] = []
  let room = size - 1
  for (const encoded of [...waiting]) {
    if (encoded.bytes.length > room) continue
    taken.push(encoded.bytes)
    room -= encoded.bytes.length
    waiting.splice(waiting.indexOf(encoded), 1)
  }
  return taken.length === 0 ? undefined : concat(...taken, Uint8Array.of(end))
}

interface Encoded {
  readonly code: number
  readonly bytes: Uint8Array
}

/** Octets of the two fields that options may flow into. */
const FILE = 128
const SNAME = 64
const OVERLOAD_OCTETS = 3

/**
 * Places options in order of importance: first into the options field, then into the others as far as they are free.
 * @param size octets of the options field
 * @param free which of the other fields hold nothing of their own
 */
export const placeOptions = (
  list: readonly Dhcp4Option[],
  size: number,
  free: { readonly file: boolean; readonly sname: boolean },
): PlacedOptions => {
  const waiting = list.map((option) => ({ code: option.code, bytes: encodeOption(option) }))
  const needed = waiting.reduce((sum, { bytes }) => sum + bytes.length, 1)
  if (needed <= size)
    return { options: concat(...waiting.map(({ bytes }) => bytes), Uint8Array.of(end)), omitted: [] }
  const overloads = free.file || free.sname
  const options = fill(waiting, size - (overloads ? OVERLOAD_OCTETS : 0)) ?? Uint8Array.of(end)
  const file = overloads && free.file ? fill(waiting, FILE) : undefined
  const sname = overloads && free.sname ? fill(waiting, SNAME) : undefined
  const omitted = waiting.map(({ code }) => code)
  const used = (file ? 1 : 0) | (sname ? 2 : 0)
  if (used === 0) return { options, omitted }
  const told = concat(options.subarray(0, -1), Uint8Array.of(overload, 1, used, end))
  return { options: told, omitted, ...(file && { file }), ...(sname && { sname }) }
}
