/** The API's `{error, message, code}` as a sentence: what is wrong, with the value, and what to do. */
import { parameterName, RESOURCES, type ResourceSpec } from '@openvnet/schema'
import { EXIT, type ExitCode, Failure, type OperationPlace } from '../failure.ts'

/** How messages call a parameter of the API: as the user typed it. */
export type Spell = (parameter: string) => string

/** A row that does not exist: another of its resource may have been meant. */
export class UnknownRow extends Failure {
  readonly resource: ResourceSpec
  readonly uuid: string

  constructor(resource: ResourceSpec, uuid: string, hint: string, place?: OperationPlace) {
    super(EXIT.notFound, `there is no ${words(resource.name)} ${uuid}; ${hint}`, place)
    this.resource = resource
    this.uuid = uuid
  }

  suggesting(meant: string | undefined): Failure {
    if (meant === undefined) return this
    return new UnknownRow(this.resource, this.uuid, `did you mean ${meant}?`, this.place ?? undefined)
  }
}

interface ApiError {
  readonly error: string
  readonly message: unknown
  readonly code: string
  readonly place?: OperationPlace
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Which operation of a batch was refused. */
const placeOf = ({ operation }: Record<string, unknown>): { place?: OperationPlace } =>
  isObject(operation) && typeof operation['index'] === 'number'
    ? {
        place: {
          index: operation['index'],
          method: String(operation['method']),
          path: String(operation['path']),
        },
      }
    : {}

const readError = (body: unknown): ApiError | null =>
  isObject(body) && typeof body['error'] === 'string'
    ? { error: body['error'], message: body['message'], code: String(body['code'] ?? ''), ...placeOf(body) }
    : null

/** The codes that say that a row does not exist. */
const NOT_FOUND = new Set(['100', '114'])
/** The API knows no such path: it is another program or another version. */
const UNKNOWN_PATH = new Set(['404', '405'])
/** Who asks may not, or not so often: nothing is wrong with what was asked. */
const NOT_ALLOWED = new Set(['401', '403', '429'])

const exitCode = (status: number, code: string): ExitCode => {
  if (NOT_FOUND.has(code)) return EXIT.notFound
  return status >= 500 || UNKNOWN_PATH.has(code) || NOT_ALLOWED.has(code) ? EXIT.other : EXIT.invalid
}

const plain = (message: unknown): string =>
  typeof message === 'string' ? message : (JSON.stringify(message) ?? 'no reason given')

const words = (name: string): string => name.replaceAll('_', ' ')

/** `Network#uuid: nw-x` of the original's error texts. */
const unknownUuid = ({ message, place }: ApiError): Failure | null => {
  const [, model, uuid] = /^(\w+)#\w+: (\S+)$/.exec(plain(message)) ?? []
  const resource = (Object.values(RESOURCES) as ResourceSpec[]).find((one) => one.model === model)
  if (resource === undefined || uuid === undefined) return null
  if (resource.prefix === null) {
    return new Failure(EXIT.notFound, `there is no ${words(resource.name)} for ${uuid}`, place)
  }
  const hint = `\`vnctl ${resource.collection.replaceAll('_', '-')} show\` lists what there is`
  return new UnknownRow(resource, uuid, hint, place)
}

const duplicateUuid = (message: string): string =>
  /^\S+$/.test(message) ? `${message} exists already; choose another uuid or delete it first` : message

/** The object `{error, parameter, value, reason}` of a refused parameter. */
const refusedParameter = (message: Record<string, unknown>, spell: Spell): string => {
  const { parameter, value, reason } = message as { parameter?: unknown; value?: unknown; reason?: unknown }
  if (parameter === undefined) return plain(message)
  const name = spell(String(parameter))
  const subject = value === undefined ? name : `${name} '${plain(value)}'`
  return `${subject}: ${reason === undefined ? 'not valid' : spelled(plain(reason), spell)}`
}

/** The names of all parameters that are unmistakable in a sentence. */
const PARAMETERS = new Set(
  (Object.values(RESOURCES) as ResourceSpec[])
    .flatMap(({ fields, parameters = {} }) => [
      ...Object.entries(fields).map(([name, field]) => parameterName(name, field)),
      ...Object.keys(parameters),
    ])
    .filter((name) => name.includes('_')),
)

/** A sentence of the API with its parameters as the user spells them. */
const spelled = (text: string, spell: Spell): string =>
  text.replace(/\b[a-z0-9]+(?:_[a-z0-9]+)+\b/g, (word) => (PARAMETERS.has(word) ? spell(word) : word))

/** What to do where the name of a parameter that is missing does not say it. */
const instead: Readonly<Record<string, (spell: Spell) => string>> = {
  mac_address: (spell) =>
    `: that of the guest; or ${spell('mac_range_group_uuid')} for one from a range, where an interface is made`,
}

const missing = (parameter: string, spell: Spell): string =>
  /^\w+$/.test(parameter) ? `${spell(parameter)} is missing${instead[parameter]?.(spell) ?? ''}` : parameter

const restricted = (message: string, spell: Spell): string =>
  spelled(
    message.replace('owner_datapath_uuid first', 'owner_datapath_uuid with `vnctl interfaces modify` first'),
    spell,
  )

const related = (uuids: string): string => `${uuids.replace(' ', ' and ')} are related already`

/** Sentences by code, where the text of the API alone is none. */
const SENTENCES: Readonly<Record<string, (message: string, spell: Spell) => string>> = {
  '102': duplicateUuid,
  '111': missing,
  '112': related,
  '113': restricted,
  '401': (message) =>
    `${message.replace(/[:;] send Authorization.*/, '')}; name one as token in clouds.yaml or secure.yaml, or in VNCTL_TOKEN (\`vnetd token add\` makes one)`,
  '404': (path) => `this server does not know ${path}: is it an OpenVNet API of this version?`,
}

const sentence = ({ message, code }: ApiError, spell: Spell): string => {
  if (isObject(message)) return refusedParameter(message, spell)
  const text = plain(message)
  return SENTENCES[code]?.(text, spell) ?? spelled(text, spell)
}

/**
 * @param body the parsed body, `undefined` when it was no JSON
 * @param url what was asked, for answers that are not the API's
 */
export const refusal = (status: number, body: unknown, url: string, spell: Spell): Failure => {
  const error = readError(body)
  if (error === null) {
    return new Failure(EXIT.other, `${url} answered ${status} without a reason: is it an OpenVNet API?`)
  }
  if (error.code === '100') {
    const unknown = unknownUuid(error)
    if (unknown !== null) return unknown
  }
  const failed = status >= 500 ? `the server failed (${status}, ${error.error}): ` : ''
  const text = `${failed}${sentence(error, spell)}`.replace(/\s*\n\s*/g, ' ')
  return new Failure(exitCode(status, error.code), text, error.place)
}
