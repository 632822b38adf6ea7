/**
 * A client of one OVSDB server: it connects again and again, with a pause that grows and is never quite the same, and
 * its monitors go on over all connections. Requests are for the connection that is there: they are never repeated,
 * since nobody knows what became of the first.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { dial, type TlsIdentity } from './dial.ts'
import { ConnectionClosed, OvsdbError, ProtocolError, shown } from './errors.ts'
import { LiveMonitor, type Monitor, type MonitorOptions } from './monitor.ts'
import type { Operation } from './operations.ts'
import { formatRemote, parseRemote, type Remote } from './remote.ts'
import type { Columns, Tables } from './row.ts'
import { type DatabaseSchema, parseSchema } from './schema.ts'
import { type RequestOptions, Session, type SessionSettings } from './session.ts'
import { type ResultsOf, resultsOf } from './transaction.ts'

export interface ClientState {
  /** Connected, and every monitor has its rows. */
  readonly connected: boolean
  /** Why there is no connection; `null` while there is one, or before the first attempt has failed. */
  readonly reason: OvsdbError | null
  readonly since: Date
}

export interface ClientOptions extends Partial<SessionSettings> {
  /** As `unix:/var/run/openvswitch/db.sock`, `tcp:10.0.0.1:6640`, `ssl:[fd00::1]:6640`. */
  readonly remote: string
  /** For `ssl:`. */
  readonly tls?: TlsIdentity
  /** `connected`, or the reason of the last failure, is another one now. */
  readonly onState?: (state: ClientState) => void
  /** Milliseconds that a connection may take (10,000). */
  readonly connectTimeout?: number
  /** Milliseconds before the second attempt (250). Each further pause is twice as long. */
  readonly minBackoff?: number
  /** The longest pause (8,000). A connection that lasted so long was a good one: the next pause is short again. */
  readonly maxBackoff?: number
}

const SETTINGS: SessionSettings = {
  maxMessageBytes: 2 ** 26,
  maxMessageValues: 4_000_000,
  maxDepth: 64,
  maxQueuedBytes: 2 ** 24,
  probeInterval: 5000,
  requestTimeout: 30_000,
}

type AnyMonitor = LiveMonitor<Record<string, Columns>>

export class Client {
  /** In full. */
  readonly remote: string
  readonly #options: ClientOptions
  readonly #remote: Remote
  readonly #settings: SessionSettings
  readonly #closing = new AbortController()
  readonly #monitors = new Map<number, AnyMonitor>()
  readonly #running: Promise<void>
  #session: Session | undefined
  #state: ClientState = { connected: false, reason: null, since: new Date() }
  #lastMonitor = 0
  #waiters = new Set<() => void>()

