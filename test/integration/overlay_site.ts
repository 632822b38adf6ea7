/**
 * Three hosts with an underlay between them, two in one subnet and one behind a router; vnetd on the first. Unless a
 * scenario says who is there, a red and a blue network with the same addresses are on all of them.
 */
import { Capture } from '../lab/capture.ts'
import { parseEncapsulated } from '../lab/encapsulation.ts'
import type { Guest } from '../lab/guest.ts'
import type { Host } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { type HostAddresses, Underlay } from '../lab/underlay.ts'
import { OPENFLOW_PORT, Site } from '../lab/vnetd.ts'
import { sendFrames } from '../lab/wire.ts'
import { byName, guestOptionsOf, prepare } from '../scenarios/lab_guest.ts'
import type { Family, GuestSpec, Write } from '../scenarios/scenario.ts'

export type TunnelType = 'vxlan' | 'geneve' | 'gre'

const BRIDGE = 'br0'
const SUBNETS = { a: 1, b: 1, c: 2 } as const
export type HostName = keyof typeof SUBNETS
export const HOST_NAMES = Object.keys(SUBNETS) as HostName[]

/** What tcpdump calls frames of a kind of tunnel. */
const FILTERS: Readonly<Record<TunnelType, string>> = {
  vxlan: 'udp port 4789',
  geneve: 'udp port 6081',
  gre: 'ip proto 47 or ip6 proto 47',
}

/** The uplink of the bridge with the guests, where it has one. */
const PLAIN = 'plain'
/** Frames of guests as they are. */
const GUESTS_ONLY = 'net 172.16.0.0/24'

/** Frames that left a host, each with its kind of tunnel, or `plain`. */
interface Sent {
  readonly frames: readonly Uint8Array[]
  readonly kinds: readonly string[]
}

const kindOf = (frame: Uint8Array): string => {
  const { kind, source } = parseEncapsulated(frame) ?? { kind: 'plain', source: '' }
  return source.includes(':') ? `${kind} over IPv6` : kind
}

export const dpidOf = (host: HostName): string => `0x00000000000000${host}${host}`
const urlAddress = (address: string): string => (address.includes(':') ? `[${address}]` : address)

interface Member {
  readonly name: string
  readonly host: HostName
  readonly network: 'nw-red' | 'nw-blue'
  readonly mac: string
  readonly address: string
}

const guestOf = ({ name, host, mac, address }: Member): GuestSpec => ({
  ...{ name, bridge: host, port: `if-${name}`, mac, address: `${address}/24` },
})

const member = (name: string, host: HostName, network: Member['network'], last: number): Member => ({
  ...{ name, host, network },
  mac: `02:00:00:00:0${network === 'nw-red' ? 1 : 2}:0${last}`,
  address: `172.16.0.${last}`,
})

/** Addresses are the same in both networks, on every host. */
export const MEMBERS: readonly Member[] = [
  member('red1', 'a', 'nw-red', 1),
  member('red2', 'a', 'nw-red', 2),
  member('red3', 'b', 'nw-red', 3),
  member('red4', 'c', 'nw-red', 4),
  member('blue1', 'a', 'nw-blue', 1),
  member('blue3', 'b', 'nw-blue', 3),
  member('blue4', 'c', 'nw-blue', 4),
]

export class OverlaySite {
  readonly lab: Lab
  readonly underlay: Underlay
  readonly site: Site
  readonly hosts: Readonly<Record<HostName, Host>>
  readonly addresses: Readonly<Record<HostName, HostAddresses>>
  /** The underlay's ends of uplinks of bridges that are in a subnet themselves. */
  readonly #lans = new Map<HostName, string>()

  private constructor(parts: Pick<OverlaySite, 'lab' | 'underlay' | 'site' | 'hosts' | 'addresses'>) {
    this.lab = parts.lab
    this.underlay = parts.underlay
    this.site = parts.site
    this.hosts = parts.hosts
    this.addresses = parts.addresses
  }

