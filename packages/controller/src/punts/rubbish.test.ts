/**
 * Rubbish by the thousand for every program, in both families, through the same door as packets of switches: nothing fails,
 * nothing grows, and everything is counted, by few constant reasons. What the switch answers itself never gets here.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { NxtPacketIn2 } from '@openvnet/openflow'
import { pino } from 'pino'
import t from 'tap'
import { type Rows, viewOf } from '../../test/flow_lines.ts'
import { FEATURES } from '../features/index.ts'
import * as dns from '../packet/dns/index.ts'
import * as packet from '../packet/index.ts'
import { PUNT_KINDS, PUNT_REASONS, type PuntKind, type PuntReason } from '../pipeline/punts.ts'
import { Programs } from './programs.ts'

const MAC = { guest: packet.toMac('10:54:ff:00:00:01'), leg: packet.toMac('02:00:00:00:01:11') }
const ROWS: Rows = {
  networks: { 1: '10.100.0.0', 2: '192.168.50.0' },
  changes: { 1: { ipv6_network: 'fd00:100::', ipv6_address_mode: 'dhcpv6_stateful', domain_name: 'one' } },
  interfaces: [
    { id: 1, mac: '10:54:ff:00:00:01', hostname: 'vm', addresses: { 1: ['10.100.0.10', 'fd00:100::10'] } },
    {
      ...{ id: 8, mode: 'simulated', mac: '02:00:00:00:01:11' },
      addresses: { 1: ['10.100.0.1', 'fd00:100::1'] },
    },
  ],
  services: [
    { mode: 'dhcp', interface_id: 8 },
    { mode: 'dns', interface_id: 8 },
  ],
  routes: [{ interface_id: 8, network_id: 1, destination: '10.100.0.0', prefix: 24 }],
}
const V4 = { src: packet.toIpv4('10.100.0.10'), dst: packet.toIpv4('10.100.0.1') }
const PREFIX = 0xfd00_0100n << 96n
const V6 = { src: PREFIX | 0x10n, dst: PREFIX | 1n }
const LINK = packet.linkLocalAddress(MAC.guest)

interface Case {
  readonly kind: PuntKind
  readonly reasons: readonly PuntReason[]
  readonly ends: packet.IpEnds
  readonly hop_limit?: number
  readonly protocol: number
  /** What stands behind the IP header, whole. */
  readonly good: readonly Uint8Array[]
  /** Puts the right checksum into something that is changed. */
  readonly mend: (upper: Uint8Array) => void
  /** Reasons by which it is counted, among others. */
  readonly counted: readonly string[]
}

const writeSum = (upper: Uint8Array, at: number, sum: (zeroed: Uint8Array) => number): void => {
  if (upper.length < at + 2) return
  packet.writeU16(upper, at, 0)
  packet.writeU16(upper, at, sum(upper))
}
const mender = (ends: packet.IpEnds, protocol: number, at: number) => (upper: Uint8Array) =>
  writeSum(upper, at, (zeroed) => packet.transportChecksum(ends, protocol, zeroed))

const udp = (ends: packet.IpEnds, [src, dst]: readonly [number, number], payloads: readonly Uint8Array[]) => {
  const sum = mender(ends, 17, 6)
  return {
    ...{ ends, protocol: 17 },
    good: payloads.map((payload) => packet.buildUdp({ src, dst, payload }, ends)),
    mend: (upper: Uint8Array) => {
      if (upper.length >= 6) packet.writeU16(upper, 4, upper.length)
      sum(upper)
    },
  }
}

const tcp = (ends: packet.IpEnds, dst: number, payloads: readonly Uint8Array[]) => ({
  ...{ ends, protocol: 6, mend: mender(ends, 6, 16) },
  good: payloads.flatMap((payload) =>
    [packet.TCP_FLAG.syn, packet.TCP_FLAG.ack, packet.TCP_FLAG.fin].map((flags) =>
      packet.buildTcp(
        {
          ...{ src: 4000, dst, sequence: 1, acknowledgement: 2, flags, window: 9000, urgent: 0 },
          ...{ options: new Uint8Array(), payload },
        },
        ends,
      ),
    ),
  ),
})

const dhcp4 = (type: number): Uint8Array =>
  packet.encodeDhcp4(
    {
      ...{ op: 1, hops: 0, xid: 7, secs: 0, broadcast: false, sname: '', file: '', chaddr: MAC.guest },
      ...{ ciaddr: 0, yiaddr: 0, siaddr: 0, giaddr: 0 },
    },
    [
      [53, Uint8Array.of(type)],
      [55, Uint8Array.of(1, 3, 6, 121)],
      [50, packet.u32s(V4.src)],
      [54, packet.u32s(V4.dst)],
    ].map(([code, data]) => ({ code, data }) as packet.Dhcp4Option),
  ).bytes

