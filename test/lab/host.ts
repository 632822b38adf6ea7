/** A host: a namespace with its own Open vSwitch, in which vnetd may run too, and the guests at its bridges. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Daemon, startDaemon } from './daemon.ts'
import { type FlowEntry, parseFlows } from './flows.ts'
import { Guest, type GuestOptions } from './guest.ts'
import { Namespace } from './namespace.ts'
import { OpenVSwitch } from './open_vswitch.ts'

export interface BridgeOptions {
  readonly name: string
  /** Datapath id, `0x000002fdee8e0a44`; made by the switch when absent. */
  readonly dpid?: string
  /** `secure` when absent. */
  readonly failMode?: 'secure' | 'standalone'
  /** Targets as `tcp:127.0.0.1:6633`; none when absent. */
  readonly controllers?: readonly string[]
  readonly protocols?: readonly string[]
}

const DOOR = fileURLToPath(new URL('door_process.ts', import.meta.url))

export class Host {
  readonly namespace: Namespace
  readonly ovs: OpenVSwitch
  readonly directory: string
  readonly guests = new Map<string, Guest>()
  readonly #run: string
  #door: Daemon | undefined

  private constructor(run: string, namespace: Namespace, directory: string) {
    this.#run = run
    this.namespace = namespace
    this.directory = directory
    this.ovs = new OpenVSwitch({ directory: join(directory, 'ovs'), prefix: namespace.prefix })
  }

  static async start(run: string, name: string, directory: string): Promise<Host> {
    const namespace = await Namespace.create(`${run}-${name}`)
    await mkdir(directory, { recursive: true })
    const host = new Host(run, namespace, directory)
    await host.ovs.start()
    return host
  }

  /** Userspace datapath: there is no kernel module. */
  async bridge(options: BridgeOptions): Promise<void> {
    const {
      name,
      dpid,
      failMode = 'secure',
      controllers = [],
      protocols = ['OpenFlow10', 'OpenFlow12', 'OpenFlow13'],
    } = options
    const settings = [
      'datapath_type=netdev',
      `fail_mode=${failMode}`,
      `protocols=${protocols.join()}`,
      'other_config:disable-in-band=true',
      ...(dpid === undefined ? [] : [`other_config:datapath-id=${dpid.replace('0x', '')}`]),
    ]
    await this.vsctl('add-br', name, '--', 'set', 'Bridge', name, ...settings)
    if (controllers.length > 0) await this.setController(name, ...controllers)
  }

  /** Tries again every second: the eight that a switch lets it grow to would be most of a test's time. */
  async setController(bridge: string, ...targets: readonly string[]): Promise<void> {
    const names = targets.map((_, index) => `@c${index}`)
    await this.vsctl(
      ...targets.flatMap((target, index) => [
        ...['--', `--id=${names[index]}`, 'create', 'Controller', `target="${target}"`, 'max_backoff=1000'],
      ]),
      ...['--', 'set', 'Bridge', bridge, `controller=[${names.join()}]`],
    )
  }

  async guest(options: GuestOptions): Promise<Guest> {
    const { port, name = port, bridge, ipv6 = false } = options
    const namespace = await Namespace.create(`${this.#run}-${name}`, { quiet: !ipv6 })
    await this.namespace.ip(
      `link add ${port} type veth peer name eth0 netns ${namespace.name}`,
      `link set ${port} up`,
    )
    const guest = new Guest(namespace, options)
    await guest.configure(options)
    if (bridge !== undefined) await this.addPort(bridge, port)
    this.guests.set(name, guest)
    return guest
  }

  async addPort(bridge: string, ...ports: readonly string[]): Promise<void> {
    await this.vsctl(
      ...ports.flatMap((port, index) => [...(index === 0 ? [] : ['--']), 'add-port', bridge, port]),
    )
  }

  async removePort(bridge: string, port: string): Promise<void> {
    await this.vsctl('del-port', bridge, port)
  }

  async flows(bridge: string): Promise<FlowEntry[]> {
    return parseFlows(await this.ofctl('--no-names', 'dump-flows', bridge))
  }

  vsctl(...args: readonly string[]): Promise<string> {
    return this.ovs.vsctl(...args)
  }
  ofctl(...args: readonly string[]): Promise<string> {
    return this.ovs.ofctl(args)
  }
  appctl(...args: readonly string[]): Promise<string> {
    return this.ovs.appctl(...args)
  }

  /** Starts a program in the namespace of the host. */
  start(
    command: readonly string[],
    options: { env?: NodeJS.ProcessEnv; ready?: string } = {},
  ): Promise<Daemon> {
    return startDaemon({ command: [...this.namespace.prefix, ...command], ...options })
  }

  /**
   * Opens ways in: what listens on 127.0.0.1 in the host is reached through unix sockets from anywhere.
   * @returns the path of the socket of a port
   */
  async openDoor(...ports: readonly number[]): Promise<(port: number) => string> {
    const directory = join(this.directory, 'door')
    await mkdir(directory)
    this.#door = await this.start([process.execPath, DOOR, directory, ...ports.map(String)], {
      ready: 'open',
    })
    return (port) => join(directory, String(port))
  }

  async close(): Promise<void> {
    await this.#door?.stop()
    await this.ovs.stop()
  }
}
