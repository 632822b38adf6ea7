/**
 * Switches that send packet-ins to a controller and count its packet-outs: PORT SWITCHES SECONDS [routed|dhcp]. Prints one line
 * of JSON. Each packet goes to a MAC address that nobody has seen: a learning switch answers it with one packet-out. With
 * `routed` they are packets that a router punts, with a TTL that has run out: vnetd answers each with an ICMP error. With `dhcp` a
 * guest asks for its address, by discover and request in turns: vnetd answers each with an offer or acknowledgement.
 */
import { setTimeout as delay } from 'node:timers/promises'
import {
  BROADCAST_MAC,
  buildEthernet,
  buildIpv4,
  buildUdp,
  ETH_TYPE,
  encodeDhcp4,
  IP_PROTO,
  u32s,
} from '@openvnet/controller/packet'
import { type NxtPacketIn2, OFP_NO_BUFFER, OFPR, type PacketIn } from '@openvnet/openflow'
import { FakeSwitch, fakePort } from '@openvnet/openflow/testing'

const [port, count, seconds] = process.argv.slice(2).map(Number) as [number, number, number]
const mode = process.argv[5]
const FIRST_DPID = 0x9ac_0000n
const PACKET_BYTES = 64
/** Packets under way of all switches together when the controller is to be saturated. */
const UNDER_WAY = 512
const SAMPLES_AT_LEAST = 200
/** A controller may drop what it cannot send at once: after so many milliseconds a window is opened again. */
const LOST_AFTER_MS = 50
const PARTS = 5

const frame = (n: number): Uint8Array => {
  const data = Buffer.alloc(PACKET_BYTES)
  data.writeUIntBE(0x02_00_00_00_ff_fe, 0, 6)
  data.writeUIntBE(0x02_00_00_00_00_00 + (n & 0xff), 6, 6)
  data.writeUInt16BE(0x0800, 12)
  return data
}

const FRAMES = Array.from({ length: 256 }, (_, n) => frame(n))

/**
 * As a flow of the table `punt` sends it: interface 2, come to leg 1 in network 1; see docs/pipeline.md.
 * @param reason with the kind in its lowest octet
 */
const punted = (data: Uint8Array, reason: number): NxtPacketIn2 => ({
  type: 'nxt_packet_in2',
  xid: 0,
  properties: [
    { type: 'packet', data },
    {
      type: 'metadata',
      metadata: [
        { field: 'metadata', value: 1n, mask: null },
        { field: 'reg0', value: 2, mask: null },
        { field: 'reg2', value: 1, mask: null },
        { field: 'reg5', value: reason, mask: null },
        { field: 'reg6', value: 1, mask: null },
      ],
    },
    { type: 'userdata', userdata: Uint8Array.of(reason & 0xff) },
  ],
})

const ROUTED = punted(
  buildEthernet({
    ...{ dst: 0x02_00_00_00_00_01, src: 0x02_00_00_00_00_02, eth_type: ETH_TYPE.ipv4 },
    payload: buildIpv4({
      ...{ protocol: IP_PROTO.udp, src: 0x0a000002, dst: 0x0a010001, ttl: 1 },
      payload: new Uint8Array(PACKET_BYTES - 34),
    }),
  }),
  0x0101,
)

/** What BusyBox asks for. */
const PARAMETERS = Uint8Array.of(1, 3, 6, 12, 15, 28, 42, 121)

/** From 02:00:00:00:00:02, to which 10.0.0.2 is leased by the server 10.0.0.1. */
const dhcp = (type: number, ...options: readonly [number, Uint8Array][]): NxtPacketIn2 => {
  const { bytes } = encodeDhcp4(
    {
      ...{ op: 1, hops: 0, xid: 1, secs: 0, broadcast: false, sname: '', file: '' },
      ...{ ciaddr: 0, yiaddr: 0, siaddr: 0, giaddr: 0, chaddr: 0x02_00_00_00_00_02 },
    },
    [[53, Uint8Array.of(type)] as const, [55, PARAMETERS] as const, ...options].map(([code, data]) => ({
      code,
      data,
    })),
  )
  const ends = { src: 0, dst: 0xffff_ffff }
  const frame = buildEthernet({
    ...{ dst: BROADCAST_MAC, src: 0x02_00_00_00_00_02, eth_type: ETH_TYPE.ipv4 },
    payload: buildIpv4({
      ...{ ...ends, protocol: IP_PROTO.udp },
      payload: buildUdp({ src: 68, dst: 67, payload: bytes }, ends),
    }),
  })
  return punted(frame, 0x2006)
}
const DHCP = [dhcp(1), dhcp(3, [50, u32s(0x0a000002)], [54, u32s(0x0a000001)])]

