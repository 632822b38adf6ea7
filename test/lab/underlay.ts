/**
 * What lies between hosts: two subnets and a router between them, in a namespace of its own, IPv4 and IPv6. A host joins
 * with an uplink on a bridge of its own Open vSwitch, on which the host has its address: the userspace datapath finds the
 * way of a tunnel there.
 */
import type { Host } from './host.ts'
import { Namespace } from './namespace.ts'

export type Subnet = 1 | 2

/** The bridge of a host that has its uplink. */
export const UNDERLAY_BRIDGE = 'br-phy'
const UPLINK = 'uplink'
const ROUTER = 254

export interface HostAddresses {
  readonly ipv4: string
  readonly ipv6: string
}

const addressesOf = (subnet: Subnet, host: number): HostAddresses => ({
  ipv4: `10.255.${subnet}.${host}`,
  ipv6: `fd00:255:${subnet}::${host}`,
})

export class Underlay {
  readonly namespace: Namespace
  /** Names of their ends in the namespace of the underlay. */
  readonly #links = new Map<Host, string>()

  private constructor(namespace: Namespace) {
    this.namespace = namespace
  }

  static async create(run: string): Promise<Underlay> {
    const namespace = await Namespace.create(`${run}-underlay`, { quiet: false })
    const forwarding = ['ipv4/ip_forward', 'ipv6/conf/all/forwarding', 'ipv6/conf/default/accept_dad']
    await namespace.run([
      'sh',
      '-c',
      forwarding.map((name, index) => `echo ${index < 2 ? 1 : 0} > /proc/sys/net/${name}`).join('; '),
    ])
    const underlay = new Underlay(namespace)
    for (const subnet of [1, 2] as const) await underlay.#createSubnet(subnet)
    return underlay
  }

  async #createSubnet(subnet: Subnet): Promise<void> {
    const { ipv4, ipv6 } = addressesOf(subnet, ROUTER)
    await this.namespace.ip(
      // Without an address of its own it takes the lowest of its links: one more could be another router to hosts that know it.
      `link add subnet${subnet} address 02:ff:00:00:00:0${subnet} type bridge`,
      `link set subnet${subnet} up`,
      `address add ${ipv4}/24 dev subnet${subnet}`,
      `address add ${ipv6}/64 dev subnet${subnet} nodad`,
    )
  }

  /**
   * Connects a host. @returns its addresses
   * @param subnet the one that it is in
   */
  async join(host: Host, subnet: Subnet): Promise<HostAddresses> {
    const number = this.#links.size + 1
    const outer = `link${number}`
    this.#links.set(host, outer)
    const addresses = addressesOf(subnet, number)
    await host.namespace.ip(
      `link add ${UPLINK} type veth peer name ${outer} netns ${this.namespace.name}`,
      `link set ${UPLINK} up`,
    )
    await this.namespace.ip(`link set ${outer} master subnet${subnet}`, `link set ${outer} up`)
    await this.namespace.run(['ethtool', '-K', outer, 'tx', 'off'])
    await host.namespace.run(['ethtool', '-K', UPLINK, 'tx', 'off'])
    await host.bridge({ name: UNDERLAY_BRIDGE, failMode: 'standalone' })
    await host.addPort(UNDERLAY_BRIDGE, UPLINK)
    await this.#address(host, subnet, addresses)
    return addresses
  }

  /**
   * A second link, for a bridge of the host that is to be in the subnet itself. @returns the name of the underlay's end
   * @param device its name in the host
   */
  async joinBare(host: Host, subnet: Subnet, device: string): Promise<string> {
    const outer = `${device}${this.linkOf(host).replace('link', '')}`
    await host.namespace.ip(
      `link add ${device} type veth peer name ${outer} netns ${this.namespace.name}`,
      `link set ${device} up`,
    )
    await this.namespace.ip(`link set ${outer} master subnet${subnet}`, `link set ${outer} up`)
    await this.namespace.run(['ethtool', '-K', outer, 'tx', 'off'])
    await host.namespace.run(['ethtool', '-K', device, 'tx', 'off'])
    return outer
  }

  /** Name of the underlay's end of the link of a host. */
  linkOf(host: Host): string {
    return this.#links.get(host)!
  }

  /** The link of a host is down: nothing comes through, either way. */
  async cut(host: Host): Promise<void> {
    await this.namespace.ip(`link set ${this.linkOf(host)} down`)
  }

  async heal(host: Host): Promise<void> {
    await this.namespace.ip(`link set ${this.linkOf(host)} up`)
  }

  async #address(host: Host, subnet: Subnet, { ipv4, ipv6 }: HostAddresses): Promise<void> {
    const router = addressesOf(subnet, ROUTER)
    // The kernel sees what comes by the uplink too, and would answer for the bridge with the uplink's MAC address.
    await host.namespace.run(['sh', '-c', `echo 1 > /proc/sys/net/ipv4/conf/${UPLINK}/arp_ignore`])
    // Only there: who else speaks on its own would be heard by guests.
    const speak = `for each in lo ${UNDERLAY_BRIDGE}; do echo 0 > /proc/sys/net/ipv6/conf/$each/disable_ipv6; done`
    await host.namespace.run(['sh', '-c', speak])
    await host.namespace.ip(
      `link set ${UNDERLAY_BRIDGE} up`,
      `address add ${ipv4}/24 dev ${UNDERLAY_BRIDGE}`,
      `address add ${ipv6}/64 dev ${UNDERLAY_BRIDGE} nodad`,
      `route add default via ${router.ipv4}`,
      `route add default via ${router.ipv6}`,
    )
  }
}
