/**
 * The body of a request as parameters. Read are form-encoded bodies and JSON, each with or without charset; JSON may
 * be flat (`{"uuid": …}`) or in an envelope whose name does not matter (`{"network": {"uuid": …}}`).
 */
import { ApiError } from '../errors.ts'

/** Parameters as they came: text, or what JSON can hold. */
export type Raw = ReadonlyMap<string, unknown>

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPES = new Set(['application/json', 'text/json'])

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Of a parameter that is given twice the last counts. */
export const parseForm = (text: string): Raw => new Map(new URLSearchParams(text))

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
  const [first, ...others] = Object.values(value)
  return new Map(Object.entries(others.length === 0 && isObject(first) ? first : value))
}

/**
 * @param contentType value of the header, may be empty: then the text is taken for a form, as curl sends it.
 * @throws ApiError InvalidRequest, UnsupportedMediaType
 */
export const parseBody = (contentType: string, text: string): Raw => {
  if (text === '') return new Map()
  const mediaType = (contentType.split(';')[0] ?? '').trim().toLowerCase()
  if (JSON_TYPES.has(mediaType)) return parseJson(text)
  if (mediaType === FORM || mediaType === '') return parseForm(text)
  throw new ApiError('UnsupportedMediaType', mediaType)
}

/** Later sources win: the body over the query string. */
export const merge = (...sources: readonly Raw[]): Raw => new Map(sources.flatMap((source) => [...source]))
