/**
 * Raw parameters against what a call accepts. The result holds canonical values under final names; whatever is not
 * accepted is refused by name, so a misspelt parameter never passes for an absent one.
 */
import { nearest, type Scalar } from '@openvnet/schema'
import { type ApiError, argumentError, invalidUuid, missingArgument } from '../errors.ts'
import { type Raw, Repeated } from './body.ts'
import type { Expected, Signature } from './expected.ts'

/** Canonical values by parameter name; `null`: explicitly none. Absent parameters are absent. */
export type Given = ReadonlyMap<string, Scalar | null>

/** So many names still are a sentence. */
const MOST_NAMES = 8

const takenBy = ({ parameters }: Signature): string => {
  if (parameters.length === 0) return '; there is none here'
  const names = parameters.map(({ name }) => name).join(', ')
  return parameters.length > MOST_NAMES ? '' : `; there is ${names}`
}

const unknown = (name: string, value: unknown, expected: Signature): ApiError => {
  const guess = nearest(name, [
    ...expected.parameters.map((parameter) => parameter.name),
    ...expected.aliases.keys(),
  ])
  const hint = guess === undefined ? takenBy(expected) : `; did you mean ${guess}?`
  return argumentError(name, value, `unknown parameter${hint}`)
}

const givenTwice = (as: string, { values }: Repeated): ApiError =>
  argumentError(as, values.join(', '), 'given more than once')

/** What no parameter is called may be given when it is obsolete. @throws ApiError ArgumentError */
const checkMeaningless = (as: string, value: unknown, expected: Signature): void => {
  if (value instanceof Repeated) throw givenTwice(as, value)
  if (expected.obsolete.has(as)) return
  const refusal = expected.refused.get(expected.aliases.get(as) ?? as)
  throw refusal === undefined ? unknown(as, value, expected) : argumentError(as, value, refusal)
}

/** Final names; what has no meaning is left out. */
const rename = (raw: Raw, expected: Signature): Map<string, { value: unknown; as: string }> => {
  const known = new Set(expected.parameters.map(({ name }) => name))
  const named = new Map<string, { value: unknown; as: string }>()
  for (const [as, value] of raw) {
    const name = expected.aliases.get(as) ?? as
    if (!known.has(name)) {
      checkMeaningless(as, value, expected)
      continue
    }
    const other = named.get(name)
    if (other !== undefined && other.value !== value) {
      throw argumentError(as, value, `contradicts ${other.as}, which is another name of it`)
    }
    named.set(name, { value, as })
  }
  return named
}

/** Which of several values counts would be a guess, unless the kind takes them all. @throws ApiError ArgumentError */
const onlyValueOf = ({ kind }: Expected, value: unknown, as: string): unknown => {
  if (!(value instanceof Repeated)) return value
  if (kind.isList === true) return value.values
  throw givenTwice(as, value)
}

const parse = (parameter: Expected, found: unknown, as: string): Scalar | null => {
  const value = onlyValueOf(parameter, found, as)
  if (parameter.nullable && (value === null || value === '')) return null
  const result =
    typeof value === 'object' && parameter.kind.isList !== true
      ? ({ ok: false, reason: `not ${parameter.kind.expects}` } as const)
      : parameter.kind.parse(value)
  if (result.ok) return parameter.nullable && result.value === '' ? null : result.value
  throw parameter.kind.name === 'uuid'
    ? invalidUuid(as, value, result.reason)
    : argumentError(as, value, result.reason)
}

/** @throws ApiError ArgumentError, InvalidUUID, MissingArgument */
export const check = (raw: Raw, expected: Signature): Given => {
  const named = rename(raw, expected)
  const given = new Map<string, Scalar | null>()
  for (const parameter of expected.parameters) {
    const found = named.get(parameter.name)
    if (found !== undefined) given.set(parameter.name, parse(parameter, found.value, found.as))
    else if (parameter.required) throw missingArgument(parameter.name)
  }
  return given
}
