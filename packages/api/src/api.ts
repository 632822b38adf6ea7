/**
 * The API as one object: HTTP application, store and change feed. It listens nowhere by itself; whoever makes it
 * calls `app.listen` (or `app.inject`) and `close`.
 */
import type { Bus, FeedSource } from '@openvnet/feed'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { registerChanges } from './changes/routes.ts'
import { registerChildren } from './crud/children.ts'
import { createModel } from './crud/model.ts'
import { registerRelations } from './crud/relations.ts'
import { registerResources } from './crud/routes.ts'
import { createServer } from './http/server.ts'
import { registerNested } from './nested/routes.ts'
import { describeApi, serveDescription } from './openapi/document.ts'
import { registerHealth } from './operation/health.ts'
import { registerMetrics } from './operation/metrics.ts'
import { behaviours } from './resources/index.ts'
import { startRetention } from './retention/timer.ts'
import { createReports, type Reports } from './status/reports.ts'
import { currentStatus, registerStatus } from './status/routes.ts'
import { createWaiter, type Waiter } from './status/wait.ts'
import { readChanges, readSnapshot } from './store/slices.ts'
import type { StoreOptions } from './store/store.ts'
import { explainUnusable } from './store/unusable.ts'
import { openView, type StoreView } from './store/view.ts'
import { createCalls } from './writing/calls.ts'
import { createWriteClient, type WriteClient } from './writing/client.ts'
import { registerBatch } from './writing/routes.ts'

export interface ApiOptions extends StoreOptions {
  /** How often another process's commits are looked for, in milliseconds (500). */
  readonly pollInterval?: number
  readonly bus: Bus
  readonly log: Logger
  /** The longest body that is read, in bytes (1 MiB). */
  readonly bodyLimit?: number
  /** Milliseconds between looks for leases whose time is over (1,000). */
  readonly expiryInterval?: number
  /** Milliseconds between signs of life on an event stream (15,000). */
  readonly heartbeat?: number
}

export interface Api {
  readonly app: FastifyInstance
  /** The store as it is read. */
  readonly store: StoreView
  readonly feed: FeedSource
  /** Ends waits and streams, lets requests finish, closes the store. The bus stays open. */
  close(): Promise<void>
}

const BODY_LIMIT = 1_048_576

const feedOf = (store: StoreView, file: string): FeedSource => ({
  snapshot: () => readSnapshot(file),
  since: (revision) => readChanges(store, revision),
})

interface Parts {
  readonly store: StoreView
  readonly writer: WriteClient
  readonly reports: Reports
  readonly waiter: Waiter
  readonly heartbeat: number | undefined
  /** Of the store. */
  readonly file: string
}

const registerRoutes = async (app: FastifyInstance, parts: Parts): Promise<void> => {
  const { store, writer, reports, waiter } = parts
  const model = createModel(behaviours)
  const context = { store, writer, model, calls: createCalls(model), waiter }
  await describeApi(app)
  registerMetrics(app, () => currentStatus(store, reports))
  registerResources(app, context)
  registerRelations(app, context)
  registerChildren(app, context)
  registerNested(app, context)
  await registerBatch(app, context)
  registerStatus(app, store, reports, waiter)
  registerChanges(app, parts)
  registerHealth(app, parts)
  await serveDescription(app)
}

/** Reads go on without writes, so this is no reason not to start. */
const warnOfReadOnly = async (writer: WriteClient, file: string, log: Logger): Promise<void> => {
  try {
    await writer.check()
  } catch (error) {
    log.warn({ err: error, file }, 'the store cannot be written: writes are refused until it can')
  }
}

/** The thread that writes, and the store as it is read, which hears of what that has written. */
const openBoth = async (options: ApiOptions, log: Logger): Promise<Pick<Parts, 'store' | 'writer'>> => {
  const { file, keepChanges, pollInterval } = options
  const writer = await createWriteClient({
    file,
    ...(keepChanges !== undefined && { keepChanges }),
    onChange: (change) => store.announce(change),
  })
  const onPollError = (error: unknown) =>
    log.warn({ err: error }, 'looking for changes of other processes failed')
  let store: StoreView
  try {
    store = openView({ file, pollInterval, isExpecting: writer.isBusy, onPollError })
  } catch (error) {
    await writer.close()
    throw error
  }
  await warnOfReadOnly(writer, file, log)
  return { store, writer }
}

/** @throws StoreUnusable when the store cannot be opened */
export const createApi = async (options: ApiOptions): Promise<Api> => {
  const { bus, file, bodyLimit = BODY_LIMIT } = options
  const log = options.log.child({ part: 'api' })
  const { store, writer } = await openBoth(options, log).catch((error: unknown) => {
    throw explainUnusable(error, file)
  })
  store.onChange((change) => bus.publish('change', { store: store.identity, change }))
  const reports = createReports(bus)
  const waiter = createWaiter(reports, store.identity)
  const { app, finish } = createServer(log, { bodyLimit, file, onDamage: writer.suspect })
  app.addHook('preClose', async () => waiter.close())
  let stopRetention = (): void => {}
  app.addHook('onReady', async () => {
    stopRetention = startRetention({ store, writer, log, interval: options.expiryInterval })
  })
  app.addHook('onClose', async () => {
    stopRetention()
    // What is under way may still make changes, and those go through the store to the bus.
    await writer.close()
    reports.close()
    store.close()
  })
  await registerRoutes(app, { store, writer, reports, waiter, heartbeat: options.heartbeat, file })
  finish()
  await app.ready()
  return { app, store, feed: feedOf(store, file), close: () => app.close() }
}
