/**
 * The API as one object: HTTP application, store and change feed. It listens nowhere by itself; whoever makes it
 * calls `app.listen` (or `app.inject`) and `close`.
 */
import type { SecureContextOptions, Server as TlsServer } from 'node:tls'
import type { Bus, FeedSource, LeaseGiver } from '@openvnet/feed'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { type Access, openAccess } from './access/access.ts'
import { registerChanges } from './changes/routes.ts'
import { registerChildren } from './crud/children.ts'
import { createModel } from './crud/model.ts'
import { registerRelations } from './crud/relations.ts'
import { registerResources } from './crud/routes.ts'
import { LIMITS, type Limits } from './http/limits.ts'
import type { Rate } from './http/rate.ts'
import { createServer } from './http/server.ts'
import { createSlots } from './http/slots.ts'
import { followTls, readTls, type TlsFiles } from './http/tls.ts'
import { registerNested } from './nested/routes.ts'
import { describeApi, serveDescription } from './openapi/document.ts'
import { registerHealth } from './operation/health.ts'
import { createMetrics, type Metrics } from './operation/metrics.ts'
import { measureRequests, registerMetrics } from './operation/metrics_route.ts'
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
  /** Tokens of those who may ask, see `access/token_file.ts`. Absent: everybody may do everything. */
  readonly tokenFile?: string
  /** Names and addresses under which it may be asked where it asks for no token, besides those of the loopback; any, unless it listens there. */
  readonly hostNames?: readonly string[]
  /** HTTPS instead of HTTP. */
  readonly tls?: TlsFiles
  /** Requests per second and client. */
  readonly rate?: Rate
  /** What clients can take of the server, where it is not the usual. */
  readonly limits?: Partial<Limits>
  /** Whether `/metrics` also tells of the process and its event loop: for the one that owns it (false). */
  readonly processMetrics?: boolean
}

export interface Api {
  readonly app: FastifyInstance
  /** The store as it is read. */
  readonly store: StoreView
  readonly feed: FeedSource
  /** Has a lease policy give an interface an address, as `POST /lease_policies/…/ip_leases` does. */
  readonly lease: LeaseGiver
  /** Reads tokens and certificates again; what cannot be used changes nothing and is logged. */
  reload(): void
  /** Ends waits and streams, lets requests finish, closes the store. The bus stays open. */
  close(): Promise<void>
}

const LEASE_CALL = 'POST lease_policies/:uuid/ip_leases'

const BODY_LIMIT = 1_048_576

/** Not asked of the server, which would answer later. */
const countConnections = (app: FastifyInstance): (() => number) => {
  let count = 0
  app.server.on('connection', (socket) => {
    count += 1
    socket.once('close', () => {
      count -= 1
    })
  })
  return () => count
}

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
  readonly access: Access | null
  readonly metrics: Metrics
  readonly limits: Limits
  /** Of the store. */
  readonly file: string
}

const registerRoutes = async (app: FastifyInstance, parts: Parts): Promise<void> => {
  const { store, writer, reports, waiter, metrics, access } = parts
  const model = createModel(behaviours)
  const context = { store, writer, model, calls: createCalls(model), waiter, onBatch: metrics.batch }
  await describeApi(app, access !== null)
  measureRequests(app, metrics)
  registerResources(app, context)
  registerRelations(app, context)
  registerChildren(app, context)
  registerNested(app, context)
  await registerBatch(app, context)
  registerStatus(app, store, reports, waiter)
  const streams = registerChanges(app, parts)
  const connections = countConnections(app)
  registerHealth(app, parts)
  registerMetrics(app, metrics, () => ({
    status: currentStatus(store, reports),
    connections: connections(),
    streams: streams(),
    waiting: waiter.waiting(),
  }))
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
const openBoth = async (
  options: ApiOptions,
  log: Logger,
  metrics: Metrics,
): Promise<Pick<Parts, 'store' | 'writer'>> => {
  const { file, keepChanges, pollInterval } = options
  const writer = await createWriteClient({
    file,
    ...(keepChanges !== undefined && { keepChanges }),
    onChange: (change) => store.announce(change),
    onTransaction: metrics.transaction,
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

interface Doors {
  readonly access: Access | null
  readonly tls: SecureContextOptions | null
}

/** What is read of files is read first: nothing has to be closed when it cannot be used. @throws {UnusableFile} */
const openDoors = ({ tls, tokenFile }: ApiOptions, log: Logger): Doors => ({
  tls: tls === undefined ? null : readTls(tls, log),
  access: tokenFile === undefined ? null : openAccess(tokenFile, log),
})

/** @throws StoreUnusable when the store cannot be opened, UnusableFile for tokens and certificates */
export const createApi = async (options: ApiOptions): Promise<Api> => {
  const { bus, file, bodyLimit = BODY_LIMIT, rate, hostNames = [], processMetrics = false } = options
  const log = options.log.child({ part: 'api' })
  const limits = { ...LIMITS, ...options.limits }
  const { access, tls } = openDoors(options, log)
  const metrics = createMetrics(processMetrics)
  const { store, writer } = await openBoth(options, log, metrics).catch((error: unknown) => {
    access?.close()
    throw explainUnusable(error, file)
  })
  store.onChange((change) => bus.publish('change', { store: store.identity, change }))
  const reports = createReports(bus)
  const perClient = access === null ? limits.waits : limits.waitsOfToken
  const slots = createSlots({ total: limits.waits, perClient })
  const waiter = createWaiter({ reports, identity: store.identity, slots })
  const { failed: onFailure } = metrics
  const doors = { access, hostNames, rate, tls }
  const server = { bodyLimit, file, onDamage: writer.suspect, onFailure, limits, ...doors }
  const { app, finish } = await createServer(log, server)
  const following = options.tls && followTls(app.server as unknown as TlsServer, options.tls, log)
  app.addHook('preClose', async () => waiter.close())
  let stopRetention = (): void => {}
  app.addHook('onReady', async () => {
    stopRetention = startRetention({ store, writer, log, interval: options.expiryInterval })
  })
  app.addHook('onClose', async () => {
    stopRetention()
    access?.close()
    following?.close()
    // What is under way may still make changes, and those go through the store to the bus.
    await writer.close()
    reports.close()
    store.close()
  })
  const { heartbeat } = options
  await registerRoutes(app, { store, writer, reports, waiter, heartbeat, file, access, metrics, limits })
  finish()
  await app.ready()
  const reload = (): void => {
    access?.reload()
    following?.reload()
  }
  const lease: LeaseGiver = (wish) =>
    writer.call(LEASE_CALL, { uuid: wish.policy }, new Map([['interface_uuid', wish.interface]]), false)
  return { app, store, feed: feedOf(store, file), lease, reload, close: () => app.close() }
}
