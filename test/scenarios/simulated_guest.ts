/**
 * A guest's IP stack, as small as scenarios need: asks for neighbours and answers such questions; answers echo requests and,
 * as nobody listens, UDP; puts together what routers have cut; and passes packets on where it is told to.
 */
import {
  buildEthernet,
  buildIcmp,
  buildIcmpv6,
  buildIpv4,
  buildIpv4Error,
  buildIpv6Error,
  buildTcp,
  type Ethernet,
  formatMac,
  ICMP_TYPE,
  ICMPV6_TYPE,
  IP_PROTO,
  type IpError,
  type Ipv4,
  type Ipv6Ends,
  ipv4Piece,
  multicastMacIpv6,
  parseEthernet,
  parseIcmp,
  parseIcmpv6,
  parseIpv4,
  parseTcp,
  parseUdp,
  Reassembly,
  solicitedNodeAddress,
  TCP_FLAG,
  toIpv4,
  toMac,
  wholeIpv4,
} from '@openvnet/controller/packet'
import { cidrContains, fromIpAddress, toCidr, toIpAddress } from '@openvnet/schema'
import { buildFrame, describeFrame } from './frame.ts'
import { buildIp, ipIn, isIpv6, oneHopOn, type ReceivedIp, receivedIpv4 } from './ip.ts'
import type { Question } from './question.ts'
import { CLIENT_PORTS, frameOf, packetOf } from './question_frame.ts'
import { describeReply } from './reply.ts'
import type { FrameSpec, GuestSpec } from './scenario.ts'

const BROADCAST = 'ff:ff:ff:ff:ff:ff'
const NOBODY = '00:00:00:00:00:00'
const TTL = 64
/** Octet of an IPv6 packet that names the protocol. */
const NEXT_HEADER_AT = 6

