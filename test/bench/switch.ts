/**
 * A real Open vSwitch of the benchmark's own, in its network namespace: one bridge with guests at the ends of veth pairs,
 * and ports that exist in memory only, for descriptions of a size. Its processes and files go with the run.
 */
import { join } from 'node:path'
import { attempt, run } from '../lab/command.ts'
import { Guest, type GuestOptions } from '../lab/guest.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { Namespace } from '../lab/namespace.ts'
import { OpenVSwitch } from '../lab/open_vswitch.ts'

/** Ports are added so many at a time: a command line has an end. */
const PORTS_AT_ONCE = 500

type Kind = 'dummy' | 'netdev'

export class BenchSwitch {
  readonly ovs: OpenVSwitch
  readonly bridge: string
  readonly directory: string
  readonly #lab: Lab

  readonly #kind: Kind
  /** Names of the real devices that were made. */
  readonly #links: string[] = []

  private constructor({
    lab,
    bridge,
    ovs,
    kind,
  }: { lab: Lab; bridge: string; ovs: OpenVSwitch; kind: Kind }) {
    this.#kind = kind
    this.#lab = lab
    this.bridge = bridge
    this.ovs = ovs
    this.directory = lab.directory
  }

  /** @param kind `dummy`: all devices exist in memory only; `netdev`: the userspace datapath with real devices */
  static async start(kind: Kind, bridge = 'br0'): Promise<BenchSwitch> {
    const lab = await createLab()
    const ovs = new OpenVSwitch({ directory: join(lab.directory, 'ovs'), dummy: kind === 'dummy' })
    const started = new BenchSwitch({ lab, bridge, ovs, kind })
    await ovs.start()
    const settings = [
      ...[`datapath_type=${kind}`, 'fail_mode=secure', 'other_config:disable-in-band=true'],
      // OVN speaks 1.5.
      'protocols=OpenFlow13,OpenFlow15',
    ]
    await ovs.vsctl('add-br', bridge, '--', 'set', 'Bridge', bridge, ...settings)
    return started
  }

  /** @param port of vnetd on 127.0.0.1 */
  async connect(port: number): Promise<void> {
    const { bridge } = this
    const backoff = ['--', 'set', 'Controller', bridge, 'max_backoff=1000']
    await this.ovs.vsctl(...['set-controller', bridge, `tcp:127.0.0.1:${port}`, ...backoff])
  }

  async disconnect(): Promise<void> {
    await this.ovs.vsctl('del-controller', this.bridge)
  }

  /**
   * Ports that nobody is behind: dummies, or internal ports where devices are real.
   * @param identities `external_ids:iface-id` of each, as OVN binds them
   */
  async addPorts(names: readonly string[], identities = names): Promise<void> {
    const type = this.#kind === 'dummy' ? 'dummy' : 'internal'
    if (type === 'internal') this.#links.push(...names)
    for (let from = 0; from < names.length; from += PORTS_AT_ONCE) {
      const commands = names
        .slice(from, from + PORTS_AT_ONCE)
        .flatMap((name, index) => [
          ...['--', 'add-port', this.bridge, name],
          ...[
            '--',
            'set',
            'Interface',
            name,
            `type=${type}`,
            `external_ids:iface-id=${identities[from + index]}`,
          ],
        ])
      await this.ovs.vsctl('--timeout=120', ...commands.slice(1))
    }
  }

  /** A guest whose port is on the bridge. */
  async guest(options: Omit<GuestOptions, 'bridge'>): Promise<Guest> {
    const { port } = options
    const namespace = await Namespace.create(`${this.#lab.run}-${port}`)
    this.#links.push(port)
    await run(['ip', 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace.name])
    await run(['ip', 'link', 'set', port, 'up'])
    const guest = new Guest(namespace, options)
    await guest.configure(options)
    await this.ovs.vsctl('add-port', this.bridge, port)
    return guest
  }

  async flowCount(): Promise<number> {
    const text = await this.ovs.ofctl(['dump-aggregate', this.bridge])
    return Number(/flow_count=(\d+)/.exec(text)?.[1])
  }

  async close(): Promise<void> {
    await this.ovs.stop()
    // The kernel takes its time to remove them with their namespaces, and the next switch has the same names.
    for (const link of this.#links) await attempt(['ip', 'link', 'del', link])
    this.#lab.close()
  }
}
