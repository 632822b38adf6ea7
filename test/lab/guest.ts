/** A guest: a namespace at the end of a veth pair whose other end is a port of a bridge. */
import { Capture } from './capture.ts'
import type { Namespace } from './namespace.ts'
import { ContinuousPing, type PingOptions, type PingResult, ping } from './ping.ts'
import { until } from './wait.ts'
import { sendFrames } from './wire.ts'

export interface GuestOptions {
  /** Name of the port, and of the outer end of the pair: at most 15 characters. */
  readonly port: string
  /** Name of the namespace within the lab; the port's when absent. */
  readonly name?: string
  readonly mac: string
  /** With prefix lengths: `172.16.1.1/24`. */
  readonly addresses?: readonly string[]
  /** As after `ip route add`: `172.16.2.0/24 via 172.16.1.254`. */
  readonly routes?: readonly string[]
  /** Bridge that gets the port at once; none when absent. */
  readonly bridge?: string
  /** Lets the kernel speak IPv6. */
  readonly ipv6?: boolean
}

export interface Neighbour {
  readonly address: string
  readonly mac: string | undefined
  readonly state: string
}

/** With what the kernel says of it; absent: it is not so. */
export interface Address6 {
  readonly address: string
  readonly scope: string
  readonly tentative?: boolean
  readonly dadfailed?: boolean
}

const DEVICE = 'eth0'

export class Guest {
  readonly namespace: Namespace
  readonly port: string
  readonly mac: string

  constructor(namespace: Namespace, { port, mac }: Pick<GuestOptions, 'port' | 'mac'>) {
    this.namespace = namespace
    this.port = port
    this.mac = mac
  }

  ping(address: string, options?: PingOptions): Promise<PingResult> {
    return ping(this.namespace, address, options)
  }

  /** Pings until it is stopped. */
  pingStart(address: string, options?: PingOptions): ContinuousPing {
    return new ContinuousPing(this.namespace, address, options)
  }

  /** @param filter as tcpdump takes it; everything when absent */
  capture(filter?: string): Promise<Capture> {
    return Capture.start(this.namespace, DEVICE, filter)
  }

  /** Records what comes in, and not what the guest sends. */
  listen(): Promise<Capture> {
    return Capture.start(this.namespace, DEVICE, '', 'in')
  }

  /** The IP stack answers nothing any more: neither ARP nor echo requests. Neighbour discovery of IPv6 cannot be held back. */
  fallSilent(): Promise<void> {
    return this.#setAnswers({
      ...{ 'ipv4/icmp_echo_ignore_all': 1, 'ipv4/conf/all/arp_ignore': 8 },
      'ipv6/icmp/echo_ignore_all': 1,
    })
  }

  /** Neighbours are asked for once, and not again whether they are still there. */
  async askOnce(): Promise<void> {
    const files = ['ipv4', 'ipv6'].map(
      (family) => `/proc/sys/net/${family}/neigh/${DEVICE}/delay_first_probe_time`,
    )
    await this.namespace.run(['sh', '-c', `for file in ${files.join(' ')}; do echo 3600 > $file; done`])
  }

  /** What the kernel found out about its IPv6 addresses: an address that another has is `dadfailed`. */
  async addresses6(): Promise<readonly Address6[]> {
    const text = await this.namespace.run(['ip', '-j', '-6', 'address', 'show', 'dev', DEVICE])
    const [device] = JSON.parse(text) as [{ addr_info: (Address6 & { local: string })[] }?]
    return (device?.addr_info ?? []).map(({ local, ...rest }) => ({ ...rest, address: local }))
  }

  /** Resolves when the kernel has probed for its IPv6 addresses: before, they cannot be used. */
  async probed(): Promise<void> {
    await until('addresses are probed for', async () => {
      const addresses = await this.addresses6()
      return addresses.every(({ tentative, dadfailed }) => tentative !== true || dadfailed === true)
    })
  }

  /** Echo requests to everybody are answered too. */
  answerBroadcasts(): Promise<void> {
    return this.#setAnswers({ 'ipv4/icmp_echo_ignore_broadcasts': 0 })
  }

  speak(): Promise<void> {
    return this.#setAnswers({
      ...{ 'ipv4/icmp_echo_ignore_all': 0, 'ipv4/conf/all/arp_ignore': 0 },
      'ipv6/icmp/echo_ignore_all': 0,
    })
  }

  async #setAnswers(settings: Readonly<Record<string, number>>): Promise<void> {
    const lines = Object.entries(settings).map(([name, value]) => `echo ${value} > /proc/sys/net/${name}`)
    await this.namespace.run(['sh', '-c', lines.join('; ')])
  }

  /** Puts frames on the wire as they are. */
  async send(...frames: readonly Uint8Array[]): Promise<void> {
    await sendFrames(this.namespace, DEVICE, frames)
  }

  /** The neighbour table. */
  async arp(): Promise<readonly Neighbour[]> {
    const text = await this.namespace.run(['ip', '-j', 'neighbour', 'show'])
    const rows = JSON.parse(text || '[]') as { dst: string; lladdr?: string; state: string[] }[]
    return rows.map(({ dst, lladdr, state }) => ({ address: dst, mac: lladdr, state: state.join() }))
  }

  /** Forgets all neighbours. */
  async forgetNeighbours(): Promise<void> {
    await this.namespace.ip('neighbour flush all')
  }

  async setMac(mac: string): Promise<void> {
    await this.namespace.ip(`link set ${DEVICE} address ${mac}`)
  }

  /** Replaces all addresses. */
  async setAddresses(...addresses: readonly string[]): Promise<void> {
    await this.namespace.ip(
      `address flush dev ${DEVICE}`,
      ...addresses.map((address) => `address add ${address} dev ${DEVICE}`),
    )
  }

  async configure({
    addresses = [],
    routes = [],
  }: Pick<GuestOptions, 'addresses' | 'routes'>): Promise<void> {
    await this.namespace.ip(
      `link set ${DEVICE} address ${this.mac} up`,
      ...addresses.map((address) => `address add ${address} dev ${DEVICE}`),
      ...routes.map((route) => `route add ${route}`),
    )
    await this.namespace.run(['ethtool', '-K', DEVICE, 'tx', 'off'])
  }
}
