/** DHCPv6: an exchange of dhclient and dnsmasq both ways, what a server discards, properties. */
import { deepEqual } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import * as packet from '../index.ts'

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))
const { DHCP6_TYPE: TYPE } = packet
const SOLICIT = bytes(`01 50cfb7
  0001 000e 0001 0001 3294c2f2 020000000102
  0006 0004 0017 0018  0008 0002 0000
  0003 000c 00000102 00000e10 00001518`)
const ADVERTISE = bytes(`02 50cfb7
  0001 000e 0001 0001 3294c2f2 020000000102
  0002 000a 0003 0001 020000000101
  0003 0028 00000102 00000708 00000c4e
    0005 0018 fd0000010000000000000000000001dd 00000e10 00000e10
  000d 0009 0000 73756363657373
  0007 0001 ff
  0018 001e 03656e67 076578616d706c65 036f7267 00 076578616d706c65 036f7267 00
  0017 0010 fd000001000000000000000000000001`)
const client_id = { kind: 'client_id', duid: bytes('0001 0001 3294c2f2 020000000102') } as const
const server_id = { kind: 'server_id', duid: packet.linkLayerDuid(0x020000000101) } as const
const association = { kind: 'ia_na', iaid: 0x102, t1: 0, t2: 0, options: [] } as const

t.test('captured messages decode, and encode to the same bytes', async (t) => {
  const solicit: packet.Dhcp6 = {
    type: TYPE.solicit,
    xid: 0x50cfb7,
    options: [
      client_id,
      { kind: 'option_request', codes: [23, 24] },
      { kind: 'elapsed', hundredths: 0 },
      { kind: 'ia_na', iaid: 0x102, t1: 3600, t2: 5400, options: [] },
    ],
  }
  const address = { kind: 'address', address: (0xfd00_0001n << 96n) | 0x1ddn } as const
  const advertise: packet.Dhcp6 = {
    type: TYPE.advertise,
    xid: 0x50cfb7,
    options: [
      client_id,
      server_id,
      {
        kind: 'ia_na',
        iaid: 0x102,
        t1: 1800,
        t2: 3150,
        options: [{ ...address, preferred_lifetime: 3600, valid_lifetime: 3600, options: [] }],
      },
      { kind: 'status', status: packet.DHCP6_STATUS.success, text: 'success' },
      { kind: 'preference', value: 255 },
      { kind: 'domains', domains: ['eng.example.org', 'example.org'] },
      { kind: 'dns_servers', servers: [(0xfd00_0001n << 96n) | 1n] },
    ],
  }
  for (const [golden, message] of [
    [SOLICIT, solicit],
    [ADVERTISE, advertise],
  ] as const) {
    t.same(packet.decodeDhcp6(golden), message)
    t.same(packet.encodeDhcp6(message), golden)
  }
  t.match(packet.dhcp6Option(advertise.options, 'preference'), { value: 255 })
})

t.test('the MAC address in an identifier', async (t) => {
  t.equal(packet.macOfDuid(client_id.duid), 0x020000000102)
  t.equal(packet.macOfDuid(bytes('0004')), undefined)
})

t.test('what is malformed says why', async (t) => {
  const reason = (hex: string) => {
    const found = packet.decodeDhcp6(bytes(hex))
    return packet.isMalformed(found) ? found.malformed : 'nothing'
  }
  t.equal(reason('010000'), 'cut: shorter than its header')
  t.equal(reason('0c000000'), 'a message of a relay agent')
  t.equal(reason('0a000000'), 'an unknown message type', 'reconfigure')
  for (const option of [
    '0008',
    '0008 0003 000000',
    '0006 0001 00',
    '0001 0002 0001',
    '000e 0001 00',
    '0017 0001 00',
  ])
    t.equal(reason(`01000000 ${option}`), 'a malformed option', option)
  t.equal(reason('01000000 0018 0002 c000'), 'a malformed option', 'a compressed name')
  const inner = '0003 000c 00000000 00000000 00000000'
  const deep = `0003 001c 00000000 00000000 00000000 ${inner}`
  t.equal(reason(`01000000 ${deep}`), 'nothing')
  const deeper = `01000000 0003 002c 00000000 00000000 00000000 ${deep}`
  t.equal(reason(deeper), 'a malformed option', 'deeper than anything that is meant')
  t.equal(reason('01000000 ffff 0000'), 'nothing', 'an unknown option')
})

