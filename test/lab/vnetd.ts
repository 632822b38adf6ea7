/** A host with vnetd on it, as its user runs it, and the ways to talk to it. */
import { join } from 'node:path'
import type { DatapathStatus } from '@openvnet/feed'
import type { CommandResult } from './command.ts'
import type { Daemon } from './daemon.ts'
import type { Host } from './host.ts'
import { VNCTL, VNETD } from './programs.ts'
import { Rest } from './rest.ts'
import { until } from './wait.ts'

export interface Status {
  readonly revision: number
  readonly datapaths: readonly DatapathStatus[]
}

export const HTTP_PORT = 9090
export const OPENFLOW_PORT = 6633
export const REDIS_PORT = 6379

/** One that stands by says nothing of the bridge. */
const newest = ({ datapaths }: Status, dpid: string): DatapathStatus | undefined =>
  datapaths
    .filter((datapath) => datapath.dpid === dpid && datapath.role !== 'secondary')
    .toSorted((a, b) => b.since.localeCompare(a.since))[0]

export class Site {
  readonly host: Host
  readonly rest: Rest
  readonly #door: (port: number) => string
  #vnetd: Daemon | undefined

  private constructor(host: Host, door: (port: number) => string) {
    this.host = host
    this.#door = door
    this.rest = new Rest(door(HTTP_PORT))
  }

  static async on(host: Host): Promise<Site> {
    return new Site(host, await host.openDoor(HTTP_PORT, OPENFLOW_PORT))
  }

  /** Unix socket that leads to the OpenFlow port. */
  get openflowSocket(): string {
    return this.#door(OPENFLOW_PORT)
  }

  get vnetd(): Daemon {
    if (this.#vnetd === undefined) throw new Error('vnetd has not been started')
    return this.#vnetd
  }

  /** Starts another vnetd on the host; `start` does it for the usual one. */
  launch(...options: readonly string[]): Promise<Daemon> {
    const db = join(this.host.directory, 'openvnet.db')
    return this.host.start([...VNETD, '--db', db, '--log-level', 'debug', ...options], { ready: ' is up' })
  }

  async start(...options: readonly string[]): Promise<void> {
    this.#vnetd = await this.launch(...options)
  }

  async restart(signal: NodeJS.Signals = 'SIGTERM', ...options: readonly string[]): Promise<void> {
    await this.vnetd.stop(signal)
    await this.start(...options)
  }

  vnctl(...args: readonly string[]): Promise<CommandResult> {
    return this.host.namespace.attempt([...VNCTL, ...args])
  }

  status(): Promise<Status> {
    return this.rest.get<Status>('status')
  }

  /** As the controller sees it that has it now: one that died is reported for a while. */
  async datapath(dpid: string): Promise<DatapathStatus | undefined> {
    return newest(await this.status(), dpid)
  }

  /** Resolves when the bridge is connected and has acknowledged the newest revision. */
  async converged(dpid: string, timeout = 10_000): Promise<DatapathStatus> {
    return until(
      `${dpid} has acknowledged the newest revision`,
      async () => {
        const status = await this.status()
        const datapath = newest(status, dpid)
        return datapath?.connected === true && datapath.acknowledged_revision >= status.revision && datapath
      },
      { timeout, describe: async () => JSON.stringify(await this.status()) },
    )
  }
}
