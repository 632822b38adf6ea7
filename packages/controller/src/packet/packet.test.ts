/** Golden bytes (captured from a Linux host or printed in the RFCs) both ways, and properties. */
import fc from 'fast-check'
import t from 'tap'
import * as packet from './index.ts'

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))
const octets = (maxLength = 64) => fc.uint8Array({ maxLength })
const u16 = fc.integer({ min: 0, max: 0xffff })
const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const mac = fc.integer({ min: 0, max: 0xffff_ffff_ffff })
const ends = { src: packet.toIpv4('172.16.1.1'), dst: packet.toIpv4('172.16.1.2') }
const ends6 = { src: 0x20010db8_00000000_00000000_00000001n, dst: 0xfe80_0000_0000_0000_0000_0000_0000_0002n }

t.test('the checksum of RFC 1071 §3 is that of the RFC', async (t) => {
  t.equal(packet.internetChecksum(bytes('0001 f203 f4f5 f6f7')), ~0xddf2 & 0xffff)
  t.equal(packet.internetChecksum(bytes('0001 f2')), ~(0x0001 + 0xf200) & 0xffff, 'an odd octet is padded')
})

t.test('the incremental checksum of RFC 1624 §4 is that of the RFC', async (t) => {
  t.equal(packet.adjustChecksum(0xdd2f, 0x5555, 0x3285), 0x0000)
})

t.test('an incremental checksum is the one computed afresh', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 64 }), u16, (data, word) => {
      const before = packet.readU16(data, 2)
      data[0] = 1
      const checksum = packet.internetChecksum(data)
      const changed = Uint8Array.from(data)
      packet.writeU16(changed, 2, word)
      const afresh = packet.internetChecksum(changed)
      const bytewise = packet.adjustChecksumBytes(checksum, data.subarray(2, 4), changed.subarray(2, 4))
      return packet.adjustChecksum(checksum, before, word) === afresh && bytewise === afresh
    }),
  )
})

t.test('an echo request of Linux ping parses and builds to the same bytes', async (t) => {
  const frame = bytes(`
    52540d8402 00 52540d8401 00 0800
    4500 0054 dd5c 4000 40 01 032a ac100101 ac100102
    0800 d5a1 2eee 0001 d0b4 5d69 0000 0000 88f1 0a00 0000 0000
    1011 1213 1415 1617 1819 1a1b 1c1d 1e1f 2021 2223 2425 2627 2829 2a2b 2c2d 2e2f 3031 3233 3435 3637`)
  // The checksums above are recomputed: only the layout is golden.
  const ethernet = packet.parseEthernet(frame)!
  const fresh = Uint8Array.from(ethernet.payload)
  packet.writeU16(fresh, 10, 0)
  packet.writeU16(fresh, 10, packet.internetChecksum(fresh.subarray(0, 20)))
  packet.writeU16(fresh, 22, 0)
  packet.writeU16(fresh, 22, packet.internetChecksum(fresh.subarray(20)))
  const ipv4 = packet.parseIpv4(fresh)!
  t.match(ipv4, { ttl: 64, protocol: 1, id: 0xdd5c, dont_fragment: true, ...ends })
  const icmp = packet.parseIcmp(ipv4.payload)!
  t.match(icmp, { type: packet.ICMP_TYPE.echo_request, code: 0 })
  t.same(packet.buildIpv4({ ...ipv4, payload: packet.buildIcmp(icmp) }), fresh)
  t.same(packet.buildEthernet(ethernet), frame)
})

t.test('an IPv4 header with a known checksum', async (t) => {
  const header = bytes('4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7')
  const whole = packet.concat(header, new Uint8Array(0x73 - 20))
  const parsed = packet.parseIpv4(whole)!
  t.match(parsed, {
    ttl: 64,
    protocol: 17,
    src: packet.toIpv4('192.168.0.1'),
    dst: packet.toIpv4('192.168.0.199'),
  })
  t.same(packet.buildIpv4(parsed), whole)
})

