/**
 * One call that writes: one transaction, the answer taken from inside it, `X-Revision` on it, and with `?wait=SECONDS`
 * the answer held until the switches have the change. The write stands whether they get it in time or not:
 * `X-Applied` says so, `X-Pending` names the datapaths that lack it (or says why none counts).
 * `X-Not-Enforced` says what of the row is stored and has no effect yet.
 */
import type { ResourceName } from '@openvnet/schema'
import type { FastifyReply } from 'fastify'
import { pathOfRequest } from '../http/request.ts'
import type { Given } from '../parameters/check.ts'
import { notEnforcedIn } from '../status/not_enforced.ts'
import type { Waiter } from '../status/wait.ts'
import type { Stored } from '../store/columns.ts'
import type { Writer } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Model } from './model.ts'

/** What routes need. */
export interface Context {
  readonly store: Store
  readonly model: Model
  readonly waiter: Waiter
}

/** Names come from controllers; a header takes printable ASCII only. */
const NOT_FOR_HEADERS = /[^\x20-\x7e]/g

const reportApplied = async (waiter: Waiter, revision: number, seconds: number, reply: FastifyReply) => {
  const { applied, pending, reason } = await waiter.wait(revision, seconds)
  reply.header('x-applied', String(applied))
  if (applied) return
  const names = pending.map(({ uuid, dpid }) => uuid ?? dpid)
  const laggards = names.length > 0 ? names.join(', ') : (reason ?? '')
  reply.header('x-pending', laggards.replaceAll(NOT_FOR_HEADERS, '?'))
}

/** What a call that writes has done. */
export interface Outcome {
  /** The answer. */
  readonly body: unknown
  /** Sentences about what is stored and has no effect. */
  readonly notEnforced?: readonly string[]
}

/** What an answer shows of a row that was written. */
export const rowOutcome = <N extends ResourceName>(
  model: Model,
  writer: Writer,
  name: N,
  row: Stored<N>,
): Outcome => ({ body: model.shape(writer, name, row), notEnforced: notEnforcedIn(name, row) })

/** Answers with what `work` returns. @throws ApiError what `work` throws; nothing is stored then */
export const answerWrite = async (
  { store, waiter }: Context,
  given: Given,
  reply: FastifyReply,
  work: (writer: Writer) => Outcome,
): Promise<FastifyReply> => {
  const { value, revision } = store.write(work)
  reply.header('x-revision', String(revision))
  if (value.notEnforced?.length) reply.header('x-not-enforced', value.notEnforced.join('; '))
  reply.log.debug({ method: reply.request.method, path: pathOfRequest(reply.request), revision }, 'written')
  const seconds = given.get('wait')
  if (typeof seconds === 'number') await reportApplied(waiter, revision, seconds, reply)
  return reply.send(value.body)
}
