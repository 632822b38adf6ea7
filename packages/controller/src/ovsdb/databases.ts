/**
 * The databases of Open vSwitch that this controller was told of. What they say of ports goes to the engine; what is to
 * be known of a bridge is asked for. While a database is away, what it said last holds: nothing that flows depends on it.
 */

import type { OvsdbStatus } from '@openvnet/feed'
import { Client, type ClientState, type TlsIdentity } from '@openvnet/ovsdb'
import type { Logger } from 'pino'
import type { IfaceIdFact } from '../model/iface_ids.ts'
import { DATABASE, TABLES } from './columns.ts'
import { Site } from './site.ts'
import { doTunnelPortWork, type TunnelPortWork, type TunnelType } from './tunnel_port.ts'
import { warningsOf } from './warnings.ts'

export interface DatabasesOptions {
  /** As `unix:FILE`, `tcp:HOST:PORT`, `ssl:HOST:PORT`; or `auto`: the local one, if there is one when it is looked for. */
  readonly remotes: readonly string[]
  /** For `ssl:`. */
  readonly tls?: TlsIdentity
  /** On which bridges are expected; for the lines that users may type. */
  readonly port: number
  readonly log: Logger
  readonly onIfaceIds: (facts: readonly IfaceIdFact[]) => void
  /** What is known of a bridge is different. Its iface-ids were told before. */
  readonly onBridge: (dpid: string) => void
  /** What is known of a database is different. */
  readonly onStatus: () => void
  /** For which kinds of tunnels the bridge should have a port, so that it may be made. */
  readonly tunnelTypes: (dpid: string) => readonly TunnelType[]
}

/** What databases know of a bridge. */
export interface BridgeReport {
  readonly name: string
  /** Put behind `ovs-vsctl`, for a database that is not the one it finds by itself. */
  readonly option: string
  readonly remote: string
  readonly warnings: readonly string[]
}

export interface Databases {
  /** Resolves when each has said what it knows or could not be reached, or when the time is over. Never rejects. */
  ready(milliseconds: number): Promise<void>
  /** Datapath ids of all bridges that are known. */
  dpids(): readonly string[]
  /** @param connected whether it is connected here, at this moment */
  bridge(dpid: string, connected: boolean): BridgeReport | undefined
  /** Whether two bridges are of one Open vSwitch. */
  areTogether(dpid: string, other: string): boolean
  statuses(): readonly OvsdbStatus[]
  /** Reads these beside those of the options, from now on and no others; what one said last holds when it is read no more. */
  follow(remotes: ReadonlySet<string>): void
  /** What is wrong with a database that is followed for a bridge; `null`: nothing. */
  trouble(remote: string, dpid: string): string | null
  /** Makes the ports for tunnels that are missing, as far as databases were named: the local one is only read. */
  makeTunnelPorts(): void
  /** The same for one bridge. */
  makeTunnelPort(dpid: string): void
  close(): Promise<void>
}

/** Time after which a port that could not be made is tried again. */
const TRY_AGAIN_MS = 5000

/** Where Open vSwitch has its socket unless it was told otherwise. */
export const localRemote = (env: NodeJS.ProcessEnv = process.env): string =>
  `unix:${env['OVS_RUNDIR'] ?? '/var/run/openvswitch'}/db.sock`

/** One of them. */
class Database {
  readonly client: Client
  readonly site: Site
  /** Whether the user named it: it should be there then. */
  readonly #named: boolean
  readonly #settled = Promise.withResolvers<void>()

  readonly #log: Logger
  /** Bridges of which a port for tunnels is being made, or could not be made a moment ago. */
  readonly #atWork = new Set<string>()
  /** Of each bridge what was told last. */
  readonly #told = new Map<string, string>()
  readonly #options: DatabasesOptions

  constructor(remote: string, options: DatabasesOptions) {
    const { tls, log, onIfaceIds, onStatus } = options
    this.#options = options
    this.#named = remote !== 'auto'
    const told = log.child({ ovsdb: remote })
    this.#log = told
    this.client = new Client({
      remote: this.#named ? remote : localRemote(),
      ...(tls !== undefined && { tls }),
      onState: (state) => {
        this.#logState(told, state)
        for (const dpid of this.site.dpids) options.onBridge(dpid)
        if (!state.connected || this.site.isComplete) this.#settled.resolve()
        this.makeTunnelPorts()
        onStatus()
      },
    })
    const monitor = this.client.monitor({
      database: DATABASE,
      tables: TABLES,
      onChange: (changes) => {
        const facts = this.site.follow(changes)
        if (facts.length > 0) onIfaceIds(facts)
        this.#tellBridges()
        this.makeTunnelPorts()
        if (this.client.state.connected && this.site.isComplete) this.#settled.resolve()
      },
    })
    this.site = new Site({
      bridge: (uuid) => monitor.rows('Bridge').get(uuid),
      interface: (uuid) => monitor.rows('Interface').get(uuid),
      controller: (uuid) => monitor.rows('Controller').get(uuid),
      datapath_types: () => [...monitor.rows('Open_vSwitch').values()].flatMap((row) => row.datapath_types),
    })
  }

  makeTunnelPorts(): void {
    for (const dpid of this.site.dpids) void this.makeTunnelPort(dpid)
  }