t.test('an ARP request parses and builds to the same bytes, padding aside', async (t) => {
  const request = bytes('0001 0800 06 04 0001 52540d840100 ac100101 000000000000 ac100102')
  const arp = packet.parseArp(packet.concat(request, new Uint8Array(18)))!
  t.same(arp, { op: 1, sha: 0x52540d840100, spa: ends.src, tha: 0, tpa: ends.dst })
  t.same(packet.buildArp(arp), request)
  t.equal(
    packet.parseArp(bytes('0006 0800 06 04 0001 52540d840100 ac100101 000000000000 ac100102')),
    undefined,
  )
})

t.test('what was built parses to what was given', async () => {
  fc.assert(
    fc.property(mac, mac, u16, octets(), (dst, src, eth_type, payload) => {
      const parsed = packet.parseEthernet(packet.buildEthernet({ dst, src, eth_type, payload }))!
      return parsed.dst === dst && parsed.src === src && parsed.eth_type === eth_type
    }),
  )
  fc.assert(
    fc.property(u32, u16, octets(), fc.constantFrom(ends, ends6), (sequence, src, payload, between) => {
      const segment = { src, dst: 80, sequence, acknowledgement: 7, flags: 2, window: 9, urgent: 0 }
      const options = bytes('020405b4')
      const tcp = packet.parseTcp(packet.buildTcp({ ...segment, options, payload }, between), between)!
      return tcp.src === src && tcp.sequence === sequence && Buffer.compare(tcp.payload, payload) === 0
    }),
  )
  fc.assert(
    fc.property(u16, u16, octets(), fc.constantFrom(ends, ends6), (src, dst, payload, between) => {
      const udp = packet.parseUdp(packet.buildUdp({ src, dst, payload }, between), between)!
      return udp.src === src && udp.dst === dst && Buffer.compare(udp.payload, payload) === 0
    }),
  )
  fc.assert(
    fc.property(fc.nat(7), fc.nat(1), fc.nat(4095), u16, octets(), (pcp, dei, vid, eth_type, payload) => {
      const vlan = packet.parseVlan(packet.buildVlan({ pcp, dei, vid, eth_type, payload }))!
      return vlan.pcp === pcp && vlan.dei === dei && vlan.vid === vid && vlan.eth_type === eth_type
    }),
  )
  fc.assert(
    fc.property(fc.nat(255), fc.nat(0xfffff), octets(), (traffic_class, flow_label, payload) => {
      const header = { traffic_class, flow_label, next_header: 58, hop_limit: 255, ...ends6, payload }
      const ipv6 = packet.parseIpv6(packet.buildIpv6(header))!
      return ipv6.traffic_class === traffic_class && ipv6.flow_label === flow_label && ipv6.dst === ends6.dst
    }),
  )
})

t.test('whatever arrives, parsing gives a packet or nothing and never throws', async () => {
  const parsers = [
    packet.parseEthernet,
    packet.parseVlan,
    packet.parseArp,
    packet.parseIpv4,
    packet.parseIpv6,
    packet.parseIcmp,
    (data: Uint8Array) => packet.parseUdp(data, ends),
    (data: Uint8Array) => packet.parseTcp(data, ends6),
  ]
  for (const parse of parsers) fc.assert(fc.property(octets(96), (data) => void parse(data)))
})

t.test('a flipped bit in a datagram or a header is noticed', async () => {
  const datagram = packet.buildUdp({ src: 1, dst: 2, payload: bytes('010203') }, ends)
  const whole = packet.buildIpv4({ protocol: 17, ...ends, payload: datagram })
  fc.assert(
    fc.property(fc.nat(19), fc.nat(7), (at, bit) => {
      const broken = Uint8Array.from(whole)
      broken[at]! ^= 1 << bit
      return packet.parseIpv4(broken) === undefined
    }),
  )
  fc.assert(
    fc.property(fc.nat(3), fc.nat(7), (at, bit) => {
      const broken = Uint8Array.from(datagram)
      broken[at]! ^= 1 << bit
      return packet.parseUdp(broken, ends) === undefined
    }),
  )
})

t.test('addresses as text and back', async (t) => {
  t.equal(packet.formatMac(packet.toMac('02:fd:ee:8e:0a:44')), '02:fd:ee:8e:0a:44')
  t.equal(packet.formatIpv4(packet.toIpv4('255.0.16.254')), '255.0.16.254')
})
