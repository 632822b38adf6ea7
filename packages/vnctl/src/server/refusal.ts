/** The API's `{error, message, code}` as a sentence: what is wrong, with the value, and what to do. */
import { RESOURCES, type ResourceSpec } from '@openvnet/schema'
import { EXIT, type ExitCode, Failure } from '../failure.ts'

interface ApiError {
  readonly error: string
  readonly message: unknown
  readonly code: string
  /** The operation of a batch that was refused. */
  readonly operation: Readonly<Record<string, unknown>> | null
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const readError = (body: unknown): ApiError | null =>
  isObject(body) && typeof body['error'] === 'string'
    ? {
        error: body['error'],
        message: body['message'],
        code: String(body['code'] ?? ''),
        operation: isObject(body['operation']) ? body['operation'] : null,
      }
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

const words = (name: string): string => name.replaceAll('_', ' ')

/** `Network#uuid: nw-x` of the original's error texts. */
const unknownUuid = (message: string): string => {
  const [, model, uuid] = /^(\w+)#\w+: (\S+)$/.exec(message) ?? []
  const resource = (Object.values(RESOURCES) as ResourceSpec[]).find((one) => one.model === model)
  if (resource === undefined || uuid === undefined) return message
  if (resource.prefix === null) return `there is no ${words(resource.name)} for ${uuid}`
  const command = `vnctl ${resource.collection.replaceAll('_', '-')} show`
  return `there is no ${words(resource.name)} ${uuid}; \`${command}\` lists what there is`
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

const missing = (parameter: string): string =>
  /^\w+$/.test(parameter)
    ? `${parameter} is missing; give it with --${parameter.replaceAll('_', '-')}`
    : parameter

const restricted = (message: string): string =>
  message.replace('owner_datapath_uuid first', '--owner-datapath-uuid with `vnctl interfaces modify` first')

const related = (uuids: string): string => `${uuids.replace(' ', ' and ')} are related already`

/** Sentences by code, where the text of the API alone is none. */
const SENTENCES: Readonly<Record<string, (message: string) => string>> = {
  '100': unknownUuid,
  '102': duplicateUuid,
  '111': missing,
  '112': related,
  '113': restricted,
  '404': (path) => `this server does not know ${path}: is it an OpenVNet API of this version?`,
}

/** Which operation of a batch, as its place in the file is counted: from 0. */
const place = ({ operation }: ApiError): string =>
  operation === null
    ? ''
    : `operations[${operation['index']}] (${operation['method']} ${operation['path']}): `

const sentence = ({ message, code }: ApiError): string => {
  if (isObject(message)) return refusedParameter(message)
  const text = plain(message)
  return SENTENCES[code]?.(text) ?? text
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
  const text = `${failed}${place(error)}${sentence(error)}${error.operation === null ? '' : '; nothing was stored'}`
  return new Failure(exitCode(status, error.code), text.replace(/\s*\n\s*/g, ' '))
}
