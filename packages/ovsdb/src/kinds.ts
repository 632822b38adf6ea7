/**
 * Types of columns, and their values both ways (RFC 7047 §3.2 and §5.1): an atom is a JavaScript value, an optional one
 * may be `null`, a set is an array, a map is a Map. A UUID is its text; in what is sent `named('x')` may stand for the
 * row that the same transaction inserts under that name. Integers beyond 2^53 − 1 are read as the nearest number.
 */
import { EncodeError, ProtocolError, shown } from './errors.ts'

/** The type of a column: `T` is what is read, `G` what may be given. */
export interface Kind<T = unknown, G = T> {
  /** As `set of uuid`: equal for the same type. */
  readonly name: string
  /** What a column has when nobody says anything (RFC 7047 §5.2.1). */
  readonly empty: T
  /** @throws ProtocolError */
  readonly decode: (json: unknown) => T
  /** @throws EncodeError */
  readonly encode: (value: G) => unknown
  /** The value after a difference, as `modify` of `update2` has it (ovsdb-server(7), "Monitor Condition"). @throws ProtocolError */
  readonly change: (before: T, difference: unknown) => T
}

// biome-ignore lint/suspicious/noExplicitAny: a kind takes what it gives; of any kind neither is known.
export type AnyKind = Kind<any, any>
export type ValueOf<K extends AnyKind> = ReturnType<K['decode']>
export type GivenOf<K extends AnyKind> = Parameters<K['encode']>[0]

/** A row that the same transaction inserts: `insert(…, { name })`. */
export interface NamedUuid {
  readonly named: string
}
export const named = (name: string): NamedUuid => ({ named: name })

export interface Atom<T, G = T> extends Kind<T, G> {
  readonly name: AtomName
}
type AtomName = 'integer' | 'real' | 'boolean' | 'string' | 'uuid'
type Key = string | number | boolean

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/
/** `<id>` of RFC 7047 §3.1. */
const NAME = /^[A-Za-z_]\w*$/
const NO_UUID = '00000000-0000-0000-0000-000000000000'

const wrong = (json: unknown, name: string): ProtocolError =>
  new ProtocolError(`the server sent ${shown(json)} where ${name} is due`)
const unfit = (value: unknown, name: string): EncodeError => new EncodeError(`${shown(value)} is no ${name}`)

/** An atom that JSON has too. */
const plain = <T extends Key>(
  name: AtomName,
  empty: T,
  isIt: (value: unknown) => boolean,
  fits = isIt,
): Atom<T> => {
  const decode = (json: unknown): T => {
    if (!isIt(json)) throw wrong(json, name)
    return json as T
  }
  const encode = (value: T): unknown => {
    if (!fits(value)) throw unfit(value, name)
    return value
  }
  return { name, empty, decode, encode, change: (_before, after) => decode(after) }
}

const isWhole = (value: unknown): boolean => Number.isInteger(value)
const SMALLEST_NORMAL = 2 ** -1022
/** Open vSwitch ends the connection of who sends a smaller one: for its strtod that is out of range. */
const isNormal = (value: unknown): boolean =>
  Number.isFinite(value) && (value === 0 || Math.abs(value as number) >= SMALLEST_NORMAL)
/** Open vSwitch takes no text that UTF-8 cannot say, and no NUL. */
const isText = (value: unknown): boolean =>
  typeof value === 'string' && value.isWellFormed() && !value.includes('\0')

export const integer = plain<number>('integer', 0, isWhole, (value) => Number.isSafeInteger(value))
export const real = plain<number>('real', 0, (value) => Number.isFinite(value), isNormal)
export const boolean = plain<boolean>('boolean', false, (value) => typeof value === 'boolean')
export const string = plain<string>('string', '', (value) => typeof value === 'string', isText)

const decodeUuid = (json: unknown): string => {
  const [tag, text] = Array.isArray(json) && json.length === 2 ? (json as unknown[]) : []
  if (tag !== 'uuid' || typeof text !== 'string' || !UUID.test(text)) throw wrong(json, 'uuid')
  return text
}

