/** Datagrams split and put together again, in any order; what spoils them, and what bounds them. */
import fc from 'fast-check'
import t from 'tap'
import * as packet from '../index.ts'

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))
const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index & 0xff)
const ip = packet.toIpv4
const ipv4 = (fields: Partial<packet.Ipv4> = {}): packet.Ipv4 =>
  packet.parseIpv4(
    packet.buildIpv4({
      protocol: 17,
      src: ip('10.0.1.2'),
      dst: ip('10.0.1.1'),
      id: 0x1234,
      dont_fragment: false,
      payload: counting(3000),
      ...fields,
    }),
  )!
const ipv6 = (payload: Uint8Array): packet.Ipv6 => ({
  traffic_class: 0,
  flow_label: 5,
  next_header: 58,
  hop_limit: 64,
  src: 1n,
  dst: 2n,
  payload,
})
const parse4 = (fragments: readonly Uint8Array[] | undefined) =>
  (fragments ?? []).map((fragment) => packet.parseIpv4(fragment)!)
const parse6 = (fragments: readonly Uint8Array[] | undefined) =>
  (fragments ?? []).map((fragment) => packet.parseIpv6(fragment)!)

t.test('a datagram of IPv4 in fragments', async (t) => {
  const whole = ipv4()
  const parts = parse4(packet.fragmentIpv4(whole, 1500))
  t.match(parts, [
    { fragment_offset: 0, more_fragments: true, payload: { length: 1480 }, id: 0x1234 },
    { fragment_offset: 1480, more_fragments: true, payload: { length: 1480 }, id: 0x1234 },
    { fragment_offset: 2960, more_fragments: false, payload: { length: 40 }, id: 0x1234 },
  ])
  const again = parse4(packet.fragmentIpv4(parts[1]!, 1000))
  t.match(again, [
    { fragment_offset: 1480, more_fragments: true, payload: { length: 976 } },
    { fragment_offset: 2456, more_fragments: true, payload: { length: 504 } },
  ])
  t.same(packet.fragmentIpv4(whole, 3020), [packet.buildIpv4(whole)], 'it fits')
  t.equal(packet.fragmentIpv4(ipv4({ dont_fragment: true }), 1500), undefined, 'DF')
  t.equal(packet.fragmentIpv4(whole, 27), undefined, 'no room for 8 octets')
  // Record route is for the first fragment, loose source route (copied flag) for all: RFC 791 §3.1.
  const options = bytes('07 07 04 00000000 01 83 07 04 0a000001 00')
  const routed = parse4(packet.fragmentIpv4(ipv4({ options }), 1500))
  t.same(routed[0]!.options, options)
  t.same(routed[1]!.options, bytes('83 07 04 0a000001 00'))
})

t.test('a packet of IPv6 in fragments', async (t) => {
  const parts = packet.fragmentIpv6(ipv6(counting(2000)), 0xabcd, 1280)!
  t.same(
    parts[0]!.subarray(0, 48),
    bytes(`6000 0005 04d8 2c 40
    00000000000000000000000000000001 00000000000000000000000000000002
    3a 00 0001 0000abcd`),
  )
  t.same(
    parse6(parts).map((part) => packet.walkIpv6(part)?.fragment),
    [
      { id: 0xabcd, offset: 0, more: true, next_header: 58, data: counting(2000).subarray(0, 1232) },
      { id: 0xabcd, offset: 1232, more: false, next_header: 58, data: counting(2000).subarray(1232) },
    ],
  )
})

t.test('fragments come together in any order, with duplicates, of several datagrams at once', async () => {
  const size = fc.integer({ min: 1, max: 6000 })
  const mtu = fc.integer({ min: 200, max: 1500 })
  const order = fc.infiniteStream(fc.nat(1000))
  fc.assert(
    fc.property(size, size, mtu, order, (first, second, limit, keys) => {
      const wholes = [ipv4({ payload: counting(first) }), ipv4({ id: 7, payload: counting(second) })]
      const pieces = wholes.flatMap((whole) =>
        parse4(packet.fragmentIpv4(whole, limit)).map(packet.ipv4Piece),
      )
      const parts = pieces.filter((piece) => piece !== undefined)
      const shuffled = parts
        .map((piece) => ({ piece, key: keys.next().value as number }))
        .sort((one, other) => one.key - other.key)
      const reassembly = new packet.Reassembly<packet.Ipv4>()
      const found: packet.Ipv4[] = []
      for (const { piece } of shuffled) {
        const result = reassembly.add('if-1', piece, 0)
        if (result.kind === 'complete') found.push(packet.wholeIpv4(result))
        else if (reassembly.add('if-1', piece, 0).kind !== 'waiting') return false
      }
      const expected = wholes.filter(({ payload }) => payload.length > limit - 20)
      const same = (whole: packet.Ipv4): boolean =>
        found.some((got) => Buffer.compare(packet.buildIpv4(got), packet.buildIpv4(whole)) === 0)
      return found.length === expected.length && expected.every(same) && reassembly.held.octets === 0
    }),
  )
  fc.assert(
    fc.property(size, mtu, (length, limit) => {
      const whole = ipv6(counting(length))
      const parts = parse6(packet.fragmentIpv6(whole, 9, limit))
      const reassembly = new packet.Reassembly<packet.Ipv6>()
      const results = parts.toReversed().map((part) => {
        const piece = packet.ipv6Piece(part)
        return piece && reassembly.add('if-1', piece, 0)
      })
      const last = results.at(-1)
      if (last === undefined) return parts.length === 1
      const got = last.kind === 'complete' ? packet.buildIpv6(packet.wholeIpv6(last)) : new Uint8Array()
      return Buffer.compare(got, packet.buildIpv6(whole)) === 0
    }),
  )
})

