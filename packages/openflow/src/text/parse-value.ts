/** Single values: numbers with a width, ports and tables with or without names, values of fields with masks. */
import { OFPP } from '../constants.ts'
import { FIELDS, type FieldName } from '../fields.ts'
import type { FieldValue, OxmField } from '../types/match.ts'
import { parseIpv4, parseIpv6, parseMac } from './address.ts'
import { wide } from './names.ts'
import { FlowSyntaxError, type Word } from './parse-error.ts'
import { parseFlags } from './parse-flags.ts'
import { cutAt } from './parse-words.ts'
import { suggestion } from './suggestion.ts'

/** The numbers behind the names that a text may use: the reverse of `TextNames`. */
export interface TextNumbers {
  /** The number of a table, 0..254; `undefined` refuses the name. */
  readonly tableNumber?: (name: string) => number | undefined
  /** The number of a port, 32 bits; `undefined` refuses the name. */
  readonly portNumber?: (name: string) => number | undefined
}

const NUMBER = /^(0x[0-9a-f]{1,64}|0|[1-9][0-9]{0,63})$/i

export const isNumber = (text: string): boolean => NUMBER.test(text)

/** An unsigned decimal or hexadecimal number of at most `bits` bits. */
export function bigNumber(word: Word, bits: number): bigint {
  const value = NUMBER.test(word.text) ? BigInt(word.text) : -1n
  if (value < 0n || value >> BigInt(bits) !== 0n)
    throw new FlowSyntaxError(word, `a number of ${bits} bits`, numberHint(word.text))
  return value
}

function numberHint(text: string): string {
  if (/^0[0-9]+$/.test(text)) return 'decimal without zeros in front, or hexadecimal with 0x'
  return /^[0-9]*[a-f][0-9a-f]*$/i.test(text) ? 'hexadecimal begins with 0x' : ''
}

/** As `bigNumber`, of at most 48 bits. */
export const number = (word: Word, bits: number): number => Number(bigNumber(word, bits))

/** Hexadecimal digits in pairs, with or without `0x`. */
export function hexBytes(word: Word): Uint8Array {
  const digits = word.text.replace(/^0x/i, '')
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new FlowSyntaxError(word, 'pairs of hexadecimal digits')
  return Uint8Array.from(Buffer.from(digits, 'hex'))
}

const PORTS: ReadonlyMap<string, number> = new Map(
  Object.entries(OFPP)
    .filter(([name]) => name !== 'MAX')
    .concat([['NONE', OFPP.ANY]]),
)

/** The number of a reserved port by its name in any case, or `undefined`. */
export const reservedPortNumber = (name: string): number | undefined => PORTS.get(name.toUpperCase())

/** A port: number, where reserved ones may have 16 bits, reserved name, or a name that `portNumber` knows. */
export function port(word: Word, names: TextNumbers): number {
  if (isNumber(word.text)) return wide(number(word, 32))
  const found = reservedPortNumber(word.text) ?? names.portNumber?.(unquoted(word))
  if (found === undefined) throw new FlowSyntaxError(word, 'a port', portHint(word.text, names))
  return found
}

/** Nobody has said which names there are. */
const NAMES_UNKNOWN = 'no names are known here, only numbers'

function portHint(text: string, names: TextNumbers): string {
  const hint = suggestion(text, PORTS.keys())
  return hint === '' && names.portNumber === undefined && text !== '' ? NAMES_UNKNOWN : hint
}

/** A port in the 16 bits that Nicira's actions have for it. */
export function shortPort(word: Word, names: TextNumbers): number {
  const wide = port(word, names)
  if (wide >= 0xffffff00) return wide & 0xffff
  if (wide > 0xffff) throw new FlowSyntaxError(word, 'a port of 16 bits')
  return wide
}

/** A table: number up to 255, or a name that `tableNumber` knows. */
export function table(word: Word, names: TextNumbers): number {
  if (isNumber(word.text)) return number(word, 8)
  const found = names.tableNumber?.(unquoted(word))
  if (found === undefined)
    throw new FlowSyntaxError(word, 'a table', names.tableNumber === undefined ? NAMES_UNKNOWN : '')
  return found
}

function unquoted(word: Word): string {
  if (!word.text.startsWith('"')) return word.text
  try {
    return String(JSON.parse(word.text))
  } catch {
    throw new FlowSyntaxError(word, 'a name in quotes')
  }
}

