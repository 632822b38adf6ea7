/**
 * Starts the parts and connects them: bus, then API (which is the feed's source), then controller. When one fails to
 * start, those before it are closed. The only place that knows all packages.
 */
import type { AddressInfo } from 'node:net'
import { createApi, StoreUnusable } from '@openvnet/api'
import { createController } from '@openvnet/controller'
import {
  type Bus,
  createHttpFeedSource,
  createLocalBus,
  createRedisBus,
  type FeedSource,
} from '@openvnet/feed'
import type { Logger } from 'pino'
import { explainListenError, StartError } from './listen-error.ts'
import type { Address } from './options/address.ts'
import type { VnetdOptions } from './options/options.ts'

export interface Running {
  /** Where the REST API listens, or `null` when it runs elsewhere. */
  readonly http: Address | null
  /** Where switches connect; empty when the controller runs elsewhere. */
  readonly openflow: readonly Address[]
  /** Stops everything in reverse order. */
  close(): Promise<void>
}

/** Milliseconds that requests under way are given when vnetd stops. */
const PATIENCE_MS = 1_000

type Close = () => Promise<unknown>

/** @throws {StartError} for what the user can mend, e.g. an address that is taken. */
export async function start(options: VnetdOptions, log: Logger): Promise<Running> {
  const closes: Close[] = []
  const close = async (): Promise<void> => {
    for (const closeOne of closes.splice(0).reverse()) await closeOne()
  }
  try {
    const bus = options.redis === null ? createLocalBus({ log }) : createRedisBus({ url: options.redis, log })
    closes.push(() => bus.close())
    const api = options.only === 'controller' ? null : await startApi(options, bus, log, closes)
    const feed = api?.feed ?? createHttpFeedSource({ url: options.api, log })
    const openflow = options.only === 'api' ? [] : await startController(options, { feed, bus }, log, closes)
    return { http: api?.address ?? null, openflow, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function startApi(
  options: VnetdOptions,
  bus: Bus,
  log: Logger,
  closes: Close[],
): Promise<{ feed: FeedSource; address: Address }> {
  const api = await createApi({ file: options.db, bus, log }).catch((error: unknown) => {
    throw error instanceof StoreUnusable ? new StartError(error.message, { cause: error.cause }) : error
  })
  closes.push(() => {
    // A client that never ends its request does not hold up the end.
    setTimeout(() => api.app.server.closeAllConnections(), PATIENCE_MS).unref()
    return api.close()
  })
  try {
    await api.app.listen(options.http)
  } catch (error) {
    throw await explainListenError(error, '--http', [options.http])
  }
  const { port } = api.app.server.address() as AddressInfo
  return { feed: api.feed, address: { host: options.http.host, port } }
}

async function startController(
  options: VnetdOptions,
  { feed, bus }: { feed: FeedSource; bus: Bus },
  log: Logger,
  closes: Close[],
): Promise<readonly Address[]> {
  try {
    const controller = await createController({
      feed,
      bus,
      listen: options.openflow,
      adoption: options.adopt,
      log,
    })
    closes.push(() => controller.close())
    return controller.addresses
  } catch (error) {
    throw await explainListenError(error, '--openflow', options.openflow)
  }
}
