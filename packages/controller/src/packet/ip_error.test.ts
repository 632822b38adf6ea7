/** ICMP errors of both families, what gets none, and the chain of IPv6 headers that this needs to see. */
import fc from 'fast-check'
import t from 'tap'
import * as packet from './index.ts'

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))
const ip = packet.toIpv4
const host = { src: ip('10.0.1.2'), dst: ip('10.0.2.2') }
const host6 = { src: (0xfd00_0001n << 96n) | 2n, dst: (0xfd00_0002n << 96n) | 2n }
const leg = ip('10.0.1.1')
const leg6 = (0xfd00_0001n << 96n) | 1n
const unicast = { eth_dst: packet.toMac('02:00:00:00:00:01') }
const group = { eth_dst: packet.toMac('33:33:00:00:00:01') }
const probe = packet.buildUdp({ src: 40000, dst: 33434, payload: new Uint8Array(1400) }, host)
const probe6 = packet.buildUdp({ src: 40000, dst: 33434, payload: new Uint8Array(1400) }, host6)
const ipv4 = (fields: Partial<packet.Ipv4> = {}) =>
  packet.buildIpv4({ protocol: 17, ...host, payload: probe, ...fields })
const ipv6 = (fields: Partial<packet.Ipv6> = {}): Uint8Array =>
  packet.buildIpv6({
    traffic_class: 0,
    flow_label: 0,
    next_header: 17,
    hop_limit: 1,
    ...host6,
    payload: probe6,
    ...fields,
  })

t.test('an error over IPv4 quotes what fits into 576 octets', async (t) => {
  const long = ipv4({ ttl: 1 })
  const error = packet.parseIpv4(packet.buildIpv4Error({ cause: 'hop_limit' }, long, leg)!)!
  t.match(error, { src: leg, dst: host.src, protocol: 1, dscp: 48, dont_fragment: false, fragment_offset: 0 })
  const icmp = packet.parseIcmp(error.payload)!
  t.match(icmp, { type: 11, code: 0, rest: 0 })
  t.same(icmp.payload, long.subarray(0, 548))
  const short = ipv4({ payload: probe.subarray(0, 30) })
  const padded = packet.concat(short, new Uint8Array(10))
  const quoted = packet.parseIpv4(packet.buildIpv4Error({ cause: 'port_unreachable' }, padded, leg)!)!
  t.same(packet.parseIcmp(quoted.payload), { type: 3, code: 3, rest: 0, payload: short }, 'without padding')
  t.equal(packet.buildIpv4Error({ cause: 'hop_limit' }, short.subarray(0, 40), leg), undefined, 'cut')
})

t.test('an error over IPv6 quotes what fits into 1280 octets', async (t) => {
  const error = packet.parseIpv6(packet.buildIpv6Error({ cause: 'too_big', mtu: 1400 }, ipv6(), leg6)!)!
  t.match(error, { src: leg6, dst: host6.src, next_header: 58, hop_limit: 64 })
  t.equal(error.payload.length, 1240)
  const icmp = packet.parseIcmpv6(error.payload, error)!
  t.match(icmp, { type: 2, code: 0, rest: 1400 })
  t.same(icmp.payload, ipv6().subarray(0, 1232))
  t.equal(packet.parseIcmpv6(error.payload, { ...error, src: 1n }), undefined, 'the addresses are summed too')
})

