/**
 * The body of a request as parameters. Read are form-encoded bodies, JSON and YAML, each with or without charset; JSON
 * and YAML may be flat (`{"uuid": …}`) or in an envelope whose name does not matter (`{"network": {"uuid": …}}`).
 */
import { parseDocument } from 'yaml'
import { ApiError } from '../errors.ts'

/** Parameters as they came: text, or what JSON can hold. */
export type Raw = ReadonlyMap<string, unknown>

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPES = new Set(['application/json', 'text/json'])
const YAML_TYPES = new Set(['application/yaml', 'text/yaml', 'application/x-yaml', 'text/x-yaml'])

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The values of a parameter that is given more than once. */
export class Repeated {
  readonly values: readonly string[]

  constructor(values: readonly string[]) {
    this.values = values
  }
}

/** Never throws: the router has no place for it. */
export const parseForm = (text: string): Raw => {
  const valuesByName = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(text)) {
    const values = valuesByName.get(name)
    if (values === undefined) valuesByName.set(name, [value])
    else values.push(value)
  }
  return new Map(
    [...valuesByName].map(([name, values]) => [name, values.length > 1 ? new Repeated(values) : values[0]]),
  )
}

/** Parameters that may hold a map: the only one that is given is no envelope. */
const MAPS = new Set(['labels', 'label'])

/** The parameters in an object, flat or in an envelope. */
export const toRaw = (value: Readonly<Record<string, unknown>>): Raw => {
  const [[name, first] = ['', undefined], ...others] = Object.entries(value)
  const isEnvelope = others.length === 0 && isObject(first) && !MAPS.has(name)
  return new Map(Object.entries(isEnvelope ? first : value))
}

const parseJson = (text: string): Raw => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ApiError('InvalidRequest', `Invalid request body. ${(error as Error).message}`)
  }
  if (!isObject(value)) {
    throw new ApiError('InvalidRequest', 'Invalid request body. It must be a JSON object.')
  }
  return toRaw(value)
}

/** Ruby's symbols, `:uuid: nw-1`, are the same names. */
const withoutColons = (value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([name, one]) => [name.replace(/^:/, ''), withoutColons(one)]),
      )
    : value

/**
 * Every scalar but null is text, as it is in a form: `52:54:00:11:22:33` and `0x0a` are no numbers here. Aliases are
 * refused: a few of them make a document that fills the memory. So is what the library would only warn of, e.g. a tag
 * that it does not know: clients do not write into our log.
 */
const parseYaml = (text: string): Raw => {
  let value: unknown
  try {
    const document = parseDocument(text, { schema: 'failsafe', customTags: ['null'], logLevel: 'error' })
    const [problem] = [...document.errors, ...document.warnings]
    if (problem !== undefined) throw problem
    value = withoutColons(document.toJS({ maxAliasCount: 0 }))
  } catch (error) {
    throw new ApiError('InvalidRequest', `Invalid request body. ${(error as Error).message}`)
  }
  if (!isObject(value)) throw new ApiError('InvalidRequest', 'Invalid request body. It must be a YAML map.')
  return toRaw(value)
}

const CHARSET = /;\s*charset\s*=\s*"?([^\s";]*)/i
const UTF_8 = /^utf-?8$/i

/** Text in anything but UTF-8 would be stored as something else. @throws ApiError UnsupportedMediaType */
export const checkReadable = (contentType: string, encoding: string): void => {
  if (!/^\s*(?:identity)?\s*$/i.test(encoding)) {
    throw new ApiError('UnsupportedMediaType', `content-encoding ${encoding}: send the body as it is`)
  }
  const charset = CHARSET.exec(contentType)?.[1]
  if (charset !== undefined && !UTF_8.test(charset)) {
    throw new ApiError('UnsupportedMediaType', `charset ${charset}: send the body in utf-8`)
  }
}

/** The headers that say what a body is. */
export interface BodyHeaders {
  /** When absent the text is taken for a form, as curl sends it. */
  readonly 'content-type'?: string | undefined
  readonly 'content-encoding'?: string | string[] | undefined
}

/** @throws ApiError InvalidRequest, UnsupportedMediaType */
export const parseBody = (headers: BodyHeaders, text: string): Raw => {
  if (text === '') return new Map()
  const contentType = headers['content-type'] ?? ''
  checkReadable(contentType, String(headers['content-encoding'] ?? ''))
  const mediaType = (contentType.split(';')[0] ?? '').trim().toLowerCase()
  if (JSON_TYPES.has(mediaType)) return parseJson(text)
  if (YAML_TYPES.has(mediaType)) return parseYaml(text)
  if (mediaType === FORM || mediaType === '') return parseForm(text)
  throw new ApiError('UnsupportedMediaType', mediaType)
}

/** Later sources win: the body over the query string. */
export const merge = (...sources: readonly Raw[]): Raw => new Map(sources.flatMap((source) => [...source]))
