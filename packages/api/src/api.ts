/**
 * The API as one object: HTTP application, store and change feed. It listens nowhere by itself; whoever makes it
 * calls `app.listen` (or `app.inject`) and `close`.
 */
import type { Bus, FeedSource } from '@openvnet/feed'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { createModel } from './crud/model.ts'
import { registerRelations } from './crud/relations.ts'
import { registerResources } from './crud/routes.ts'
import { createServer } from './http/server.ts'
import { behaviours } from './resources/index.ts'
import { createReports } from './status/reports.ts'
import { createWaiter } from './status/wait.ts'
import { openStore, type Store, type StoreOptions } from './store/store.ts'

export interface ApiOptions extends Omit<StoreOptions, 'onPollError'> {
  readonly bus: Bus
  readonly log: Logger
  /** The longest body that is read, in bytes (1 MiB). */
  readonly bodyLimit?: number
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

/** @throws when the store cannot be opened */
export const createApi = async (options: ApiOptions): Promise<Api> => {
  const { bus, bodyLimit = BODY_LIMIT } = options
  const log = options.log.child({ part: 'api' })
  const store = openStore({
    ...options,
    onPollError: (error) => log.warn({ err: error }, 'looking for changes of other processes failed'),
  })
  store.onChange((change) => bus.publish('change', { store: store.identity, change }))
  const reports = createReports(bus)
  const waiter = createWaiter(reports, store.identity)
  const app = createServer(log, bodyLimit)
  const context = { store, model: createModel(behaviours), waiter }
  registerResources(app, context)
  registerRelations(app, context)
  app.refuseOtherMethods()
  app.addHook('preClose', async () => waiter.close())
  app.addHook('onClose', async () => {
    reports.close()
    store.close()
  })
  await app.ready()
  return { app, store, feed: feedOf(store), close: () => app.close() }
}