const dhcp6 = (type: number): Uint8Array => {
  const inner = {
    kind: 'address',
    address: V6.src,
    preferred_lifetime: 1,
    valid_lifetime: 2,
    options: [],
  } as const
  const isForOne = [3, 5, 8, 9].includes(type)
  return packet.encodeDhcp6({
    ...{ type, xid: 7 },
    options: [
      { kind: 'client_id', duid: packet.linkLayerDuid(MAC.guest) },
      ...(isForOne ? [{ kind: 'server_id', duid: packet.linkLayerDuid(MAC.leg) } as const] : []),
      { kind: 'ia_na', iaid: 1, t1: 0, t2: 0, options: [inner] },
      { kind: 'option_request', codes: [23, 24] },
    ],
  })
}

const question = (name: string, edns: boolean): Uint8Array =>
  dns.encodeDns(
    {
      ...{ id: 7, response: false, opcode: 0, rcode: 0, authoritative: false, truncated: false },
      ...{
        recursion_desired: true,
        recursion_available: false,
        authentic_data: false,
        checking_disabled: false,
      },
      questions: [{ name, type: 'A', class: 'IN' }],
      ...{ answers: [], authorities: [], additionals: [] },
      ...(edns && { edns: { udp_size: 4096, version: 0, dnssec_ok: true, options: [] } }),
    },
    512,
  )
const QUESTIONS = [question('vm.one', false), question('vm.one', true), question('elsewhere.example', true)]

const solicitation = packet
  .buildNd(
    { kind: 'router_solicitation', options: [{ kind: 'source_link_layer', mac: MAC.guest }] },
    { src: LINK, dst: packet.ALL_ROUTERS },
  )
  .subarray(40)

const ROUTED = [
  'hop_limit',
  'no_route',
  'address_unreachable',
  'prohibited',
  'no_service',
  'too_big',
] as const
const ND_ENDS = { src: LINK, dst: packet.ALL_ROUTERS }
const DHCP4_ENDS = { src: 0, dst: 0xffff_ffff }
const DHCP6_ENDS = { src: LINK, dst: packet.ALL_DHCP_RELAYS_AND_SERVERS }
const errors = { kind: 'icmp_error', reasons: ROUTED } as const
const asked = { kind: 'dns', reasons: ['dns_query'] } as const

const CASES: Readonly<Record<string, Case>> = {
  'ICMP errors for UDP over IPv4': {
    ...{ ...errors, ...udp(V4, [4000, 33_434], [new Uint8Array(40)]) },
    counted: ['malformed IPv4', 'malformed UDP', 'a later fragment'],
  },
  'ICMP errors for TCP over IPv4': {
    ...{ ...errors, ...tcp(V4, 22, [new Uint8Array(9)]) },
    counted: ['malformed TCP', 'a TCP reset'],
  },
  'ICMP errors for ICMP over IPv4': {
    ...{ ...errors, ends: V4, protocol: 1, counted: ['an ICMP error'] },
    good: [packet.buildIcmp({ type: 8, code: 0, rest: 1, payload: new Uint8Array(20) })],
    mend: (upper) => writeSum(upper, 2, packet.internetChecksum),
  },
  'ICMP errors for UDP over IPv6': {
    ...{ ...errors, ...udp(V6, [4000, 33_434], [new Uint8Array(40)]) },
    counted: ['malformed IPv6', 'malformed UDP'],
  },
  'ICMP errors for TCP over IPv6': {
    ...{ ...errors, ...tcp(V6, 22, [new Uint8Array(9)]) },
    counted: ['malformed TCP', 'a TCP reset'],
  },
  'ICMP errors for ICMPv6': {
    ...{ ...errors, ends: V6, protocol: 58, mend: mender(V6, 58, 2), counted: ['an ICMP error'] },
    good: [packet.buildIcmpv6({ type: 128, code: 0, rest: 1, payload: new Uint8Array(20) }, V6)],
  },
  'ND: router solicitations': {
    ...{ kind: 'router_solicitation', reasons: ['router_solicitation'], ends: ND_ENDS, hop_limit: 255 },
    ...{ protocol: 58, good: [solicitation], mend: mender(ND_ENDS, 58, 2) },
    counted: ['malformed IPv6', 'malformed router solicitation'],
  },
  DHCPv4: {
    ...{ kind: 'dhcp4', reasons: ['dhcp4'], ...udp(DHCP4_ENDS, [68, 67], [1, 3, 4, 7, 8].map(dhcp4)) },
    counted: ['malformed UDP', 'an option exceeds its field', 'BOOTP: no DHCP cookie', 'for another server'],
  },
  DHCPv6: {
    ...{
      kind: 'dhcp6',
      reasons: ['dhcp6'],
      ...udp(DHCP6_ENDS, [546, 547], [1, 3, 4, 5, 6, 8, 9, 11].map(dhcp6)),
    },
    counted: ['malformed UDP', 'a malformed option', 'an unknown message type', 'no client identifier'],
  },
  'DNS over UDP and IPv4': {
    ...{ ...asked, ...udp(V4, [4000, 53], QUESTIONS) },
    counted: ['malformed UDP', 'malformed DNS', 'an answer that nobody asked for'],
  },
  'DNS over UDP and IPv6': {
    ...{ ...asked, ...udp(V6, [4000, 53], QUESTIONS) },
    counted: ['malformed UDP', 'malformed DNS', 'an answer that nobody asked for'],
  },
  'DNS over TCP and IPv4': {
    ...{ ...asked, ...tcp(V4, 53, QUESTIONS.map(dns.frameDns)) },
    counted: ['malformed TCP', 'a TCP reset'],
  },
  'DNS over TCP and IPv6': {
    ...{ ...asked, ...tcp(V6, 53, QUESTIONS.map(dns.frameDns)) },
    counted: ['malformed TCP', 'a TCP reset'],
  },
}