class Sender {
  readonly fake: FakeSwitch
  underWay = 0
  answered = 0
  onAnswer: () => void = () => {}
  #sent = 0

  constructor(index: number) {
    this.fake = new FakeSwitch({
      datapathId: FIRST_DPID + BigInt(index),
      ports: [fakePort(1, 'p1'), fakePort(2, 'p2')],
      onPacketOut: () => {
        this.answered += 1
        this.underWay = Math.max(0, this.underWay - 1)
        this.onAnswer()
      },
    })
  }

  send(): void {
    this.#sent += 1
    this.underWay += 1
    if (mode !== undefined) {
      this.fake.send(mode === 'dhcp' ? DHCP[this.#sent & 1]! : ROUTED)
      return
    }
    const data = FRAMES[this.#sent & 0xff]!
    const packet: PacketIn = {
      ...{ type: 'packet_in', xid: 0, buffer_id: OFP_NO_BUFFER, total_len: PACKET_BYTES },
      ...{
        reason: OFPR.NO_MATCH,
        table_id: 0,
        cookie: 0n,
        match: [{ field: 'in_port', value: 1, mask: null }],
        data,
      },
    }
    this.fake.send(packet)
  }
}

/** Microseconds, one packet under way in all, the switches in turns. */
const measureLatency = async (senders: readonly Sender[]): Promise<number[]> => {
  const times: number[] = []
  const end = performance.now() + seconds * 1000
  for (let n = 0; times.length < SAMPLES_AT_LEAST || performance.now() < end; n++) {
    const sender = senders[n % senders.length]!
    const start = performance.now()
    await new Promise<void>((resolve) => {
      sender.onAnswer = resolve
      sender.send()
    })
    times.push((performance.now() - start) * 1000)
  }
  return times.slice(times.length / 5)
}

/** Answers in a second, in several parts of the time. */
const measureRate = async (senders: readonly Sender[]): Promise<number[]> => {
  const window = Math.max(1, Math.floor(UNDER_WAY / senders.length))
  const fillWindow = (sender: Sender): void => {
    while (sender.underWay < window) sender.send()
  }
  for (const sender of senders) {
    // Half a window at once: one packet at a time would cost a system call each.
    sender.onAnswer = () => {
      if (sender.underWay <= window / 2) fillWindow(sender)
    }
    fillWindow(sender)
  }
  const before = new Map<Sender, number>()
  const guard = setInterval(() => {
    for (const sender of senders) {
      if (before.get(sender) === sender.answered) sender.underWay = 0
      before.set(sender, sender.answered)
      fillWindow(sender)
    }
  }, LOST_AFTER_MS)
  const rates: number[] = []
  const total = () => senders.reduce((sum, { answered }) => sum + answered, 0)
  await delay(200)
  for (let part = 0; part < PARTS; part++) {
    const [start, from] = [performance.now(), total()]
    await delay((seconds * 1000) / PARTS)
    rates.push(((total() - from) / (performance.now() - start)) * 1000)
  }
  clearInterval(guard)
  for (const sender of senders) sender.onAnswer = () => {}
  return rates
}

const senders = Array.from({ length: count }, (_, index) => new Sender(index))
for (const { fake } of senders) await fake.connect({ host: '127.0.0.1', port })
// Whoever manages switches asks them first for what they have.
await delay(mode !== undefined ? 1500 : 300)
const latency = await measureLatency(senders)
const usage = process.cpuUsage()
const rate = await measureRate(senders)
const { user, system } = process.cpuUsage(usage)
const load = (user + system) / 1e6 / (seconds + 0.2)
process.stdout.write(`${JSON.stringify({ latency, rate, load })}\n`, () => process.exit())