interface Named {
  readonly name: string
}
const piece = (offset: number, length: number, more = true, key = 'a'): packet.Piece<Named> => ({
  key,
  offset,
  more,
  data: counting(length),
  packet: { name: `${key}${offset}` },
})
const reasons = (...pieces: packet.Piece<Named>[]) => {
  const reassembly = new packet.Reassembly<Named>()
  return pieces.map((one) => {
    const result = reassembly.add('if-1', one, 0)
    return result.kind === 'dropped' ? result.reason : result.kind
  })
}

t.test('what spoils a datagram, also for fragments to come', async (t) => {
  const overlap = 'overlapping fragments'
  t.same(reasons(piece(0, 16), piece(8, 16), piece(0, 16), piece(16, 8, false)), [
    'waiting',
    overlap,
    overlap,
    overlap,
  ])
  t.same(reasons(piece(0, 16), piece(0, 8)), ['waiting', overlap])
  t.same(reasons(piece(0, 16), piece(0, 16), piece(16, 5, false)), ['waiting', 'waiting', 'complete'])
  t.same(reasons(piece(0, 12)), ['a fragment that is not a multiple of 8 octets'])
  t.same(reasons(piece(8, 0)), ['an empty fragment'])
  t.same(reasons(piece(65_512, 8)), ['longer than a datagram can be'])
  t.same(reasons(piece(32, 8), piece(8, 8, false)), ['waiting', 'fragments beyond the last'])
  t.same(reasons(piece(8, 8, false), piece(16, 8)), ['waiting', 'fragments beyond the last'])
  t.same(reasons(piece(8, 8, false), piece(16, 8, false)), ['waiting', 'fragments beyond the last'])
  const many = Array.from({ length: 60 }, (_, index) => piece(index * 16, 8))
  t.equal(reasons(...many).at(-1), 'too many fragments')
  t.same(reasons(piece(0, 8, false, 'all')), ['complete'], 'RFC 6946')
})

t.test('what waited too long is given up, and told where its beginning had come', async (t) => {
  const reassembly = new packet.Reassembly<Named>({ milliseconds: 1000 })
  reassembly.add('if-1', piece(0, 8), 0)
  reassembly.add('if-2', piece(8, 8), 500)
  t.same(reassembly.expire(999), [])
  t.same(reassembly.expire(1000), [{ owner: 'if-1', first: { name: 'a0' } }])
  t.same(reassembly.expire(1500), [{ owner: 'if-2' }])
  t.same(reassembly.held, { datagrams: 0, octets: 0 })
  reassembly.add('if-1', piece(0, 8), 2000)
  t.same(reassembly.add('if-1', piece(8, 8, false), 3000), { kind: 'waiting' }, 'of another time')
})

t.test('room is bounded, per owner and altogether', async (t) => {
  const reassembly = new packet.Reassembly<Named>({ datagrams_per_owner: 2, octets: 100 })
  reassembly.add('if-1', piece(0, 8), 0)
  for (const key of ['b', 'c', 'd']) reassembly.add('if-2', piece(0, 8, true, key), 0)
  t.same(reassembly.held, { datagrams: 3, octets: 24 })
  t.match(reassembly.add('if-1', piece(8, 8, false), 0), { kind: 'complete' }, 'another owner lost nothing')
  t.match(reassembly.add('if-2', piece(8, 8, false, 'b'), 0), { kind: 'waiting' }, 'its own oldest is gone')
  reassembly.add('if-3', piece(0, 96), 0)
  t.same(reassembly.held, { datagrams: 1, octets: 96 })
})

t.test('whatever arrives, what is held stays within the bounds', async () => {
  const any = fc.record({
    owner: fc.constantFrom('if-1', 'if-2'),
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    offset: fc.nat(20).map((units) => units * 8),
    length: fc.nat(40),
    more: fc.boolean(),
    after: fc.nat(400),
  })
  fc.assert(
    fc.property(fc.array(any, { maxLength: 100 }), (arrivals) => {
      const reassembly = new packet.Reassembly<Named>({
        datagrams_per_owner: 3,
        octets: 200,
        milliseconds: 1000,
      })
      let now = 0
      for (const { owner, key, offset, length, more, after } of arrivals) {
        now += after
        reassembly.add(owner, piece(offset, length, more, key), now)
        if (after % 3 === 0) reassembly.expire(now)
        const { datagrams, octets } = reassembly.held
        if (datagrams > 6 || octets > 200 || octets < 0) return false
      }
      reassembly.expire(now + 1000)
      return reassembly.held.datagrams === 0 && reassembly.held.octets === 0
    }),
    { numRuns: 500 },
  )
})