const encodeUuid = (value: string | NamedUuid): unknown => {
  if (typeof value === 'string' && UUID.test(value)) return ['uuid', value]
  if (typeof value === 'object' && NAME.test(value.named)) return ['named-uuid', value.named]
  throw unfit(value, 'uuid')
}

/** A row of some table. */
export const uuid: Atom<string, string | NamedUuid> = {
  name: 'uuid',
  empty: NO_UUID,
  decode: decodeUuid,
  encode: encodeUuid,
  change: (_before, after) => decodeUuid(after),
}

/** The elements of a set; one that has a single element may come without the word. */
const elementsOf = (json: unknown): readonly unknown[] => {
  if (!Array.isArray(json) || json[0] !== 'set') return [json]
  if (json.length !== 2 || !Array.isArray(json[1])) throw wrong(json, 'a set')
  return json[1] as unknown[]
}

/** None or one. */
export const optional = <T, G>(kind: Atom<T, G>): Kind<T | null, G | null> => {
  const name = `optional ${kind.name}`
  const decode = (json: unknown): T | null => {
    const elements = elementsOf(json)
    if (elements.length > 1) throw wrong(json, name)
    return elements.length === 0 ? null : kind.decode(elements[0])
  }
  return {
    name,
    empty: null,
    decode,
    encode: (value) => ['set', value === null ? [] : [kind.encode(value)]],
    // A difference of what has at most one element is the value itself.
    change: (_before, after) => decode(after),
  }
}

/** Any number, each once, in no order that means anything. */
export const set = <T, G>(kind: Atom<T, G>): Kind<readonly T[], readonly G[]> => {
  const decode = (json: unknown): readonly T[] => elementsOf(json).map((element) => kind.decode(element))
  return {
    name: `set of ${kind.name}`,
    empty: [],
    decode,
    encode: (value) => ['set', value.map((element) => kind.encode(element))],
    change: (before, difference) => {
      const elements = new Set(before)
      for (const element of decode(difference)) {
        if (!elements.delete(element)) elements.add(element)
      }
      return [...elements]
    },
  }
}

const isPair = (json: unknown): json is [unknown, unknown] => Array.isArray(json) && json.length === 2

export const map = <K, V, GK, GV>(
  key: Atom<K, GK>,
  value: Atom<V, GV>,
): Kind<ReadonlyMap<K, V>, ReadonlyMap<GK, GV>> => {
  const name = `map of ${key.name} to ${value.name}`
  const decode = (json: unknown): ReadonlyMap<K, V> => {
    const pairs = isPair(json) && json[0] === 'map' && Array.isArray(json[1]) ? (json[1] as unknown[]) : null
    if (pairs === null || !pairs.every(isPair)) throw wrong(json, name)
    return new Map(pairs.map((pair) => [key.decode(pair[0]), value.decode(pair[1])]))
  }
  return {
    name,
    empty: new Map(),
    decode,
    encode: (given) => ['map', [...given].map(([k, v]) => [key.encode(k), value.encode(v)])],
    change: (before, difference) => {
      const entries = new Map(before)
      for (const [k, v] of decode(difference)) {
        if (entries.get(k) === v) entries.delete(k)
        else entries.set(k, v)
      }
      return entries
    },
  }
}

const ATOMS = { integer, real, boolean, string, uuid } as const

// biome-ignore lint/suspicious/noExplicitAny: which one it is, is known when the schema is.
const atomOf = (json: unknown): Atom<any, any> => {
  const name = typeof json === 'object' && json !== null ? (json as { type?: unknown }).type : json
  const atom = Object.hasOwn(ATOMS, String(name)) ? ATOMS[name as AtomName] : undefined
  if (atom === undefined) throw wrong(json, 'a type')
  return atom
}

/** The kind of a `<type>` of a schema (RFC 7047 §3.2). @throws ProtocolError */
export const kindOf = (json: unknown): AnyKind => {
  if (typeof json === 'string') return atomOf(json)
  if (typeof json !== 'object' || json === null) throw wrong(json, 'a type')
  const { key, value, min = 1, max = 1 } = json as Readonly<Record<string, unknown>>
  const atom = atomOf(key)
  if (value !== undefined) return map(atom, atomOf(value))
  if (max !== 1) return set(atom)
  return min === 0 ? optional(atom) : atom
}
