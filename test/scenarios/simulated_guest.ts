/** A guest's IP stack, as small as a ping needs: asks by ARP, answers ARP and echo requests, and no more. */
import type { FrameSpec, GuestSpec } from './scenario.ts'

const BROADCAST = 'ff:ff:ff:ff:ff:ff'
const NOBODY = '00:00:00:00:00:00'

const number = (address: string): number =>
  address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)

const inSubnet = (address: string, cidr: string): boolean => {
  const [network = '', prefix = '32'] = cidr.split('/')
  const size = 2 ** (32 - Number(prefix))
  return Math.floor(number(address) / size) === Math.floor(number(network) / size)
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
    if (frame.eth_dst !== this.spec.mac && frame.eth_dst !== BROADCAST) return []
    if (frame.arp !== undefined) return this.#receiveArp(frame.arp)
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
    if (eth_dst === undefined) {
      return [
        {
          eth_src: mac,
          eth_dst: BROADCAST,
          arp: { op: 1, sha: mac, spa: this.#address, tha: NOBODY, tpa: via },
        },
      ]
    }
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
