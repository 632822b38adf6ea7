/**
 * A monitor: rows of some tables, kept as they are in the server, over any number of connections. While there is none
 * the rows stay as they were last known. `monitor_cond_since` where the server has it, which sends only what changed
 * since the last connection, else `monitor_cond`, else `monitor` of the RFC.
 */
import { ProtocolError, RequestRefused, shown } from './errors.ts'
import { Replica, type ReplicaLimits } from './replica.ts'
import type { Columns, Row, RowChange, Tables } from './row.ts'
import type { DatabaseSchema } from './schema.ts'
import type { Session } from './session.ts'

export interface MonitorOptions<T extends Tables> {
  readonly database: string
  /** The tables and columns that are wanted. What the server does not have, reads as empty. */
  readonly tables: T
  /** What one message of the server changed; never empty. */
  readonly onChange: (changes: readonly RowChange<T>[]) => void
  /** The rows are what the server has, after a connection; what changed by then has been told. */
  readonly onSynced?: () => void
  /** Rows of all tables (1,000,000). */
  readonly maxRows?: number
  /** Estimated bytes of all rows (256 MiB). */
  readonly maxBytes?: number
}

export interface Monitor<T extends Tables> {
  /** Whether the rows are what the server has; else they are what was last known. */
  readonly synced: boolean
  /** By UUID. */
  rows<N extends keyof T & string>(table: N): ReadonlyMap<string, Row<T[N]>>
  /** Ends it. Nothing is told any more. */
  cancel(): void
}

const LIMITS: ReplicaLimits = { maxRows: 1_000_000, maxBytes: 2 ** 28 }
const NO_TRANSACTION = '00000000-0000-0000-0000-000000000000'
const METHODS = ['monitor_cond_since', 'monitor_cond', 'monitor'] as const
type Method = (typeof METHODS)[number]

/** What the server has of the columns that are wanted, as `<monitor-requests>`. @throws ProtocolError for another type */
const requestsFor = (tables: Tables, schema: DatabaseSchema): object => {
  const columnsIn = (table: string, wanted: Columns): string[] =>
    Object.entries(wanted).flatMap(([column, { name }]) => {
      const found = schema.tables.get(table)?.get(column)
      if (found !== undefined && found.name !== name)
        throw new ProtocolError(
          `column ${column} of ${table} is ${found.name} in the server's schema, not ${name}`,
        )
      return found === undefined ? [] : [column]
    })
  return Object.fromEntries(
    Object.entries(tables)
      .map(([table, wanted]) => [table, columnsIn(table, wanted)] as const)
      .filter(([table]) => schema.tables.has(table))
      .map(([table, columns]) => [table, [{ columns }]]),
  )
}

/** What the client does with a monitor. */
export class LiveMonitor<T extends Tables> implements Monitor<T> {
  readonly options: MonitorOptions<T>
  /** As the server knows it. */
  readonly id: number
  readonly #replica: Replica<T>
  readonly #onCancel: () => void
  #transaction = NO_TRANSACTION
  #synced = false
  #cancelled = false

  constructor(id: number, options: MonitorOptions<T>, onCancel: () => void) {
    this.id = id
    this.options = options
    this.#onCancel = onCancel
    const { maxRows = LIMITS.maxRows, maxBytes = LIMITS.maxBytes } = options
    this.#replica = new Replica(options.tables, { maxRows, maxBytes })
  }

  get synced(): boolean {
    return this.#synced
  }

  rows<N extends keyof T & string>(table: N): ReadonlyMap<string, Row<T[N]>> {
    return this.#replica.rows(table)
  }

  cancel(): void {
    if (this.#cancelled) return
    this.#cancelled = true
    this.#synced = false
    this.#onCancel()
  }

  /** The connection is gone. */
  lost(): void {
    this.#synced = false
  }

  /** Resolves when the rows are there. Rejects as a request does. */
  async start(session: Session, schema: DatabaseSchema): Promise<void> {
    const requests = requestsFor(this.options.tables, schema)
    for (const method of METHODS) {
      if (await this.#tried(session, method, requests)) return
    }
    throw new ProtocolError('the server knows no way to monitor')
  }

  /** @returns whether the server knows the method */
  async #tried(session: Session, method: Method, requests: object): Promise<boolean> {
    const since = method === 'monitor_cond_since' ? [this.#transaction] : []
    const params = [this.options.database, this.id, requests, ...since]
    try {
      await session.request(method, params, { onResult: (result) => this.#takeInitial(method, result) })
      return true
    } catch (error) {
      if (error instanceof RequestRefused && error.error === 'unknown method') return false
      throw error
    }
  }

  #takeInitial(method: Method, result: unknown): void {
    if (this.#cancelled) return
    if (method === 'monitor_cond_since') this.#takeSince(result)
    else this.#tell(this.#replica.replace(result, method === 'monitor' ? 'rows' : 'differences'))
    this.#synced = true
    this.options.onSynced?.()
  }

  #takeSince(result: unknown): void {
    const [isKnown, transaction, updates] = Array.isArray(result) ? (result as unknown[]) : []
    if (typeof isKnown !== 'boolean' || typeof transaction !== 'string')
      throw new ProtocolError(`the server answered monitor_cond_since with ${shown(result)}`)
    const changes = isKnown
      ? this.#replica.update(updates, 'differences')
      : this.#replica.replace(updates, 'differences')
    this.#transaction = transaction
    this.#tell(changes)
  }

  /** A notification. @throws ProtocolError */
  take(method: string, params: readonly unknown[]): void {
    if (this.#cancelled || !this.#synced) return
    if (method === 'update3') this.#takeUpdate3(params)
    else this.#tell(this.#replica.update(params[1], method === 'update' ? 'rows' : 'differences'))
  }

  #takeUpdate3([, transaction, updates]: readonly unknown[]): void {
    if (typeof transaction !== 'string')
      throw new ProtocolError('the server sent update3 without transaction')
    const changes = this.#replica.update(updates, 'differences')
    this.#transaction = transaction
    this.#tell(changes)
  }

  #tell(changes: readonly RowChange<T>[]): void {
    if (changes.length > 0) this.options.onChange(changes)
  }
}