t.test('types and codes are those of the RFCs', async (t) => {
  const small = ipv4({ payload: probe.subarray(0, 8) })
  const small6 = ipv6({ payload: probe6.subarray(0, 8) })
  const numbers = (error: packet.IpError): number[] => {
    const v4 = packet.parseIcmp(packet.parseIpv4(packet.buildIpv4Error(error, small, leg)!)!.payload)!
    const outer = packet.parseIpv6(packet.buildIpv6Error(error, small6, leg6)!)!
    const v6 = packet.parseIcmpv6(outer.payload, outer)!
    return [v4.type, v4.code, v4.rest, v6.type, v6.code, v6.rest]
  }
  t.same(numbers({ cause: 'no_route' }), [3, 0, 0, 1, 0, 0])
  t.same(numbers({ cause: 'address_unreachable' }), [3, 1, 0, 1, 3, 0])
  t.same(numbers({ cause: 'protocol_unreachable', named_at: 6 }), [3, 2, 0, 4, 1, 6])
  t.same(numbers({ cause: 'port_unreachable' }), [3, 3, 0, 1, 4, 0])
  t.same(numbers({ cause: 'too_big', mtu: 1450 }), [3, 4, 1450, 2, 0, 1450])
  t.same(numbers({ cause: 'prohibited' }), [3, 13, 0, 1, 1, 0])
  t.same(numbers({ cause: 'beyond_scope' }).slice(3), [1, 2, 0])
  t.same(numbers({ cause: 'hop_limit' }), [11, 0, 0, 3, 0, 0])
  t.same(numbers({ cause: 'reassembly_time' }), [11, 1, 0, 3, 1, 0])
})

t.test('what gets no error over IPv4', async (t) => {
  const refusal = (fields: Partial<packet.Ipv4>, arrival: packet.Arrival = unicast) =>
    packet.ipv4ErrorRefusal(packet.parseIpv4(ipv4(fields))!, arrival)
  const icmp = (type: number) => ({ protocol: 1, payload: bytes(`${type.toString(16).padStart(2, '0')}00`) })
  t.equal(refusal({}), undefined)
  t.equal(refusal({ more_fragments: true, dont_fragment: false }), undefined, 'a first fragment')
  t.equal(refusal({ fragment_offset: 8, dont_fragment: false }), 'a later fragment')
  for (const type of [0, 8, 13]) t.equal(refusal(icmp(type)), undefined, `ICMP type ${type}`)
  for (const type of [3, 4, 5, 11, 12, 200])
    t.equal(refusal(icmp(type)), 'an ICMP error', `ICMP type ${type}`)
  t.equal(refusal({ protocol: 1, payload: bytes('') }), 'an ICMP error', 'its type is not there')
  for (const dst of ['224.0.0.1', '255.255.255.255'])
    t.equal(refusal({ dst: ip(dst) }), 'multicast or broadcast', dst)
  const arrival = { ...unicast, broadcasts: [ip('10.0.2.255')] }
  t.equal(refusal({ dst: ip('10.0.2.255') }, arrival), 'multicast or broadcast', 'directed')
  t.equal(refusal({ src: ip('10.0.2.255') }, arrival), 'its source is no single host', 'directed')
  for (const src of ['0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255'])
    t.equal(refusal({ src: ip(src) }), 'its source is no single host', src)
  t.equal(refusal({}, { eth_dst: packet.BROADCAST_MAC }), 'multicast or broadcast of the link')
})

t.test('what gets no error over IPv6', async (t) => {
  const refusal = (
    fields: Partial<packet.Ipv6>,
    cause: packet.IpError['cause'] = 'hop_limit',
    arrival = unicast,
  ) => packet.ipv6ErrorRefusal(packet.parseIpv6(ipv6(fields))!, arrival, cause)
  const icmp = (type: number) => ({ next_header: 58, payload: Uint8Array.of(type, 0) })
  t.equal(refusal({}), undefined)
  for (const type of [128, 129, 135]) t.equal(refusal(icmp(type)), undefined, `ICMPv6 type ${type}`)
  for (const type of [1, 4, 100, 137]) t.equal(refusal(icmp(type)), 'an ICMP error', `ICMPv6 type ${type}`)
  const behind = { next_header: 60, payload: bytes('3a00 0104 00000000 0100') }
  t.equal(refusal(behind), 'an ICMP error', 'behind destination options')
  t.equal(refusal({ next_header: 60, payload: bytes('3a01 0104 0000') }), 'malformed')
  const later = { next_header: 44, payload: bytes('1100 0008 00000001 ffff') }
  t.equal(refusal(later), 'a later fragment')
  t.equal(refusal(later, 'too_big'), undefined)
  t.equal(refusal({ ...later, payload: bytes('3a00 0008 00000001 ffff') }, 'too_big'), 'a later fragment')
  t.equal(refusal({ next_header: 44, payload: bytes('1100 0001 00000001 ffff') }), undefined, 'the first')
  t.equal(refusal({ dst: packet.ALL_NODES }), 'multicast or broadcast')
  t.equal(refusal({ dst: packet.ALL_NODES }, 'too_big', group), undefined, 'RFC 4443 §2.4e.3')
  t.equal(refusal({}, 'hop_limit', group), 'multicast or broadcast of the link')
  for (const src of [0n, 1n, packet.ALL_NODES])
    t.equal(refusal({ src }), 'its source is no single host', src.toString(16))
})

