/**
 * `POST /batch`: a list of calls that write, all or nothing. Each is what a request of its own would be: method, path
 * and parameters. They run in order, so a later one may name what an earlier one made; the first that is refused ends
 * the batch, and its error says which one it was.
 */
import { ApiError, argumentError, type BatchOperation } from '../errors.ts'
import { withoutSuffix } from '../http/rewrite.ts'
import { unknownPath } from '../http/unknown_path.ts'
import { toRaw } from '../parameters/body.ts'
import type { Writer } from '../store/rows.ts'
import { type Call, givenTo, type Names, nameOf, type Outcome } from './call.ts'
import type { Calls } from './calls.ts'

/** The most operations of one batch. */
export const MOST_OPERATIONS = 20_000

type Json = Readonly<Record<string, unknown>>

interface Operation extends BatchOperation {
  readonly body: unknown
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const EXPECTED = '{"operations": [{"method": "POST", "path": "networks", "body": {…}}, …]} or the list alone'
const malformed = (what: string): ApiError =>
  new ApiError('InvalidRequest', `Invalid request body. ${what}; expected is ${EXPECTED}`)

/** @throws ApiError InvalidRequest */
const listOf = (body: Uint8Array): readonly unknown[] => {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (error) {
    throw malformed((error as Error).message)
  }
  const unknown = isObject(value) ? Object.keys(value).find((key) => key !== 'operations') : undefined
  if (unknown !== undefined)
    throw malformed(`There is no ${JSON.stringify(unknown).slice(0, 100)} in a batch`)
  const list = isObject(value) ? value['operations'] : value
  if (!Array.isArray(list)) throw malformed('It has no list of operations')
  if (list.length > MOST_OPERATIONS) {
    throw new ApiError(
      'InvalidRequest',
      `${list.length} operations are more than one batch may have, ${MOST_OPERATIONS}: split it into several`,
    )
  }
  return list
}

const MEMBERS = ['method', 'path', 'body']

/** @throws ApiError InvalidRequest */
const operationAt = (value: unknown, index: number): Operation => {
  const given = isObject(value) ? value : {}
  const { method = '', path = '', body = {} } = given as { method?: unknown; path?: unknown; body?: unknown }
  const isText = typeof method === 'string' && typeof path === 'string'
  const operation = isText
    ? { index, method: method.toUpperCase(), path, body }
    : { index, method: '', path: '', body }
  const unknown = Object.keys(given).find((key) => !MEMBERS.includes(key))
  const problem = !isObject(value)
    ? `it must be an object with ${MEMBERS.join(', ')}`
    : unknown !== undefined
      ? `unknown member ${unknown.slice(0, 100)}; it has ${MEMBERS.join(', ')}`
      : isText
        ? undefined
        : 'method and path must be text'
  if (problem !== undefined) throw new ApiError('InvalidRequest', problem, { operation: nameless(operation) })
  return operation
}

/** What an error shows of an operation: text that a client sent is cut to a line. */
const nameless = ({ index, method, path }: BatchOperation): BatchOperation => ({
  index,
  method: method.slice(0, 20),
  path: path.slice(0, 200),
})

/** @throws ApiError InvalidRequest */
const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new ApiError(
      'InvalidRequest',
      `the path has ${segment.slice(0, 200)}, which is no percent-encoding`,
    )
  }
}

/** `/api/1.0/networks/nw-1` and `networks/nw%2D1` are the same. */
const segmentsOf = (path: string): string[] =>
  withoutSuffix(path)
    .replace(/^\/(?:api\/(?:1\.0\/)?)?/, '')
    .replace(/\/$/, '')
    .split('/')
    .map(decoded)

interface Found {
  readonly call: Call
  readonly names: Names
}

const methodsOf = (calls: Calls, path: string): string[] =>
  [...calls.values()].filter((call) => call.path === path).map(({ method }) => method)

/** Finds the call that a method and a path name. */
export const createFinder = (calls: Calls): ((operation: BatchOperation) => Found) => {
  const patterns = new Set([...calls.values()].map(({ path }) => path))
  const byShape = Map.groupBy(patterns, (path) => path.replace(/:\w+/g, '*'))
  const shapeOf = (segments: readonly string[]): string =>
    segments.map((segment, index) => (index % 2 === 0 ? segment : '*')).join('/')
  return ({ method, path }) => {
    const segments = segmentsOf(path)
    const [pattern] = byShape.get(shapeOf(segments)) ?? []
    if (pattern === undefined) throw unknownPath(method, path)
    const call = calls.get(nameOf({ method: method as Call['method'], path: pattern }))
    if (call === undefined) {
      throw new ApiError('MethodNotAllowed', `${method} ${path}: use ${methodsOf(calls, pattern).join(', ')}`)
    }
    const names = pattern
      .split('/')
      .flatMap((part, index) => (part.startsWith(':') ? [[part.slice(1), segments[index] ?? '']] : []))
    return { call, names: Object.fromEntries(names) as Names }
  }
}

/** @throws ApiError that says which operation it was */
const perform = (
  find: (operation: BatchOperation) => Found,
  writer: Writer,
  operation: Operation,
): Outcome => {
  try {
    const { call, names } = find(operation)
    if (!isObject(operation.body)) throw argumentError('body', operation.body, 'not an object')
    const raw = toRaw(operation.body)
    for (const name of ['wait', 'dry_run']) {
      if (!raw.has(name)) continue
      throw argumentError(name, raw.get(name), `belongs to the batch: POST /batch?${name}=…`)
    }
    return call.perform(writer, names, givenTo(call, raw))
  } catch (error) {
    throw error instanceof ApiError ? error.in(nameless(operation)) : error
  }
}

const STOPPING = 'this program stops; nothing of the batch is done: send it again when it runs'

/**
 * @param isStopping whether nobody waits for the end of a long batch any more
 * @returns runs a batch in the transaction of `writer`
 */
export const createBatch = (
  calls: Calls,
  isStopping: () => boolean,
): ((writer: Writer, body: Uint8Array) => Outcome) => {
  const find = createFinder(calls)
  return (writer, body) => {
    const outcomes = listOf(body).map((value, index) => {
      if (isStopping()) throw new ApiError('StoreUnavailable', STOPPING)
      return perform(find, writer, operationAt(value, index))
    })
    return {
      body: { answers: outcomes.map((outcome) => outcome.body) },
      notEnforced: [...new Set(outcomes.flatMap(({ notEnforced }) => notEnforced))],
    }
  }
}
