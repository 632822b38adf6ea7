/**
 * Requests that wait at the same time share one transaction, and so one wait for the disk. Each is a revision of its own,
 * and one that is refused leaves the others alone. They are answered when all are on the disk, or all refused when
 * the transaction fails. A long batch has a transaction of its own (`Store.write`).
 */
import type { Change } from '@openvnet/feed'
import { PIECE } from '../store/long_change.ts'
import type { Appended, ChangeText } from '../store/outbox.ts'
import type { Writer } from '../store/rows.ts'
import type { Attempt, Store, Task, Written } from '../store/store.ts'
import type { Outcome } from './call.ts'
import { type Answer, type Report, toFault, type WriteRequest } from './messages.ts'

export interface GroupOptions {
  readonly store: Store
  /** Takes the next request that waits, if it is one that writes and is not long. */
  readonly take: () => WriteRequest | undefined
  /** Performs a request. @throws ApiError */
  readonly perform: (writer: Writer, request: WriteRequest) => Outcome
}

/** Milliseconds after which no more requests join: the first one waits for all. */
const LONGEST_GROUP = 10

/** Octets from which on a batch is long: some hundred operations. */
const LONG_BATCH = 65_536

export const isLong = (request: WriteRequest): boolean =>
  request.kind === 'batch' && request.body.length > LONG_BATCH

/** What was done, with the answer as JSON already. */
interface Performed {
  readonly body: string
  readonly notEnforced: readonly string[]
}

const toAnswer = (id: number, attempt: Attempt<Performed>): Answer => {
  if (!attempt.ok) return { id, fault: toFault(attempt.error) }
  const { value, revision, rehearsed } = attempt.written
  if (rehearsed === undefined) return { id, result: { ...value, revision } }
  const body = `{"dry_run":true,"answer":${value.body},"changes":${JSON.stringify(rehearsed)}}`
  return { id, result: { ...value, body, revision } }
}

/** Parsing a long change takes its reader time, so it gets the text and can do so in pieces. */
const toSend = ({ change, text }: Appended): Change | ChangeText =>
  change.operations.length > PIECE ? text : change

const madeBy = (attempts: readonly Attempt<unknown>[]): Appended[] =>
  attempts.flatMap((attempt) => (attempt.ok ? ((attempt.written as Written<unknown>).made ?? []) : []))

/** A lock that one request has waited for in vain is not waited for by each of the others again. */
const isBusy = (error: unknown): boolean =>
  String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')

const refuseAll = (requests: readonly WriteRequest[], error: unknown): Report => ({
  kind: 'done',
  changes: [],
  answers: requests.map(({ id }) => ({ id, fault: toFault(error) })),
})

/** What a request is to be done as. */
const taskOf = (perform: GroupOptions['perform'], request: WriteRequest): Task<Performed> => {
  const work = (writer: Writer): Performed => {
    const { body, notEnforced } = perform(writer, request)
    return { body: JSON.stringify(body), notEnforced }
  }
  return request.kind !== 'expire' && request.isRehearsal ? { rehearse: work } : work
}

const runAlone = (request: WriteRequest, { store, perform }: GroupOptions): Report => {
  try {
    const written = store.write(taskOf(perform, request))
    const attempt: Attempt<Performed> = { ok: true, written }
    return {
      kind: 'done',
      changes: madeBy([attempt]).map(toSend),
      answers: [toAnswer(request.id, attempt)],
    }
  } catch (error) {
    return refuseAll([request], error)
  }
}

const runTogether = (first: WriteRequest, { store, take, perform }: GroupOptions): Report => {
  const taken: WriteRequest[] = [first]
  const started = performance.now()
  const end = started + LONGEST_GROUP
  let begun = 0
  const next = () => {
    if (begun === taken.length) {
      const request = performance.now() < end ? take() : undefined
      if (request === undefined) return undefined
      taken.push(request)
    }
    const request = taken[begun] as WriteRequest
    begun += 1
    return taskOf(perform, request)
  }
  try {
    const attempts = store.writeAll(next)
    return {
      kind: 'done',
      took: performance.now() - started,
      changes: madeBy(attempts).map(toSend),
      answers: attempts.map((attempt, index) => toAnswer(taken[index]?.id ?? 0, attempt)),
    }
  } catch (error) {
    if (isBusy(error)) for (let late = take(); late !== undefined; late = take()) taken.push(late)
    return refuseAll(taken, error)
  }
}

/** Performs `first` and, unless that is long, what waits behind it. Never throws. */
export const runGroup = (first: WriteRequest, options: GroupOptions): Report =>
  isLong(first) ? runAlone(first, options) : runTogether(first, options)
