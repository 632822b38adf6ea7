/**
 * Every error that the API answers, in one table: HTTP status, code and when it happens (openvnet.md §1.1).
 * The body is always `{error, message, code}` with the code as a string. `docs/errors.md` is made from this table.
 */

interface ErrorSpec {
  readonly status: number
  readonly code: string
  /** When it is answered. */
  readonly when: string
  /** What `message` holds. */
  readonly message: string
}

const ARGUMENT = 'an object `{error: "parameter validation failed", parameter, value, reason}`'

export const ERRORS = {
  UnknownUUIDResource: {
    status: 404,
    code: '100',
    when: 'A uuid is well formed and names nothing.',
    message: '`<Model>#<parameter>: <uuid>`',
  },
  InvalidUUID: {
    status: 400,
    code: '101',
    when: 'A uuid is malformed or has the prefix of another resource.',
    message: 'the parameter, the value and the right form',
  },
  DuplicateUUID: { status: 400, code: '102', when: 'POST with a uuid that exists.', message: 'the uuid' },
  InvalidID: {
    status: 400,
    code: '103',
    when: 'Rows that do not belong together.',
    message: 'what is wrong',
  },
  ArgumentError: {
    status: 400,
    code: '110',
    when: 'A parameter is unknown, has an illegal value, or breaks a rule of the model.',
    message: ARGUMENT,
  },
  MissingArgument: {
    status: 400,
    code: '111',
    when: 'A required parameter is absent.',
    message: 'the name of the parameter',
  },
  RelationAlreadyExists: {
    status: 400,
    code: '112',
    when: 'The two resources are related already.',
    message: 'the two uuids',
  },
  DeleteRestrictionError: {
    status: 400,
    code: '113',
    when: 'A row cannot be deleted while others need it.',
    message: 'what needs it',
  },
  UnknownResource: {
    status: 404,
    code: '114',
    when: 'The row that the parameters describe does not exist.',
    message: 'what was looked for',
  },
  OutOfAddresses: {
    status: 400,
    code: '115',
    when: 'An address is asked for, and all that may be given are in use.',
    message: 'of what there is none left',
  },
  InvalidRequest: {
    status: 400,
    code: '400',
    when: 'The request itself cannot be understood: body, URL or headers.',
    message: 'what cannot be understood',
  },
  Unauthorized: {
    status: 401,
    code: '401',
    when: 'The API has tokens, and the request has none or one that is not known.',
    message: 'what to send',
  },
  Forbidden: {
    status: 403,
    code: '403',
    when: 'A token of the role `read-only` is used for something else than GET or a dry run.',
    message: 'the name of the token, and what it may not',
  },
  CrossSiteRequest: {
    status: 403,
    code: '403',
    when: 'A page of another site asks: `Origin` is not this API, `Sec-Fetch-Site` says so, or `Host` is not a name of this machine.',
    message: 'what is not the same',
  },
  UnknownPath: {
    status: 404,
    code: '404',
    when: 'No such path.',
    message: 'the method and the path, and the collection that was meant',
  },
  MethodNotAllowed: {
    status: 405,
    code: '405',
    when: 'The path exists, but not with this method; the header `Allow` lists those that do.',
    message: 'the method, the path and the methods that it knows',
  },
  RequestTimeout: {
    status: 408,
    code: '408',
    when: 'The headers of a request take longer than 10 seconds, or all of it takes longer than 30.',
    message: 'the limits',
  },
  BodyTooLarge: {
    status: 413,
    code: '413',
    when: 'The body is longer than the limit.',
    message: 'the limit',
  },
  UnsupportedMediaType: {
    status: 415,
    code: '415',
    when: 'The body is neither form-encoded nor JSON nor YAML (a batch: not JSON), not UTF-8, or compressed.',
    message: 'the content type, charset or encoding',
  },
  TooManyRequests: {
    status: 429,
    code: '429',
    when: 'One client asks too often (`vnetd --rate-limit`); `Retry-After` says when to come back.',
    message: 'the limit',
  },
  HeaderTooLarge: {
    status: 431,
    code: '431',
    when: 'URL and headers are longer than 16 KiB, or there are more than 100 headers.',
    message: 'the limit',
  },
  InternalServerError: {
    status: 500,
    code: '500',
    when: 'A bug or a broken disk. The log has the details under the request id.',
    message: 'the request id',
  },
  TooManyAtOnce: {
    status: 503,
    code: '503',
    when: 'One client, or all together, have as many event streams or waits open as there may be.',
    message: 'the limit',
  },
  StoreBusy: {
    status: 503,
    code: '503',
    when: 'Another process held the store locked for a second.',
    message: 'what to do',
  },
  StoreUnavailable: {
    status: 503,
    code: '503',
    when: 'The file of the store is read-only, damaged, deleted or replaced, or its disk fails. The log has the details.',
    message: 'what is wrong with which file',
  },
  StoreFull: {
    status: 507,
    code: '507',
    when: 'The disk of the store is full.',
    message: 'which file cannot grow',
  },
} as const satisfies Record<string, ErrorSpec>

