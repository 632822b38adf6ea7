/** `GET /status` and `GET /wait`. */
import { integer } from '@openvnet/schema'
import type { FastifyInstance } from 'fastify'
import { ApiError, argumentError } from '../errors.ts'
import { clientOf } from '../http/rate.ts'
import { parametersOf } from '../http/request.ts'
import { describeStatus, describeWait } from '../openapi/operations.ts'
import { emptySignature, LONGEST_WAIT, optional, signature } from '../parameters/expected.ts'
import type { Reading } from '../store/reading.ts'
import type { StoreView } from '../store/view.ts'
import { watchNotEnforced } from './not_enforced.ts'
import type { Reports } from './reports.ts'
import { type FullStatus, readsDatabase, statusOf } from './status.ts'
import type { Waiter } from './wait.ts'

const DEFAULT_TIMEOUT = 30

export const waitSignature = signature([
  optional(
    'revision',
    integer(0, Number.MAX_SAFE_INTEGER),
    'The revision to wait for; the newest when absent.',
  ),
  optional(
    'timeout',
    integer(0, LONGEST_WAIT),
    `Answer after this many seconds at the latest; ${DEFAULT_TIMEOUT} when absent.`,
  ),
])

export const currentStatus = (store: Reading, reports: Reports) =>
  store.read((reader) =>
    statusOf({
      store: store.identity,
      revision: store.revision(),
      reports: reports.live(),
      rows: reader.where('datapath', {}),
    }),
  )

export const registerStatus = (
  app: FastifyInstance,
  store: StoreView,
  reports: Reports,
  waiter: Waiter,
): void => {
  const notEnforced = watchNotEnforced(store)
  app.get('/api/1.0/status', { schema: describeStatus() }, (request, reply) => {
    parametersOf(request, emptySignature)
    const current = currentStatus(store, reports)
    const status: FullStatus = { ...current, ...notEnforced(readsDatabase(current)) }
    return reply.send(status)
  })
  app.get('/api/1.0/wait', { schema: describeWait(waitSignature) }, async (request, reply) => {
    const given = parametersOf(request, waitSignature)
    const newest = store.revision()
    const revision = Number(given.get('revision') ?? newest)
    if (revision > newest) {
      throw argumentError('revision', revision, `not made yet: the newest is ${newest}`)
    }
    const seconds = Number(given.get('timeout') ?? DEFAULT_TIMEOUT)
    const { isRefused, ...state } = await waiter.wait(revision, seconds, clientOf(request))
    if (isRefused)
      throw new ApiError('TooManyAtOnce', 'too many requests wait already: try again when some have ended', {
        headers: { 'retry-after': '10' },
      })
    return reply.send(state)
  })
}
