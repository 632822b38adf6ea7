import { formatFlow, formatMeter, type OxmField } from '@openvnet/openflow'
import { toIpAddress } from '@openvnet/schema'
import t from 'tap'
import { compile, type Guest, linesOf, type Rows, viewOf } from '../../../test/flow_lines.ts'
import type { PacketAnswer, PuntedPacket } from '../../engine/packet.ts'
import {
  buildEthernet,
  buildIpv4,
  buildIpv6,
  buildUdp,
  type Ipv4Fields,
  toIpv4,
  toMac,
  transportChecksum,
} from '../../packet/index.ts'
import { packetOut, readSlice } from '../../pipeline/packets.ts'
import { icmpErrorHandler } from './handler.ts'

const networks = { 1: '172.16.1.0', 2: '172.16.2.0' }
const guest: Guest = { id: 1, mac: '52:54:00:00:00:01', addresses: { 1: '172.16.1.1' } }
const alone: Guest = { id: 2, mac: '52:54:00:00:00:02', addresses: { 2: '172.16.2.3' } }
const leg: Guest = { id: 8, mode: 'simulated', mac: '52:54:00:74:00:00', addresses: { 1: '172.16.1.254' } }

t.test('a guest that reaches a router has a meter and a way to the program; others have none', async (t) => {
  const tables = await compile({ networks, interfaces: [guest, alone, leg] }, 2)
  t.strictSame([...tables.meters.values()].map(formatMeter), [
    'meter=1090519041 pktps burst bands=type=drop rate=50 burst_size=100',
  ])
  t.strictSame(linesOf(tables, 'icmp'), [
    'table=punt, priority=200,reg0=0x1,reg5=0x1/0xff actions=meter:1090519041,controller(userdata=01)',
  ])
  const [flow] = [...tables.flows.values()].filter((each) => each.table_id === 100 && each.priority > 0)
  t.equal(flow!.why, 'A program answers if-1, at most 50 times a second: icmp_error.')
  t.match(formatFlow(flow!.content), 'table=100')
})

/** Ones' complement of the ones' complement sum, by long arithmetic: RFC 1071 §1, unlike `internetChecksum`. */
const sumOf = (bytes: Uint8Array): bigint => {
  let sum = 0n
  for (let at = 0; at < bytes.length; at += 2) sum += BigInt(bytes[at]! * 256 + (bytes[at + 1] ?? 0))
  return sum % 0xffffn
}

const rows: Rows = {
  networks,
  interfaces: [
    { ...guest, addresses: { 1: ['172.16.1.1', 'fd00:1::1'] } },
    { ...leg, addresses: { 1: ['172.16.1.254', 'fd00:1::fe'] } },
  ],
}
const view = viewOf(rows)

const frameOf = (more: Partial<Ipv4Fields> = {}): Uint8Array => {
  const ends = { src: toIpv4('172.16.1.1'), dst: toIpv4('172.16.2.3') }
  const payload = buildUdp({ src: 4000, dst: 33_434, payload: Uint8Array.of(1, 2, 3, 4, 5) }, ends)
  return buildEthernet({
    src: toMac(guest.mac!),
    dst: toMac(leg.mac!),
    eth_type: 0x0800,
    payload: buildIpv4({ ...ends, protocol: 17, payload, ...more }),
  })
}

