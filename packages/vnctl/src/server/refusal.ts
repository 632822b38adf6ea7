/** The API's `{error, message, code}` as a sentence: what is wrong, with the value, and what to do. */
import { RESOURCES, type ResourceSpec } from '@openvnet/schema'
import { EXIT, type ExitCode, Failure } from '../failure.ts'

interface ApiError {
  readonly error: string
  readonly message: unknown
  readonly code: string
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const readError = (body: unknown): ApiError | null =>
  isObject(body) && typeof body['error'] === 'string'
    ? { error: body['error'], message: body['message'], code: String(body['code'] ?? '') }
    : null

/** The codes that say that a row does not exist. */
const NOT_FOUND = new Set(['100', '114'])
/** The API knows no such path: it is another program or another version. */
const UNKNOWN_PATH = new Set(['404', '405'])

const exitCode = (status: number, code: string): ExitCode => {
  if (NOT_FOUND.has(code)) return EXIT.notFound
  return status >= 500 || UNKNOWN_PATH.has(code) ? EXIT.other : EXIT.invalid
}

const plain = (message: unknown): string =>
  typeof message === 'string' ? message : (JSON.stringify(message) ?? 'no reason given')

const ofPrefix = (uuid: string): ResourceSpec | undefined =>
  (Object.values(RESOURCES) as ResourceSpec[]).find(
    ({ prefix }) => prefix !== null && uuid.startsWith(`${prefix}-`),
  )

/** `Network#uuid: nw-x` of the original's error texts. */
const unknownUuid = (message: string): string => {
  const uuid = /#\w+: (\S+)$/.exec(message)?.[1]
  const resource = uuid === undefined ? undefined : ofPrefix(uuid)
  if (resource === undefined) return message
  const { name, collection } = resource
  const command = `vnctl ${collection.replaceAll('_', '-')} show`
  return `there is no ${name.replaceAll('_', ' ')} ${uuid}; \`${command}\` lists what there is`
}

const duplicateUuid = (message: string): string =>
  /^\S+$/.test(message) ? `${message} exists already; choose another uuid or delete it first` : message

/** The object `{error, parameter, value, reason}` of a refused parameter. */
const refusedParameter = (message: Record<string, unknown>): string => {
  const { parameter, value, reason } = message as { parameter?: unknown; value?: unknown; reason?: unknown }
  if (parameter === undefined) return plain(message)
  const subject = value === undefined ? String(parameter) : `${parameter} '${plain(value)}'`
  return `${subject}: ${reason === undefined ? 'not valid' : plain(reason)}`
}

const sentence = ({ message, code }: ApiError): string => {
  if (isObject(message)) return refusedParameter(message)
  const text = plain(message)
  if (code === '100') return unknownUuid(text)
  if (code === '102') return duplicateUuid(text)
  if (code === '111' && /^\w+$/.test(text)) return `${text} is missing`
  return text
}

/**
 * @param body the parsed body, `undefined` when it was no JSON
 * @param url what was asked, for answers that are not the API's
 */
export const refusal = (status: number, body: unknown, url: string): Failure => {
  const error = readError(body)
  if (error === null) {
    return new Failure(EXIT.other, `${url} answered ${status} without a reason: is it an OpenVNet API?`)
  }
  const failed = status >= 500 ? `the server failed (${status}, ${error.error}): ` : ''
  return new Failure(exitCode(status, error.code), `${failed}${sentence(error)}`.replace(/\s*\n\s*/g, ' '))
}