t.test('the chain of IPv6 headers', async (t) => {
  const walk = (next_header: number, hex: string) =>
    packet.walkIpv6(packet.parseIpv6(ipv6({ next_header, payload: bytes(hex) }))!)
  // Hop-by-hop with router alert for MLD and PadN, as Linux sends it.
  t.same(walk(0, '3a00 0502 0000 0100 8f00'), {
    protocol: 58,
    payload: bytes('8f00'),
    named_at: 40,
    router_alert: 0,
  })
  // Routing header, fragment header, destination options, UDP.
  t.same(walk(43, '2c00 0000 00000000 3c00 0001 12345678 1100 0104 00000000 abcd'), {
    protocol: 17,
    payload: bytes('abcd'),
    named_at: 56,
    fragment: {
      id: 0x12345678,
      offset: 0,
      more: true,
      next_header: 60,
      data: bytes('1100 0104 00000000 abcd'),
    },
  })
  t.match(walk(44, '3c00 05b9 12345678 abcd'), {
    protocol: 60,
    payload: bytes('abcd'),
    fragment: { offset: 1464, more: true },
  })
  t.match(walk(51, '0604 0000 00000001 00000002 000102030405060708090a0b abcd'), { protocol: 6 })
  t.match(walk(59, 'ffff'), { protocol: 59, named_at: 6 })
  t.equal(
    walk(60, '0000 0104 00000000 3a00 0104 00000000'),
    undefined,
    'hop-by-hop is in front or not at all',
  )
  t.equal(walk(0, '3a00 05ff 0000 0100'), undefined, 'an option longer than its header')
  t.equal(walk(44, '1100 0001'), undefined, 'cut')
})

t.test('addresses that follow from others', async (t) => {
  const mac = packet.toMac('34:56:78:9a:bc:de')
  // RFC 4291, appendix A; RFC 4291 §2.7.1.
  t.equal(packet.linkLocalAddress(mac), 0xfe80_0000_0000_0000_3656_78ff_fe9a_bcden)
  t.equal(packet.eui64Address(0x2001_0db8n << 96n, mac), 0x2001_0db8_0000_0000_3656_78ff_fe9a_bcden)
  const solicited = packet.solicitedNodeAddress(0x4037_0000_0000_0000_0001_0800_200e_8c6cn)
  t.equal(solicited, 0xff02_0000_0000_0000_0000_0001_ff0e_8c6cn)
  t.equal(packet.formatMac(packet.multicastMacIpv6(solicited)), '33:33:ff:0e:8c:6c')
  t.ok(packet.isMulticastIpv6(solicited))
  t.ok(packet.isLinkLocal(packet.linkLocalAddress(mac)))
  t.notOk(packet.isLinkLocal(0xfec0n << 112n))
})

t.test('whatever arrives, an error is built, refused or neither, and nothing throws', async () => {
  const octets = fc.uint8Array({ maxLength: 96 })
  const byte = fc.nat(255)
  fc.assert(
    fc.property(octets, byte, (payload, next_header) => {
      const offending = ipv6({ payload, next_header })
      const whole = packet.parseIpv6(offending)!
      packet.ipv6ErrorRefusal(whole, unicast, 'hop_limit')
      const chain = packet.walkIpv6(whole)
      const inside = chain === undefined || chain.payload.length <= payload.length
      return inside && packet.buildIpv6Error({ cause: 'no_route' }, offending, leg6) !== undefined
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(octets, (data) => {
      packet.buildIpv4Error({ cause: 'no_route' }, data, leg)
      packet.buildIpv6Error({ cause: 'no_route' }, data, leg6)
      packet.parseIcmpv6(data, host6)
    }),
  )
})