  /**
   * Hosts, underlay and guests; vnetd runs, and no bridge knows of it yet.
   * @param guests whose bridges have the names of hosts; those of one name are one guest
   */
  static async create(guests: readonly GuestSpec[] = MEMBERS.map(guestOf)): Promise<OverlaySite> {
    const lab = await createLab()
    try {
      const underlay = await Underlay.create(lab.run)
      const hosts: Partial<Record<HostName, Host>> = {}
      const addresses: Partial<Record<HostName, HostAddresses>> = {}
      for (const name of HOST_NAMES) {
        hosts[name] = await lab.host(name)
        addresses[name] = await underlay.join(hosts[name], SUBNETS[name])
        await hosts[name].bridge({ name: BRIDGE, dpid: dpidOf(name) })
      }
      const site = await Site.on(hosts.a!)
      const made = new OverlaySite({
        ...{ lab, underlay, site },
        hosts: hosts as Record<HostName, Host>,
        addresses: addresses as Record<HostName, HostAddresses>,
      })
      await made.#populate(guests)
      return made
    } catch (error) {
      lab.close()
      throw error
    }
  }

  async #populate(guests: readonly GuestSpec[]): Promise<void> {
    for (const specs of byName(guests)) {
      const options = { ...guestOptionsOf(specs), bridge: BRIDGE }
      await prepare(await this.hosts[specs[0].bridge as HostName].guest(options), specs)
    }
    await this.site.start(...this.#listen)
  }