const ask = (frame: Uint8Array, more: Partial<PuntedPacket> = {}, read = view): PacketAnswer => {
  const met = {
    dpid: '0x1',
    reason: 'hop_limit',
    ingress_interface: 1,
    domain: 1,
    leg: 8,
    router: 0,
    ingress_domain: 1,
  } as const
  return icmpErrorHandler.handle({ ...met, frame, ...more }, { view: read, state: undefined, now: 0 })
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

t.test('time exceeded, to the octet', async (t) => {
  const frame = frameOf({ ttl: 1 })
  const answer = ask(frame)
  if (!('send' in answer)) throw new Error(answer.dropped)
  const [sent] = answer.send
  t.match(sent, { at: 'bridging', slices: { domain: 1 } })
  const bytes = sent!.frame
  t.equal(hex(bytes.subarray(0, 14)), '525400000001' + '525400740000' + '0800')
  // Version and length, DSCP 48, 61 octets, no id, no flags, TTL 64, ICMP.
  t.equal(hex(bytes.subarray(14, 24)), '45c0003d000000004001')
  t.equal(hex(bytes.subarray(26, 34)), 'ac1001fe' + 'ac100101')
  t.equal(sumOf(bytes.subarray(14, 34)), 0n, 'checksum of the header')
  t.equal(hex(bytes.subarray(34, 36)), '0b00')
  t.equal(sumOf(bytes.subarray(34)), 0n, 'checksum of the message')
  t.equal(hex(bytes.subarray(42)), hex(frame.subarray(14)), 'the packet as it came')
})

t.test('a packet that was routed already is answered as the router reaches its sender', async (t) => {
  const routed = frameOf()
  routed.set([2, 2, 2, 2, 2, 2], 6)
  const answer = ask(routed, { reason: 'address_unreachable', domain: 2, ingress_domain: 2, router: 4 })
  t.strictSame(answer, { dropped: 'the router has no address' })
  const elsewhere = viewOf({ ...rows, interfaces: [leg, { ...guest, addresses: { 2: '172.16.2.1' } }] })
  t.match(ask(routed, { reason: 'address_unreachable', domain: 2, router: 4 }, elsewhere), {
    send: [{ at: 'route', slices: { router: 4, counted: 1 } }],
  })
  t.strictSame(ask(routed, {}, elsewhere), { dropped: 'the way back is not known' })
  t.strictSame(ask(frameOf(), { leg: 7 }), { dropped: 'the way back is not known' }, 'the leg is gone')
  t.strictSame(ask(frameOf(), { ingress_domain: 2 }), { dropped: 'the router has no address' })
  const beside = ask(routed, { domain: 2, router: 4 })
  t.match(beside, { send: [{ at: 'bridging', slices: { domain: 1 } }] }, 'who is beside it, beside it')
  if (!('send' in beside)) throw new Error(beside.dropped)
  t.equal(hex(beside.send[0]!.frame.subarray(0, 12)), '525400000001' + '525400740000')
})

t.test('over IPv6: the causes of RFC 4443, with the checksum of its pseudo header', async (t) => {
  const [src, dst] = [toIpAddress('fd00:1::1').value, toIpAddress('fd00:2::3').value]
  const payload = buildUdp({ src: 4000, dst: 33_434, payload: new Uint8Array(2000) }, { src, dst })
  const packet = buildIpv6({
    ...{ src, dst, traffic_class: 0, flow_label: 0, hop_limit: 1, next_header: 17, payload },
  })
  const frame = buildEthernet({
    ...{ src: toMac(guest.mac!), dst: toMac(leg.mac!), eth_type: 0x86dd, payload: packet },
  })
  const typeAndCode = { hop_limit: '0300', no_route: '0100', address_unreachable: '0103', prohibited: '0101' }
  for (const [reason, expected] of Object.entries(typeAndCode)) {
    const answer = ask(frame, { reason: reason as keyof typeof typeAndCode })
    if (!('send' in answer)) throw new Error(answer.dropped)
    const bytes = answer.send[0]!.frame
    t.equal(hex(bytes.subarray(12, 14)), '86dd')
    t.equal(bytes.length - 14, 1280, 'as much as every link takes')
    t.equal(hex(bytes.subarray(54, 56)), expected, reason)
    t.equal(hex(bytes.subarray(22, 38)), 'fd0000010000000000000000000000fe', 'from the leg')
    t.equal(hex(bytes.subarray(38, 54)), 'fd000001000000000000000000000001', 'to the sender')
    const message = bytes.subarray(54)
    const ends = { src: toIpAddress('fd00:1::fe').value, dst: src }
    t.equal(transportChecksum(ends, 58, message), 0, 'the checksum holds')
    t.equal(hex(message.subarray(8)), hex(packet.subarray(0, 1232)), 'the packet as it came')
  }
  const far = ask(frame, { reason: 'no_service' })
  if (!('send' in far)) throw new Error(far.dropped)
  t.equal(hex(far.send[0]!.frame.subarray(54, 56)), '0104', 'port unreachable')
})

t.test('what a route prohibits is said to be prohibited', async (t) => {
  const answer = ask(frameOf(), { reason: 'prohibited' })
  if (!('send' in answer)) throw new Error(answer.dropped)
  t.equal(hex(answer.send[0]!.frame.subarray(34, 36)), '030d')
})

t.test('a packet-out loads what the pipeline needs and enters at a stage', async (t) => {
  const { actions, in_port } = packetOut({ frame: frameOf(), at: 'bridging', slices: { domain: 7, leg: 3 } })
  t.strictSame(actions, [
    { type: 'reg_load', dst: { field: 'metadata', offset: 0, bits: 32 }, value: 7n },
    { type: 'reg_load', dst: { field: 'reg2', offset: 0, bits: 32 }, value: 3n },
    { type: 'resubmit_table', in_port: 0xfff8, table: 58 },
  ])
  t.equal(in_port, 0xfffffffd)
  const fields: OxmField[] = [
    { field: 'reg5', value: 0x301, mask: null },
    { field: 'metadata', value: 0xffff_0000_0007n, mask: null },
  ]
  t.strictSame(
    [readSlice('punt_reason', fields), readSlice('punt_kind', fields), readSlice('leg', fields)],
    [3, 1, 0],
  )
  t.equal(readSlice('domain', fields), 7)
})
