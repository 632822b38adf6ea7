/**
 * Starts the parts and connects them: bus, then API (which is the feed's source), then controller. When one fails to
 * start, those before it are closed. The only place that knows all packages.
 */
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { type ApiOptions, createApi, StoreUnusable, UnusableFile } from '@openvnet/api'
import { createController } from '@openvnet/controller'
import {
  type Bus,
  createHttpFeedSource,
  createHttpLeaseGiver,
  createLocalBus,
  createRedisBus,
  type FeedSource,
  type LeaseGiver,
} from '@openvnet/feed'
import type { Logger } from 'pino'
import { type ApiToken, followApiToken, trustAuthority } from './api-access.ts'
import { explainListenError, StartError } from './listen-error.ts'
import { type Address, formatAddress } from './options/address.ts'
import type { VnetdOptions } from './options/options.ts'
import { isLoopback } from './options/together.ts'

export interface Running {
  /** Where the REST API listens, or `null` when it runs elsewhere. */
  readonly http: Address | null
  /** Reads the files again that say who may ask: tokens and certificates. */
  reload(): void
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
    const token = api === null ? openApiToken(options, log, closes) : null
    const feed =
      api?.feed ?? createHttpFeedSource({ url: options.api, log, token: () => token?.current() ?? null })
    const lease =
      api?.lease ?? createHttpLeaseGiver({ url: options.api, token: () => token?.current() ?? null })
    const openflow =
      options.only === 'api' ? [] : await startController(options, { feed, bus, lease }, log, closes)
    const reload = (): void => {
      api?.reload()
      token?.reload()
    }
    return { http: api?.address ?? null, openflow, reload, close }
  } catch (error) {
    await close()
    throw error instanceof UnusableFile ? new StartError(error.message, { cause: error.cause }) : error
  }
}

/** For an API in another process: whom to trust, and what to show it. */
function openApiToken(options: VnetdOptions, log: Logger, closes: Close[]): ApiToken {
  if (options.apiCa !== null) trustAuthority(options.apiCa)
  const token = followApiToken(options, log)
  const { protocol, hostname, host } = new URL(options.api)
  if (
    token.current() !== null &&
    protocol === 'http:' &&
    !isLoopback({ host: hostname.replace(/[[\]]/g, ''), port: 0 })
  )
    log.warn({ api: host }, 'the token for the API travels readable: use https')
  closes.push(async () => token.close())
  return token
}

/** Absent and `null` mean the same here. */
const tlsOf = ({ tlsCert, tlsKey, tlsClientCa }: VnetdOptions): Pick<ApiOptions, 'tls'> => {
  if (tlsCert === null || tlsKey === null) return {}
  const files = { certificate: tlsCert, key: tlsKey }
  return { tls: tlsClientCa === null ? files : { ...files, clientAuthority: tlsClientCa } }
}

const warnOfExposure = (options: VnetdOptions, log: Logger): void => {
  const { http, tokenFile, tlsCert } = options
  const fields = { http: formatAddress(http) }
  if (isLoopback(http)) return
  if (tokenFile === null)
    log.warn(fields, 'everybody who reaches the API can change the networks (--insecure)')
  else if (tlsCert === null)
    log.warn(fields, 'tokens travel readable: use --tls-cert and --tls-key, or TLS in front')
}

async function startApi(
  options: VnetdOptions,
  bus: Bus,
  log: Logger,
  closes: Close[],
): Promise<{ feed: FeedSource; lease: LeaseGiver; address: Address; reload: () => void }> {
  const { db: file, tokenFile, rateLimit, hostNames } = options
  const api = await createApi({
    ...{ file, bus, log, hostNames, processMetrics: true },
    ...(tokenFile !== null && { tokenFile }),
    ...(rateLimit !== null && { rate: rateLimit }),
    ...tlsOf(options),
  }).catch((error: unknown) => {
    throw error instanceof StoreUnusable ? new StartError(error.message, { cause: error.cause }) : error
  })
  closes.push(() => {
    // A client that never ends its request does not hold up the end.
    setTimeout(() => api.app.server.closeAllConnections(), PATIENCE_MS).unref()
    return api.close()
  })
  warnOfExposure(options, log)
  try {
    await api.app.listen(options.http)
  } catch (error) {
    throw await explainListenError(error, '--http', [options.http])
  }
  const { port } = api.app.server.address() as AddressInfo
  return { feed: api.feed, lease: api.lease, address: { host: options.http.host, port }, reload: api.reload }
}

async function startController(
  options: VnetdOptions,
  { feed, bus, lease }: { feed: FeedSource; bus: Bus; lease: LeaseGiver },
  log: Logger,
  closes: Close[],
): Promise<readonly Address[]> {
  const identity = readIdentity(options.ovsdbTls)
  try {
    const controller = await createController({
      feed,
      bus,
      lease,
      listen: options.openflow,
      adoption: options.adopt,
      places: options.places,
      ovsdb: options.ovsdb,
      ovsdbTls: identity,
      log,
    })
    closes.push(() => controller.close())
    return controller.addresses
  } catch (error) {
    throw await explainListenError(error, '--openflow', options.openflow)
  }
}

/** @throws {StartError} when a file cannot be read. */
function readIdentity(files: VnetdOptions['ovsdbTls']): Record<string, Buffer> {
  const given = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== null)
  return Object.fromEntries(
    given.map(([name, file]) => {
      try {
        return [name, readFileSync(file)]
      } catch (error) {
        throw new StartError(`--ovsdb-${name} ${file}: ${(error as Error).message}`, { cause: error })
      }
    }),
  )
}