  get #listen(): string[] {
    const { ipv4, ipv6 } = this.addresses.a
    return [ipv4, ipv6].flatMap((address) => ['--openflow', `${urlAddress(address)}:${OPENFLOW_PORT}`])
  }

  /** vnetd is killed, and starts anew. */
  async restart(): Promise<void> {
    await this.site.restart('SIGKILL', ...this.#listen)
  }

  /** vnetd starts anew, and knows the databases of all hosts. */
  async readDatabases(): Promise<void> {
    const remotes = Object.values(this.hosts).flatMap(({ ovs }) => ['--ovsdb', ovs.databaseRemote])
    await this.site.restart('SIGTERM', ...this.#listen, ...remotes)
  }

  /** By their names, on all hosts. */
  get guests(): ReadonlyMap<string, Guest> {
    return new Map(HOST_NAMES.flatMap((name) => [...this.hosts[name].guests]))
  }

  guest(name: string): Guest {
    return this.guests.get(name)!
  }

  async write(writes: readonly Write[]): Promise<void> {
    for (const { method = 'POST', path, body } of writes) await this.site.rest.call(method, path, body)
  }

  /** Both networks and all guests as rows. */
  async describe(): Promise<void> {
    for (const uuid of ['nw-red', 'nw-blue']) {
      await this.site.rest.post('networks', { uuid, ipv4_network: '172.16.0.0' })
    }
    for (const { name, network, mac, address } of MEMBERS) {
      await this.site.rest.post('interfaces', {
        ...{ uuid: `if-${name}`, network_uuid: network, mac_address: mac, ipv4_address: address },
      })
    }
  }

  /** The port of a guest goes, and comes again on the bridge of another host. */
  async move(name: string, to: HostName): Promise<void> {
    const from = HOST_NAMES.find((host) => this.hosts[host].guests.has(name))!
    const guest = this.guest(name)
    await this.hosts[from].removePort(BRIDGE, guest.port)
    await this.hosts[from].namespace.ip(`link set ${guest.port} netns ${this.hosts[to].namespace.name}`)
    await this.hosts[to].namespace.ip(`link set ${guest.port} up`)
    await this.hosts[to].addPort(BRIDGE, guest.port)
    this.hosts[from].guests.delete(name)
    this.hosts[to].guests.set(name, guest)
  }

  /** A bridge gets its controller, which it reaches over the underlay. */
  async connect(host: HostName, family: Family): Promise<void> {
    const address = urlAddress(this.addresses.a[family])
    await this.hosts[host].setController(BRIDGE, `tcp:${address}:${OPENFLOW_PORT}`)
  }

  /** Its controller is where nobody listens; a bridge that is left with none at all loses its flows. */
  async disconnect(host: HostName): Promise<void> {
    await this.hosts[host].setController(BRIDGE, 'tcp:127.0.0.1:1')
  }

  /** The one port for all tunnels of a kind. */
  async addTunnelPort(host: HostName, type: TunnelType): Promise<void> {
    const port = `vnet-${type}`
    const settings = [`type=${type}`, 'options:remote_ip=flow', 'options:key=flow']
    await this.hosts[host].vsctl('add-port', BRIDGE, port, '--', 'set', 'Interface', port, ...settings)
  }

  async removeTunnelPort(host: HostName, type: TunnelType): Promise<void> {
    await this.hosts[host].removePort(BRIDGE, `vnet-${type}`)
  }

  /** All have what the rows and ports mean now. */
  async converged(): Promise<void> {
    for (const host of HOST_NAMES) await this.site.converged(dpidOf(host))
  }

  /**
   * Hosts know each other's MAC addresses: Open vSwitch drops what it has to ask for. It learns them from answers that it
   * sees, once it has a port for tunnels: so they are asked for again.
   */
  async acquaint(family: Family): Promise<void> {
    for (const from of HOST_NAMES) {
      const { namespace } = this.hosts[from]
      await namespace.ip('neighbour flush all')
      const others = HOST_NAMES.filter((to) => to !== from).map((to) => this.addresses[to][family])
      await Promise.all(others.map((address) => namespace.run(['ping', '-c1', '-W2', address])))
    }
  }

  /** What a host puts into tunnels, of a kind or of any. */
  tunnelled(host: HostName, type?: TunnelType): Promise<Capture> {
    const filter = type === undefined ? Object.values(FILTERS).join(' or ') : FILTERS[type]
    const link = this.underlay.linkOf(this.hosts[host])
    return Capture.start(this.underlay.namespace, link, filter, 'in')
  }

  /**
   * The bridge with the guests gets an uplink of its own into the subnet, and the host an address there.
   * @param cidr e.g. 10.254.1.1/24 @returns the MAC address of the host there
   */
  async joinLan(name: HostName, cidr: string): Promise<string> {
    const host = this.hosts[name]
    this.#lans.set(name, await this.underlay.joinBare(host, SUBNETS[name], PLAIN))
    await host.addPort(BRIDGE, PLAIN)
    await host.namespace.ip(`link set ${BRIDGE} up`, `address add ${cidr} dev ${BRIDGE}`)
    await host.namespace.run(['ethtool', '-K', BRIDGE, 'tx', 'off'])
    return (await host.namespace.run(['cat', `/sys/class/net/${BRIDGE}/address`])).trim()
  }

  /** Frames arrive at the uplink of a bridge that is in a subnet itself. */
  sendIntoLan(name: HostName, frames: readonly Uint8Array[]): Promise<void> {
    return sendFrames(this.underlay.namespace, this.#lans.get(name)!, frames)
  }

  /** Records what a host sends for its guests, in tunnels or as it is. */
  async sent(name: HostName): Promise<{ stop(): Promise<Sent> }> {
    const lan = this.#lans.get(name)
    const captures = [
      await this.tunnelled(name),
      ...(lan === undefined ? [] : [await Capture.start(this.underlay.namespace, lan, GUESTS_ONLY, 'in')]),
    ]
    return {
      stop: async () => {
        const packets = (await Promise.all(captures.map((capture) => capture.stop()))).flat()
        const frames = packets.map(({ frame }) => frame)
        return { frames, kinds: frames.map(kindOf) }
      },
    }
  }

  /**
   * Guests that get a frame with these bytes because of something, each as often as it gets one, and what the host that
   * acts sends for it.
   */
  async hears(
    bytes: Uint8Array,
    host: HostName,
    act: () => Promise<unknown>,
  ): Promise<Sent & { readonly heard: readonly string[] }> {
    const sent = await this.sent(host)
    const ears = await Promise.all(
      [...this.guests].map(async ([name, guest]) => [name, await guest.listen()] as const),
    )
    await act()
    const packets = await Promise.all(
      ears.map(async ([name, ear]) => (await ear.stop()).map(({ frame }) => [name, frame] as const)),
    )
    const heard = packets.flat().filter(([, frame]) => Buffer.from(frame).includes(Buffer.from(bytes)))
    return { ...(await sent.stop()), heard: heard.map(([name]) => name) }
  }

  close(): void {
    this.lab.close()
  }
}