  /** @throws RemoteSyntaxError */
  constructor(options: ClientOptions) {
    this.#options = options
    this.#remote = parseRemote(options.remote)
    this.remote = formatRemote(this.#remote)
    const given = Object.entries(options).filter(([name, value]) => name in SETTINGS && value !== undefined)
    this.#settings = { ...SETTINGS, ...Object.fromEntries(given) }
    // The caller makes his monitors first.
    this.#running = Promise.resolve().then(() => this.#run())
  }

  get state(): ClientState {
    return this.#state
  }

  /** Resolves when there is a connection and every monitor has its rows. Rejects with ConnectionClosed after `close`. */
  async connected(): Promise<void> {
    while (!this.#state.connected) {
      if (this.#closing.signal.aborted) throw new ConnectionClosed(`${this.remote}: closed by this side`)
      await new Promise<void>((resolve) => this.#waiters.add(resolve))
    }
  }

  /** Rejects with RequestRefused, RequestTimeout, ProtocolError or ConnectionClosed. */
  async request(method: string, params: readonly unknown[], options: RequestOptions = {}): Promise<unknown> {
    if (this.#session === undefined) throw this.#absence()
    return await this.#session.request(method, params, options)
  }

  /** Names of the server's databases. Rejects as `request`. */
  async listDatabases(options: RequestOptions = {}): Promise<readonly string[]> {
    const names = await this.request('list_dbs', [], options)
    if (!Array.isArray(names) || !names.every((name) => typeof name === 'string'))
      throw new ProtocolError(`the server answered list_dbs with ${shown(names)}`)
    return names
  }

  /** Rejects as `request`. */
  async schema(database: string, options: RequestOptions = {}): Promise<DatabaseSchema> {
    return parseSchema(await this.request('get_schema', [database], options))
  }

  /** All of the operations or none. Rejects with TransactionFailed, EncodeError, and as `request`. */
  async transact<const O extends readonly Operation[]>(
    database: string,
    operations: O,
    options: RequestOptions = {},
  ): Promise<ResultsOf<O>> {
    const params = [database, ...operations.map(({ json }) => json)]
    return resultsOf(operations, await this.request('transact', params, options))
  }

  /** Rows of some tables from now on. Its callbacks must not throw: what one throws ends the connection. */
  monitor<T extends Tables>(options: MonitorOptions<T>): Monitor<T> {
    this.#lastMonitor += 1
    const id = this.#lastMonitor
    const monitor = new LiveMonitor(id, options, () => this.#cancel(id))
    this.#monitors.set(id, monitor as unknown as AnyMonitor)
    const session = this.#session
    if (session !== undefined) void this.#start(session, [monitor as unknown as AnyMonitor])
    return monitor
  }

  /** Ends everything. Resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#session?.end(new ConnectionClosed('closed by this side'))
    await this.#running
    this.#wake()
  }

  #absence(): ConnectionClosed {
    const why = this.#state.reason === null ? '' : `: ${this.#state.reason.message}`
    return new ConnectionClosed(`there is no connection to ${this.remote} now${why}`)
  }

  async #run(): Promise<void> {
    const { minBackoff = 250, maxBackoff = 8000 } = this.#options
    let backoff = minBackoff
    while (!this.#closing.signal.aborted) {
      const began = performance.now()
      const reason = await this.#connection()
      if (this.#closing.signal.aborted) return
      this.#setState(false, reason)
      if (performance.now() - began > maxBackoff) backoff = minBackoff
      // Never quite the same: a thousand clients must not come back together.
      await delay(backoff * (0.5 + Math.random() / 2), undefined, { signal: this.#closing.signal }).catch(
        () => {},
      )
      backoff = Math.min(backoff * 2, maxBackoff)
    }
  }

  /** One connection, from dialling to its end. Never rejects. @returns why it ended */
  async #connection(): Promise<OvsdbError> {
    const { tls: identity = {}, connectTimeout: timeout = 10_000 } = this.#options
    try {
      const { signal } = this.#closing
      const socket = await dial({ remote: this.#remote, identity, timeout, signal })
      const ended = Promise.withResolvers<OvsdbError>()
      const session = new Session({
        ...this.#settings,
        socket,
        onNotification: (method, params) => this.#onNotification(method, params),
        onEnd: ended.resolve,
      })
      this.#session = session
      void this.#start(session, [...this.#monitors.values()])
      return await ended.promise
    } catch (error) {
      return error as OvsdbError
    } finally {
      this.#session = undefined
      for (const monitor of this.#monitors.values()) monitor.lost()
    }
  }

  /** Never rejects: what fails ends the connection, so that it is tried again. */
  async #start(session: Session, monitors: readonly AnyMonitor[]): Promise<void> {
    try {
      const schemas = new Map<string, DatabaseSchema>()
      for (const monitor of monitors) {
        const { database } = monitor.options
        const schema = schemas.get(database) ?? parseSchema(await session.request('get_schema', [database]))
        schemas.set(database, schema)
        if (this.#monitors.has(monitor.id)) await monitor.start(session, schema)
      }
      if (session.reason === null && this.#hasAll()) this.#setState(true, null)
    } catch (error) {
      session.end(error instanceof OvsdbError ? error : new ConnectionClosed(String(error), { cause: error }))
    }
  }

  #hasAll(): boolean {
    return [...this.#monitors.values()].every(({ synced }) => synced)
  }

  #onNotification(method: string, params: readonly unknown[]): void {
    if (!['update', 'update2', 'update3'].includes(method)) return
    this.#monitors.get(params[0] as number)?.take(method, params)
  }

  #cancel(id: number): void {
    this.#monitors.delete(id)
    // One that has not started is not known there; the answer changes nothing.
    this.#session?.request('monitor_cancel', [id]).catch(() => undefined)
  }

  #setState(connected: boolean, reason: OvsdbError | null): void {
    const { connected: before, reason: former } = this.#state
    if (before === connected && former?.message === reason?.message) return
    const since = before === connected ? this.#state.since : new Date()
    this.#state = { connected, reason, since }
    this.#wake()
    this.#options.onState?.(this.#state)
  }

  #wake(): void {
    for (const wake of this.#waiters) wake()
    this.#waiters.clear()
  }
}