t.test('what a server discards: RFC 8415 §16', async (t) => {
  const why = (type: number, ...options: packet.Dhcp6Option[]) =>
    packet.dhcp6Discard({ type, xid: 1, options }, server_id.duid)
  const other = { kind: 'server_id', duid: packet.linkLayerDuid(7) } as const
  for (const type of [TYPE.solicit, TYPE.confirm, TYPE.rebind]) {
    t.equal(why(type, client_id), undefined)
    t.equal(why(type, client_id, server_id), 'a server identifier where none may be')
    t.equal(why(type), 'no client identifier')
  }
  for (const type of [TYPE.request, TYPE.renew, TYPE.release, TYPE.decline]) {
    t.equal(why(type, client_id, server_id), undefined)
    t.equal(why(type, client_id), 'no server identifier')
    t.equal(why(type, client_id, other), 'for another server')
    t.equal(why(type, server_id), 'no client identifier')
  }
  t.equal(why(TYPE.information_request), undefined)
  t.equal(why(TYPE.information_request, other), 'for another server')
  t.equal(why(TYPE.information_request, association), 'asks for information and for addresses')
  for (const type of [TYPE.advertise, TYPE.reply]) t.equal(why(type, client_id), 'a message for clients')
})

t.test('options survive the way there and back', async () => {
  const u32 = fc.nat(0xffff_ffff)
  const address = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n })
  const status = fc.record({ kind: fc.constant('status' as const), status: fc.nat(6), text: fc.string() })
  const given = fc.record({
    kind: fc.constant('address' as const),
    address,
    preferred_lifetime: u32,
    valid_lifetime: u32,
    options: fc.array(status, { maxLength: 1 }),
  })
  const option: fc.Arbitrary<packet.Dhcp6Option> = fc.oneof(
    fc.record({
      kind: fc.constant('ia_na' as const),
      iaid: u32,
      t1: u32,
      t2: u32,
      options: fc.array(fc.oneof(given, status), { maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('client_id' as const),
      duid: fc.uint8Array({ minLength: 3, maxLength: 130 }),
    }),
    fc.record({ kind: fc.constant('option_request' as const), codes: fc.array(fc.nat(0xffff)) }),
    fc.record({ kind: fc.constant('dns_servers' as const), servers: fc.array(address, { maxLength: 4 }) }),
    fc.record({ kind: fc.constant('refresh_time' as const), seconds: u32 }),
    fc.record({ kind: fc.constant('rapid_commit' as const) }),
    fc.record({
      kind: fc.constant('other' as const),
      code: fc.integer({ min: 40, max: 0xffff }),
      data: fc.uint8Array(),
    }),
  )
  fc.assert(
    fc.property(fc.nat(0xff_ffff), fc.array(option, { maxLength: 6 }), (xid, options) => {
      const message = { type: TYPE.reply, xid, options }
      deepEqual(packet.decodeDhcp6(packet.encodeDhcp6(message)), message)
    }),
    { numRuns: 300 },
  )
})

t.test('whatever arrives is a message or a reason', async () => {
  const consume = (message: Uint8Array): void => {
    const found = packet.decodeDhcp6(message)
    if (packet.isMalformed(found)) return
    packet.dhcp6Discard(found, server_id.duid)
  }
  const flips = fc.array(fc.tuple(fc.nat(171), fc.nat(255)), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(flips, fc.nat(172), (changes, length) => {
      const broken = Uint8Array.from(ADVERTISE)
      for (const [at, value] of changes) broken[at] = value
      consume(broken)
      consume(ADVERTISE.subarray(0, length))
    }),
    { numRuns: 3000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (options) =>
      consume(packet.concat(bytes('01000000'), options)),
    ),
    { numRuns: 2000 },
  )
})
