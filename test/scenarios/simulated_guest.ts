/** A guest's IP stack, as small as a ping needs: asks for neighbours, answers such questions and echo requests, and no more. */
import { formatMac, multicastMacIpv6, solicitedNodeAddress } from '@openvnet/controller/packet'
import { cidrContains, fromIpAddress, toCidr, toIpAddress } from '@openvnet/schema'
import type { FrameSpec, GuestSpec } from './scenario.ts'

const BROADCAST = 'ff:ff:ff:ff:ff:ff'
const NOBODY = '00:00:00:00:00:00'

const isIpv6 = (address: string): boolean => address.includes(':')

const inSubnet = (address: string, cidr: string): boolean => {
  const [network = '', prefix = ''] = cidr.split('/')
  return cidrContains(toCidr(network, Number(prefix)), toIpAddress(address))
}

/** Who has an address? By ARP for one of IPv4, else by neighbour discovery. */
const question = (mac: string, own: string, via: string): FrameSpec => {
  if (!isIpv6(via))
    return { eth_src: mac, eth_dst: BROADCAST, arp: { op: 1, sha: mac, spa: own, tha: NOBODY, tpa: via } }
  const group = solicitedNodeAddress(toIpAddress(via).value)
  return {
    ...{ eth_src: mac, eth_dst: formatMac(multicastMacIpv6(group)) },
    nd: {
      ...{ kind: 'solicitation', src: own, target: via, link: mac },
      dst: fromIpAddress({ family: 6, value: group }),
    },
  }
}

export class SimulatedGuest {
  readonly spec: GuestSpec
  readonly #address: string
  readonly #neighbours = new Map<string, string>()
  #waiting: { readonly via: string; readonly to: string; readonly ttl: number } | undefined
  /** TTL of the answer, once it is there. */
  answerTtl: number | undefined

  constructor(spec: GuestSpec) {
    this.spec = spec
    this.#address = spec.address.split('/')[0]!
  }

  /** The frames that a ping begins with. */
  ping(to: string, ttl: number): FrameSpec[] {
    const via = this.#nextHop(to)
    if (via === undefined) return []
    this.#waiting = { via, to, ttl }
    return this.#flush()
  }

  /** What the guest sends in answer to a frame. */
  receive(frame: FrameSpec): FrameSpec[] {
    if (frame.eth_dst !== this.spec.mac && frame.eth_dst !== BROADCAST && !frame.eth_dst.startsWith('33:33:'))
      return []
    if (frame.arp !== undefined) return this.#receiveArp(frame.arp)
    if (frame.nd !== undefined) return this.#receiveNd(frame.nd)
    return frame.echo === undefined ? [] : this.#receiveEcho(frame, frame.echo)
  }

  #nextHop(to: string): string | undefined {
    if (inSubnet(to, this.spec.address)) return to
    return this.spec.routes?.some((route) => inSubnet(to, route)) ? this.spec.gateway : undefined
  }

  #flush(): FrameSpec[] {
    if (this.#waiting === undefined) return []
    const { via, to, ttl } = this.#waiting
    const eth_dst = this.#neighbours.get(via)
    const { mac } = this.spec
    if (eth_dst === undefined) return [question(mac, this.#address, via)]
    this.#waiting = undefined
    return [{ eth_src: mac, eth_dst, echo: { src: this.#address, dst: to, ttl } }]
  }

  #receiveArp({ op, sha, spa, tpa }: NonNullable<FrameSpec['arp']>): FrameSpec[] {
    if (tpa !== this.#address) return []
    this.#neighbours.set(spa, sha)
    const { mac } = this.spec
    const reply = { op: 2, sha: mac, spa: tpa, tha: sha, tpa: spa }
    return [...(op === 1 ? [{ eth_src: mac, eth_dst: sha, arp: reply }] : []), ...this.#flush()]
  }

  #receiveNd({ kind, src, target, link }: NonNullable<FrameSpec['nd']>): FrameSpec[] {
    const { mac } = this.spec
    if (kind === 'advertisement' && target !== undefined && link !== undefined) {
      this.#neighbours.set(target, link)
      return this.#flush()
    }
    if (kind !== 'solicitation' || target !== this.#address || link === undefined) return []
    const ends = { src: target, dst: src }
    return [
      {
        ...{ eth_src: mac, eth_dst: link },
        nd: { kind: 'advertisement', ...ends, target, link: mac, flags: 'SO' },
      },
    ]
  }

  /** The answer goes back to where the request came from: a stack would ask by ARP, and get the same. */
  #receiveEcho(frame: FrameSpec, { src, dst, ttl, reply }: NonNullable<FrameSpec['echo']>): FrameSpec[] {
    if (dst !== this.#address) return []
    if (reply === true) {
      this.answerTtl = ttl
      return []
    }
    return [
      { eth_src: this.spec.mac, eth_dst: frame.eth_src, echo: { src: dst, dst: src, ttl: 64, reply: true } },
    ]
  }
}