export type ErrorName = keyof typeof ERRORS

export interface ArgumentDetail {
  readonly error: 'parameter validation failed'
  readonly parameter: string
  readonly value: unknown
  readonly reason: string
}

/** One of a batch. */
export interface BatchOperation {
  /** Its place in the list, from 0. */
  readonly index: number
  readonly method: string
  readonly path: string
}

/** The body of every error. */
export interface ErrorBody {
  readonly error: ErrorName
  readonly message: string | ArgumentDetail
  readonly code: string
  /** The operation of a batch that was refused. */
  readonly operation?: BatchOperation
}

interface ErrorOptions {
  /** Headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>
  readonly operation?: BatchOperation
}

/** An expected failure: thrown anywhere below a route, it rolls back the transaction and becomes the answer. */
export class ApiError extends Error {
  readonly status: number
  readonly body: ErrorBody
  readonly headers: Readonly<Record<string, string>>

  constructor(error: ErrorName, message: string | ArgumentDetail, options: ErrorOptions = {}) {
    super(typeof message === 'string' ? message : message.reason)
    const { headers = {}, operation } = options
    this.name = error
    this.status = ERRORS[error].status
    this.body = { error, message, code: ERRORS[error].code, ...(operation && { operation }) }
    this.headers = headers
  }

  /** The same of an operation of a batch. */
  in(operation: BatchOperation): ApiError {
    return new ApiError(this.body.error, this.body.message, { headers: this.headers, operation })
  }
}

const ECHO_LIMIT = 256

/** `undefined` for what is nested too deeply to be written. */
const textOf = (value: unknown): string | undefined => {
  try {
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  } catch {
    return undefined
  }
}

/** Values go back as they came, but never longer than a screen line or two. */
const echo = (value: unknown): unknown => {
  const text = textOf(value)
  return text !== undefined && text.length <= ECHO_LIMIT ? value : `${text?.slice(0, ECHO_LIMIT) ?? ''}…`
}

/** `value` of `parameter` cannot be accepted; `reason` is a sentence for people. */
export const argumentError = (parameter: string, value: unknown, reason: string): ApiError =>
  new ApiError('ArgumentError', {
    error: 'parameter validation failed',
    parameter: String(echo(parameter)),
    value: echo(value),
    reason,
  })

export const missingArgument = (parameter: string): ApiError => new ApiError('MissingArgument', parameter)

export const unknownUuid = (model: string, parameter: string, uuid: string): ApiError =>
  new ApiError('UnknownUUIDResource', `${model}#${parameter}: ${uuid}`)

export const invalidUuid = (parameter: string, value: unknown, reason: string): ApiError =>
  new ApiError('InvalidUUID', `${parameter}: ${JSON.stringify(echo(value))} is ${reason}`)
