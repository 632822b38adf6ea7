/**
 * The API as one object: HTTP application, store and change feed. It listens nowhere by itself; whoever makes it
 * calls `app.listen` (or `app.inject`) and `close`.
 */
import type { Bus, FeedSource } from '@openvnet/feed'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { registerChanges } from './changes/routes.ts'
import { createModel } from './crud/model.ts'
import { registerRelations } from './crud/relations.ts'
import { registerResources } from './crud/routes.ts'
import { createServer } from './http/server.ts'
import { describeApi, serveDescription } from './openapi/document.ts'
import { registerHealth } from './operation/health.ts'
import { registerMetrics } from './operation/metrics.ts'
import { behaviours } from './resources/index.ts'
import { createReports, type Reports } from './status/reports.ts'
import { currentStatus, registerStatus } from './status/routes.ts'
import { createWaiter, type Waiter } from './status/wait.ts'
import { openStore, type Store, type StoreOptions } from './store/store.ts'

export interface ApiOptions extends Omit<StoreOptions, 'onPollError'> {
  readonly bus: Bus
  readonly log: Logger
  /** The longest body that is read, in bytes (1 MiB). */
  readonly bodyLimit?: number
  /** Milliseconds between signs of life on an event stream (15,000). */
  readonly heartbeat?: number
}

export interface Api {
  readonly app: FastifyInstance
  readonly store: Store
  readonly feed: FeedSource
  /** Ends waits and streams, lets requests finish, closes the store. The bus stays open. */
  close(): Promise<void>
}

const BODY_LIMIT = 1_048_576

const feedOf = (store: Store): FeedSource => ({
  snapshot: async () => store.snapshot(),
  since: async (revision) => store.since(revision),
})

interface Parts {
  readonly store: Store
  readonly reports: Reports
  readonly waiter: Waiter
  readonly heartbeat: number | undefined
  /** Of the store. */
  readonly file: string
}

const registerRoutes = async (app: FastifyInstance, parts: Parts): Promise<void> => {
  const { store, reports, waiter } = parts
  const context = { store, model: createModel(behaviours), waiter }
  await describeApi(app)
  registerMetrics(app, () => currentStatus(store, reports))
  registerResources(app, context)
  registerRelations(app, context)
  registerStatus(app, store, reports, waiter)
  registerChanges(app, parts)
  registerHealth(app, store, parts.file)
  await serveDescription(app)
}

/** Reads go on without writes, so this is no reason not to start. */
const warnOfReadOnly = (store: Store, file: string, log: Logger): void => {
  try {
    store.checkWritable()
  } catch (error) {
    log.warn({ err: error, file }, 'the store cannot be written: writes are refused until it can')
  }
}

/** @throws when the store cannot be opened */
export const createApi = async (options: ApiOptions): Promise<Api> => {
  const { bus, file, bodyLimit = BODY_LIMIT } = options
  const log = options.log.child({ part: 'api' })
  const store = openStore({
    ...options,
    onPollError: (error) => log.warn({ err: error }, 'looking for changes of other processes failed'),
  })
  warnOfReadOnly(store, file, log)
  store.onChange((change) => bus.publish('change', { store: store.identity, change }))
  const reports = createReports(bus)
  const waiter = createWaiter(reports, store.identity)
  const { app, finish } = createServer(log, { bodyLimit, file })
  app.addHook('preClose', async () => waiter.close())
  app.addHook('onClose', async () => {
    reports.close()
    store.close()
  })
  await registerRoutes(app, { store, reports, waiter, heartbeat: options.heartbeat, file })
  finish()
  await app.ready()
  return { app, store, feed: feedOf(store), close: () => app.close() }
}