  /** Never rejects. */
  async makeTunnelPort(dpid: string): Promise<void> {
    if (!this.#named || !this.client.state.connected || this.#atWork.has(dpid)) return
    this.#atWork.add(dpid)
    const isDone = await this.#makeAll(dpid)
    if (isDone) this.#atWork.delete(dpid)
    else
      setTimeout(() => {
        this.#atWork.delete(dpid)
        void this.makeTunnelPort(dpid)
      }, TRY_AGAIN_MS).unref()
  }

  /** Each once: what was done need not be in the rows yet. @returns whether nothing is left to do */
  async #makeAll(dpid: string): Promise<boolean> {
    const done = new Set<TunnelType>()
    for (;;) {
      const works = this.site.tunnelPortWork(dpid, this.#options.tunnelTypes(dpid))
      const work = works.find(({ type }) => !done.has(type))
      if (work === undefined) return true
      if (!(await this.#do(work, dpid))) return false
      done.add(work.type)
    }
  }

  /** @returns whether it is done */
  async #do(work: TunnelPortWork, dpid: string): Promise<boolean> {
    const { kind, type } = work
    try {
      await doTunnelPortWork(this.client, work)
      this.#log.info({ dpid, kind, type }, 'port for tunnels made or mended')
      return true
    } catch (error) {
      this.#log.warn({ dpid, kind, type, reason: (error as Error).message }, 'no port for tunnels')
      return false
    }
  }

  bridge(dpid: string, connected: boolean): BridgeReport | undefined {
    const known = this.site.bridge(dpid)
    if (known === undefined) return undefined
    const { remote } = this.client
    const option = optionFor(remote)
    const warnings = warningsOf({ ...known, option, port: this.#options.port, connected })
    return { name: known.bridge.name, option, remote, warnings }
  }

  #tellBridges(): void {
    const known = this.#told.size
    for (const dpid of new Set([...this.#told.keys(), ...this.site.dpids])) {
      const report = this.bridge(dpid, false)
      const text = JSON.stringify(report)
      if (text === this.#told.get(dpid)) continue
      if (report === undefined) this.#told.delete(dpid)
      else this.#told.set(dpid, text)
      this.#options.onBridge(dpid)
    }
    if (this.#told.size !== known) this.#options.onStatus()
  }

  get settled(): Promise<void> {
    return this.#settled.promise
  }

  /** `null` for one that nobody named and that is not there. */
  get status(): OvsdbStatus | null {
    const { connected, reason, since } = this.client.state
    const bridges = [...this.site.dpids].length
    if (!this.#named && !connected && bridges === 0) return null
    return {
      remote: this.client.remote,
      connected,
      bridges,
      last_error: reason?.message ?? null,
      since: since.toISOString(),
    }
  }

  #logState(log: Logger, { connected, reason }: ClientState): void {
    if (connected) log.info('database of Open vSwitch connected')
    else if (this.#named || [...this.site.dpids].length > 0)
      log.warn({ reason: reason?.message }, 'database of Open vSwitch is away: what it said last holds')
  }
}

/** For another one than `ovs-vsctl` finds by itself. */
const optionFor = (remote: string): string => (remote === localRemote({}) ? '' : ` --db=${remote}`)

class All implements Databases {
  readonly #options: DatabasesOptions
  /** By remote. */
  readonly #byRemote: Map<string, Database>

  constructor(options: DatabasesOptions) {
    this.#options = options
    this.#byRemote = new Map(
      [...new Set(options.remotes)].map((remote) => [remote, new Database(remote, options)]),
    )
  }

  get #databases(): readonly Database[] {
    return [...this.#byRemote.values()]
  }

  follow(remotes: ReadonlySet<string>): void {
    const wanted = new Set([...this.#options.remotes, ...remotes])
    const gone = [...this.#byRemote].filter(([remote]) => !wanted.has(remote))
    const come = [...wanted].filter((remote) => !this.#byRemote.has(remote))
    for (const [remote, database] of gone) {
      this.#byRemote.delete(remote)
      void database.client.close()
      for (const dpid of database.site.dpids) this.#options.onBridge(dpid)
    }
    for (const remote of come) this.#byRemote.set(remote, new Database(remote, this.#options))
    if (gone.length + come.length > 0) this.#options.onStatus()
  }

  trouble(remote: string, dpid: string): string | null {
    const database = this.#byRemote.get(remote)
    if (database === undefined) return null
    const { connected, reason } = database.client.state
    if (!connected) return `its database ${remote} is not reached: ${reason?.message ?? 'connecting'}`
    if (!database.site.isComplete || database.site.bridge(dpid) !== undefined) return null
    return `its database ${remote} has no bridge with the datapath id ${dpid}: the address is that of another host`
  }

  async ready(milliseconds: number): Promise<void> {
    const { promise: over, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, milliseconds)
    await Promise.race([Promise.all(this.#databases.map(({ settled }) => settled)), over])
    clearTimeout(timer)
  }

  dpids(): readonly string[] {
    return this.#databases.flatMap(({ site }) => [...site.dpids])
  }

  bridge(dpid: string, connected: boolean): BridgeReport | undefined {
    for (const database of this.#databases) {
      const report = database.bridge(dpid, connected)
      if (report !== undefined) return report
    }
    return undefined
  }

  areTogether(dpid: string, other: string): boolean {
    const its = this.#databases.find(({ site }) => site.bridge(dpid) !== undefined)
    return its?.site.bridge(other) !== undefined
  }

  statuses(): readonly OvsdbStatus[] {
    return this.#databases.flatMap(({ status }) => status ?? [])
  }

  makeTunnelPorts(): void {
    for (const database of this.#databases) database.makeTunnelPorts()
  }

  makeTunnelPort(dpid: string): void {
    for (const database of this.#databases) void database.makeTunnelPort(dpid)
  }

  async close(): Promise<void> {
    await Promise.all(this.#databases.map(({ client }) => client.close()))
  }
}

/** @throws RemoteSyntaxError */
export const createDatabases = (options: DatabasesOptions): Databases => new All(options)