const toFrame = ({ ends, protocol, hop_limit = 64 }: Case, payload: Uint8Array): Uint8Array => {
  const eth_type = typeof ends.src === 'number' ? 0x0800 : 0x86dd
  const whole = packet.buildIp({ ends, protocol, payload })
  if (eth_type === 0x86dd) whole[7] = hop_limit
  return packet.buildEthernet({ src: MAC.guest, dst: MAC.leg, eth_type, payload: whole })
}

/** The same numbers in each run. */
const numbers = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
type Random = ReturnType<typeof numbers>

const spoil = (bytes: Uint8Array, random: Random): void => {
  if (bytes.length === 0) return
  for (let changes = random(4) + 1; changes > 0; changes -= 1) bytes[random(bytes.length)] = random(256)
}
const cut = (bytes: Uint8Array, random: Random): Uint8Array => bytes.subarray(0, random(bytes.length + 1))

/** So that not all that is wrong in a header of IPv4 is its checksum. */
const mendHeader = (frame: Uint8Array): void => {
  if (frame.length >= 34 && frame[12] === 8 && frame[14] === 0x45)
    writeSum(frame.subarray(14, 34), 10, packet.internetChecksum)
}

/** Octets changed or cut, of the whole frame or of what its IP header carries; there with a checksum that is right, or not. */
const rubbish = (one: Case, n: number, random: Random): Uint8Array => {
  const upper = Uint8Array.from(one.good[n % one.good.length]!)
  const isCut = random(4) === 0
  if (random(3) === 0) {
    const frame = toFrame(one, upper)
    spoil(frame, random)
    if (random(2) === 0) mendHeader(frame)
    return isCut ? cut(frame, random) : frame
  }
  spoil(upper, random)
  const rest = isCut ? cut(upper, random) : upper
  if (random(4) > 0) one.mend(rest)
  return toFrame(one, rest)
}

const punted = ({ kind, reasons }: Case, data: Uint8Array, n: number): NxtPacketIn2 => {
  const reason = PUNT_REASONS[reasons[n % reasons.length]!].number
  const reg5 = reason * 256 + PUNT_KINDS[kind].number
  const registers = { metadata: 1n, reg0: 1, reg2: 8, reg3: 1, reg5, reg6: 1 }
  const met = Object.entries(registers).map(([field, value]) => ({ field, value, mask: null }))
  return {
    ...{ type: 'nxt_packet_in2', xid: 0 },
    properties: [
      { type: 'packet', data },
      { type: 'metadata', metadata: met as never },
      { type: 'userdata', userdata: Uint8Array.of(PUNT_KINDS[kind].number) },
    ],
  }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const usedHeap = (): number => {
  collect()
  return process.memoryUsage().heapUsed
}

const EACH = 5000
/** Octets: the answers that wait in the connections of a guest (8 of 64 KiB), and the noise of the collector. */
const MOST_GROWTH = 2 * 2 ** 20

const view = viewOf(ROWS)
for (const [name, one] of Object.entries(CASES)) {
  t.test(name, async (t) => {
    const lines: string[] = []
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
    const programs = new Programs({ features: FEATURES, view: () => view, log })
    const outcomes = new Map<string, number>()
    const send = (data: Uint8Array, n: number): void => {
      const { outcome } = programs.answer('0x0000000000000001', punted(one, data, n))
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    for (const [n, good] of one.good.entries()) send(toFrame(one, good), n)
    t.notOk(
      [...outcomes.keys()].some((outcome) => outcome.startsWith('malformed')),
      'what is right is understood',
    )
    const random = numbers(name.length)
    const round = (): void => {
      for (let n = 0; n < EACH; n += 1) send(rubbish(one, n, random), n)
    }
    round()
    const before = usedHeap()
    round()
    const grown = usedHeap() - before
    t.ok(grown < MOST_GROWTH, `${grown} octets more`)
    t.equal(outcomes.get('failed'), undefined, lines[0] ?? 'no program failed')
    const missing = one.counted.filter((reason) => !outcomes.has(reason))
    t.strictSame(missing, [], [...outcomes.keys()].join(', '))
    t.ok(outcomes.size <= 40, `${outcomes.size} reasons`)
    t.ok((outcomes.get('answered') ?? 0) > 0, 'and what can be answered is')
  })
}