/** A value of a field, with a mask behind `/` if the field has any. Bits outside of the mask are dropped. */
export function fieldValue(field: FieldName, word: Word, names: TextNumbers): OxmField {
  const { kind, maskable } = FIELDS[field]
  if (maskable && /^(\*|any)$/i.test(word.text)) return nothingOf(field)
  if (field === 'packet_type') return { field, value: packetType(word), mask: null }
  if (kind === 'flags' && !NUMBER.test(cutAt(word, '/')[0].text)) {
    const flags = parseFlags(field, word.text)
    return flags === null ? fail(word, 'names of bits, with + and - or with | between') : { field, ...flags }
  }
  const [valueWord, maskWord] = cutAt(word, '/')
  const value = plainValue(field, valueWord, names)
  if (maskWord === null) return { field, value, mask: null }
  if (!maskable) throw new FlowSyntaxError(word, `no mask: ${field} takes none`)
  const mask = maskOf(field, maskWord, names)
  if (value instanceof Uint8Array) return maskedBytes(field, value, mask as Uint8Array)
  return { field, value: masked(value, mask), mask }
}

/** Of no bit of a field: `ANY`, `*`. */
function nothingOf(field: FieldName): OxmField {
  const { kind, bytes } = FIELDS[field]
  if (kind === 'bytes') return { field, value: Uint8Array.of(0), mask: Uint8Array.of(0) }
  return bytes > 6 ? { field, value: 0n, mask: 0n } : { field, value: 0, mask: 0 }
}

function masked(value: number | bigint, mask: FieldValue): FieldValue {
  return typeof value === 'bigint' ? value & (mask as bigint) : Number(BigInt(value) & BigInt(mask as number))
}

/** Both are numbers: the shorter one has zeros in front. Bytes in front of which no bit counts are dropped. */
function maskedBytes(field: FieldName, value: Uint8Array, mask: Uint8Array): OxmField {
  const bits = shortest(toNumber(mask))
  const all = toNumber(value) & toNumber(mask)
  const digits = all.toString(16).padStart(bits.length * 2, '0')
  return { field, value: Uint8Array.from(Buffer.from(digits, 'hex')), mask: bits }
}

const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)

function plainValue(field: FieldName, word: Word, names: TextNumbers): FieldValue {
  const { kind, bits, bytes } = FIELDS[field]
  switch (kind) {
    case 'mac':
      return parseMac(word.text) ?? fail(word, 'a MAC address')
    case 'ipv4':
      return parseIpv4(word.text) ?? fail(word, 'an IPv4 address')
    case 'ipv6':
      return parseIpv6(word.text) ?? fail(word, 'an IPv6 address')
    case 'port':
      return field === 'nxm_in_port' ? shortPort(word, names) : port(word, names)
    case 'bytes':
      return shortest(bigNumber(word, bits))
    default:
      return bytes > 6 ? bigNumber(word, bits) : number(word, bits)
  }
}

/** As many bytes as a number of variable length needs. */
function shortest(value: bigint): Uint8Array {
  const digits = value.toString(16)
  return Uint8Array.from(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'))
}

/** `(1,0x800)`: name space and type. */
function packetType(word: Word): number {
  const parts = /^\((.*),(.*)\)$/.exec(word.text)
  if (parts === null) fail(word, '(name space,type)')
  const [space = '', type = ''] = [parts?.[1], parts?.[2]]
  return number({ text: space, at: word.at + 1 }, 16) * 65536 + number({ text: type, at: word.at }, 16)
}

/** A mask as the value is written, or the length of a prefix. */
function maskOf(field: FieldName, word: Word, names: TextNumbers): FieldValue {
  const { kind, bits } = FIELDS[field]
  const isPrefix = (kind === 'ipv4' || kind === 'ipv6') && /^[0-9]{1,3}$/.test(word.text)
  if (!isPrefix) return plainValue(field, word, names)
  const length = Number(word.text)
  if (length > bits) fail(word, `a prefix of at most ${bits} bits`)
  const mask = ((1n << BigInt(length)) - 1n) << BigInt(bits - length)
  return kind === 'ipv6' ? mask : Number(mask)
}

function fail(word: Word, expected: string): never {
  throw new FlowSyntaxError(word, expected)
}