const inSubnet = (address: string, cidr: string): boolean => {
  const [network = '', prefix = ''] = cidr.split('/')
  return (
    isIpv6(address) === isIpv6(network) && cidrContains(toCidr(network, Number(prefix)), toIpAddress(address))
  )
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

/** The payload that answers one; `undefined` when it is no echo request. */
const echoReply = ({ family, payload, ends, src, dst }: ReceivedIp) => {
  if (family === 4) {
    const icmp = parseIcmp(payload)
    if (icmp?.type !== ICMP_TYPE.echo_request) return undefined
    return () => buildIcmp({ ...icmp, type: ICMP_TYPE.echo_reply })
  }
  const icmp = parseIcmpv6(payload, ends as Ipv6Ends)
  if (icmp?.type !== ICMPV6_TYPE.echo_request) return undefined
  const back = { src: toIpAddress(dst).value, dst: toIpAddress(src).value }
  return () => buildIcmpv6({ ...icmp, type: ICMPV6_TYPE.echo_reply }, back)
}

/** What waits until it is known who gets it. */
interface Waiting {
  readonly via: string
  readonly frame: (eth_dst: string) => Uint8Array
}

export class SimulatedGuest {
  readonly spec: GuestSpec
  readonly #address: string
  readonly #neighbours = new Map<string, string>()
  readonly #asked = new Set<string>()
  readonly #pieces = new Reassembly<Ipv4>()
  #waiting: Waiting[] = []
  /** TTL of the last echo reply, once it is there. */
  answerTtl: number | undefined

  constructor(spec: GuestSpec) {
    this.spec = spec
    this.#address = spec.address.split('/')[0]!
  }

  /** The frames that a ping begins with; none where it has no route. */
  ping(to: string, ttl: number): Uint8Array[] {
    const echo = { src: this.#address, dst: to, ttl }
    return this.#sendTo(to, (eth_dst) => buildFrame({ eth_src: this.spec.mac, eth_dst, echo }))
  }

  /** The frames that a question begins with. @throws when there is no way to whom it is for */
  ask(asks: Question): Uint8Array[] {
    const asker = { mac: this.spec.mac, address: this.#address }
    const packet = packetOf(asks, asker)
    if (packet.eth_dst !== undefined) return [frameOf(asker, packet, packet.eth_dst)]
    const frames = this.#sendTo(packet.dst, (eth_dst) => frameOf(asker, packet, eth_dst))
    if (frames.length === 0) throw new Error(`${this.spec.name} has no route to ${packet.dst}`)
    return frames
  }

  /** What the guest sends in answer to a frame. */
  receive(bytes: Uint8Array): Uint8Array[] {
    const ethernet = parseEthernet(bytes)!
    const eth_dst = formatMac(ethernet.dst)
    if (eth_dst !== this.spec.mac && eth_dst !== BROADCAST && !eth_dst.startsWith('33:33:')) return []
    const { arp, nd } = describeFrame(bytes)
    if (arp !== undefined) return this.#receiveArp(arp)
    if (nd !== undefined) return this.#receiveNd(nd)
    const packet = ipIn(ethernet)
    return packet === undefined ? [] : this.#receiveIp(packet, ethernet)
  }

  #nextHop(to: string): string | undefined {
    const { address, routes = [], gateway, forwards = {} } = this.spec
    if (inSubnet(to, address)) return to
    const onward = Object.entries(forwards).find(([subnet]) => inSubnet(to, subnet))
    return onward?.[1] ?? (routes.some((route) => inSubnet(to, route)) ? gateway : undefined)
  }

  #sendTo(to: string, frame: Waiting['frame']): Uint8Array[] {
    const via = this.#nextHop(to)
    if (via === undefined) return []
    this.#waiting.push({ via, frame })
    return this.#flush()
  }

  #flush(): Uint8Array[] {
    const frames: Uint8Array[] = []
    const waiting = this.#waiting
    this.#waiting = []
    for (const each of waiting) {
      const eth_dst = this.#neighbours.get(each.via)
      if (eth_dst !== undefined) frames.push(each.frame(eth_dst))
      else {
        this.#waiting.push(each)
        frames.push(...this.#askFor(each.via))
      }
    }
    return frames
  }

  #askFor(via: string): Uint8Array[] {
    if (this.#asked.has(via)) return []
    this.#asked.add(via)
    return [buildFrame(question(this.spec.mac, this.#address, via))]
  }

  #receiveArp({ op, sha, spa, tpa }: NonNullable<FrameSpec['arp']>): Uint8Array[] {
    if (tpa !== this.#address) return []
    this.#neighbours.set(spa, sha)
    const { mac } = this.spec
    const reply = { eth_src: mac, eth_dst: sha, arp: { op: 2, sha: mac, spa: tpa, tha: sha, tpa: spa } }
    return [...(op === 1 ? [buildFrame(reply)] : []), ...this.#flush()]
  }

  #receiveNd({ kind, src, target, link }: NonNullable<FrameSpec['nd']>): Uint8Array[] {
    const { mac } = this.spec
    if (kind === 'advertisement' && target !== undefined && link !== undefined) {
      this.#neighbours.set(target, link)
      return this.#flush()
    }
    if (kind !== 'solicitation' || target !== this.#address || link === undefined) return []
    const nd = { kind: 'advertisement', src: target, dst: src, target, link: mac, flags: 'SO' } as const
    return [buildFrame({ eth_src: mac, eth_dst: link, nd })]
  }

  #receiveIp(packet: ReceivedIp, frame: Ethernet): Uint8Array[] {
    const { serves = [] } = this.spec
    const isOwn = packet.dst === this.#address || serves.some((subnet) => inSubnet(packet.dst, subnet))
    if (!isOwn) return this.#passOn(packet, frame)
    const whole = packet.fragment === undefined ? packet : this.#wholeOf(packet)
    return whole === undefined ? [] : this.#answer(whole, frame)
  }

  #wholeOf(packet: ReceivedIp): ReceivedIp | undefined {
    const made = this.#pieces.add('', ipv4Piece(parseIpv4(packet.bytes)!)!, 0)
    return made.kind === 'complete' ? receivedIpv4(buildIpv4(wholeIpv4(made))) : undefined
  }

  #answer(packet: ReceivedIp, frame: Ethernet): Uint8Array[] {
    const { src, dst, protocol, payload, ends } = packet
    if (protocol === IP_PROTO.udp) {
      const udp = parseUdp(payload, ends)
      const isOpen = udp === undefined || CLIENT_PORTS.includes(udp.dst)
      return isOpen ? [] : this.#tell(packet, frame, { cause: 'port_unreachable' }, dst)
    }
    if (protocol === IP_PROTO.tcp) return this.#reset(packet, frame)
    if (protocol !== IP_PROTO.icmp && protocol !== IP_PROTO.icmpv6)
      return this.#tell(packet, frame, { cause: 'protocol_unreachable', named_at: NEXT_HEADER_AT }, dst)
    const reply = echoReply(packet)
    if (reply !== undefined) {
      return this.#back(src, frame, buildIp({ src: dst, dst: src, ttl: TTL, protocol }, reply, true))
    }
    if (describeReply(buildEthernet(frame))?.startsWith('echo reply') === true) this.answerTtl = packet.ttl
    return []
  }

  /** Who would connect hears that nobody listens; whatever else comes is an answer. */
  #reset({ src, dst, protocol, payload, ends }: ReceivedIp, frame: Ethernet): Uint8Array[] {
    const segment = parseTcp(payload, ends)
    if (segment?.flags !== TCP_FLAG.syn) return []
    const reset = {
      ...{ src: segment.dst, dst: segment.src, sequence: 0, acknowledgement: segment.sequence + 1 },
      ...{ flags: TCP_FLAG.rst | TCP_FLAG.ack, window: 0, urgent: 0 },
      ...{ options: new Uint8Array(), payload: new Uint8Array() },
    }
    const back = buildIp({ src: dst, dst: src, ttl: TTL, protocol }, (reversed) => buildTcp(reset, reversed))
    return this.#back(src, frame, back)
  }

  #passOn(packet: ReceivedIp, frame: Ethernet): Uint8Array[] {
    const { forwards, mac } = this.spec
    if (forwards === undefined || formatMac(frame.dst) !== mac) return []
    if (packet.ttl <= 1) return this.#tell(packet, frame, { cause: 'hop_limit' }, this.#address)
    const payload = oneHopOn(packet)
    return this.#sendTo(packet.dst, (eth_dst) =>
      buildEthernet({ src: toMac(mac), dst: toMac(eth_dst), eth_type: frame.eth_type, payload }),
    )
  }

  #tell({ family, bytes, src }: ReceivedIp, frame: Ethernet, error: IpError, from: string): Uint8Array[] {
    const built =
      family === 4
        ? buildIpv4Error(error, bytes, toIpv4(from))
        : buildIpv6Error(error, bytes, toIpAddress(from).value)
    return built === undefined ? [] : this.#back(src, frame, built)
  }

  /** By its own routes; without one to where it came from. */
  #back(to: string, { src, eth_type }: Ethernet, payload: Uint8Array): Uint8Array[] {
    const framed = (eth_dst: number): Uint8Array =>
      buildEthernet({ src: toMac(this.spec.mac), dst: eth_dst, eth_type, payload })
    if (this.#nextHop(to) === undefined) return [framed(src)]
    return this.#sendTo(to, (eth_dst) => framed(toMac(eth_dst)))
  }
}
