/** ND: packets captured from Linux and dnsmasq both ways, what the RFCs call invalid, properties. */
import { deepEqual } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import * as packet from '../index.ts'

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))
const ip = (hex: string): bigint => BigInt(`0x${hex.replaceAll(' ', '')}`)
const HOST = packet.linkLocalAddress(0x020000000102)
const ROUTER = packet.linkLocalAddress(0x020000000101)
const HOST_GLOBAL = ip('fd00 0001 0000 0000 0000 0000 0000 0002')
const ROUTER_GLOBAL = ip('fd00 0001 0000 0000 0000 0000 0000 0001')
const ends = (src: bigint, dst: bigint) => ({ src, dst })

/** IPv6 header without traffic class and flow label, then the message. */
const captured = (addresses: { src: bigint; dst: bigint }, message: string): Uint8Array =>
  packet.buildIpv6({
    traffic_class: 0,
    flow_label: 0,
    next_header: 58,
    hop_limit: 255,
    ...addresses,
    payload: bytes(message),
  })

const GOLDEN: readonly [string, Uint8Array, packet.NdMessage][] = [
  [
    'a router solicitation of Linux',
    captured(ends(HOST, packet.ALL_ROUTERS), '8500 792a 00000000 0101 020000000102'),
    { kind: 'router_solicitation', options: [{ kind: 'source_link_layer', mac: 0x020000000102 }] },
  ],
  [
    'a router advertisement of dnsmasq',
    captured(
      ends(ROUTER, HOST),
      `8600 c3b8 40 c0 0708 00000000 00000000
      0304 40 80 00000e10 00000e10 00000000 fd000001000000000000000000000000
      0501 0000 000005dc
      0101 020000000101
      1f05 0000 00000e10 03656e67076578616d706c65036f726700 076578616d706c65036f726700 0000
      1903 0000 00000e10 fd000001000000000000000000000001`,
    ),
    {
      kind: 'router_advertisement',
      hop_limit: 64,
      managed: true,
      other: true,
      preference: 'medium',
      lifetime: 1800,
      reachable_time: 0,
      retransmit_timer: 0,
      options: [
        {
          kind: 'prefix',
          prefix: ip('fd00 0001 0000 0000 0000 0000 0000 0000'),
          prefix_length: 64,
          on_link: true,
          autonomous: false,
          valid_lifetime: 3600,
          preferred_lifetime: 3600,
        },
        { kind: 'mtu', mtu: 1500 },
        { kind: 'source_link_layer', mac: 0x020000000101 },
        { kind: 'dnssl', lifetime: 3600, domains: ['eng.example.org', 'example.org'] },
        { kind: 'rdnss', lifetime: 3600, servers: [ROUTER_GLOBAL] },
      ],
    },
  ],
  [
    'a probe for duplicates of Linux, with nonce',
    captured(
      ends(0n, packet.solicitedNodeAddress(HOST)),
      `8700 dead 00000000 ${HOST.toString(16)} 0e01 d6ceca4fed4d`,
    ),
    {
      kind: 'neighbour_solicitation',
      target: HOST,
      options: [{ kind: 'nonce', nonce: bytes('d6ceca4fed4d') }],
    },
  ],
  [
    'a neighbour solicitation of Linux',
    captured(
      ends(HOST_GLOBAL, packet.solicitedNodeAddress(ROUTER_GLOBAL)),
      `8700 7c95 00000000 ${ROUTER_GLOBAL.toString(16)} 0101 020000000102`,
    ),
    {
      kind: 'neighbour_solicitation',
      target: ROUTER_GLOBAL,
      options: [{ kind: 'source_link_layer', mac: 0x020000000102 }],
    },
  ],
  [
    'a neighbour advertisement of a Linux router',
    captured(
      ends(ROUTER_GLOBAL, HOST_GLOBAL),
      `8800 9b98 e0000000 ${ROUTER_GLOBAL.toString(16)} 0201 020000000101`,
    ),
    {
      kind: 'neighbour_advertisement',
      target: ROUTER_GLOBAL,
      router: true,
      solicited: true,
      override: true,
      options: [{ kind: 'target_link_layer', mac: 0x020000000101 }],
    },
  ],
]

t.test('captured messages parse, and build to the same bytes', async (t) => {
  for (const [name, golden, message] of GOLDEN) {
    const whole = packet.parseIpv6(golden)!
    t.same(packet.parseNd(whole), message, name)
    t.same(packet.buildNd(message, whole), golden, name)
  }
})

const advertisement: packet.RouterAdvertisement = {
  kind: 'router_advertisement',
  hop_limit: 64,
  managed: false,
  other: false,
  preference: 'low',
  lifetime: 0,
  reachable_time: 1,
  retransmit_timer: 2,
  options: [],
}

t.test('routes of RFC 4191 take as many octets as their prefix needs', async (t) => {
  const route = (prefix: bigint, prefix_length: number): packet.RouteInformation => ({
    kind: 'route',
    prefix,
    prefix_length,
    preference: 'high',
    lifetime: packet.INFINITE_LIFETIME,
  })
  const golden: [packet.RouteInformation, string][] = [
    [route(0n, 0), '1801 00 08 ffffffff'],
    [route(ip('2001 0db8') << 96n, 64), '1802 40 08 ffffffff 20010db800000000'],
    [route((ip('2001 0db8') << 96n) | 1n, 128), '1803 80 08 ffffffff 20010db8000000000000000000000001'],
  ]
  for (const [option, hex] of golden) {
    t.same(packet.buildNdOptions([option]), bytes(hex))
    t.same(packet.parseNdOptions(bytes(hex)), [option])
  }
  t.match(packet.parseNdOptions(bytes('1801 00 10 ffffffff')), [{ kind: 'other' }], 'the reserved preference')
  t.match(
    packet.parseNdOptions(bytes('1802 80 00 ffffffff 20010db800000000')),
    [{ kind: 'other' }],
    'too short',
  )
})

t.test('what RFC 4861 calls invalid is nothing', async (t) => {
  const parse = (message: packet.NdMessage, src: bigint, dst: bigint) =>
    packet.parseNd(packet.parseIpv6(packet.buildNd(message, { src, dst }))!)
  const mine = { kind: 'source_link_layer', mac: 0x020000000102 } as const
  const probe = { kind: 'neighbour_solicitation', target: HOST, options: [] } as const
  const solicited = packet.solicitedNodeAddress(HOST)
  t.same(parse(probe, 0n, solicited), probe)
  t.equal(
    parse({ ...probe, options: [mine] }, 0n, solicited),
    undefined,
    'a probe with the MAC of its sender',
  )
  t.equal(
    parse(probe, 0n, packet.ALL_NODES),
    undefined,
    'a probe elsewhere than to the solicited-node address',
  )
  t.equal(parse({ ...probe, target: packet.ALL_NODES }, ROUTER, HOST), undefined, 'a target that is a group')
  const solicitation = { kind: 'router_solicitation', options: [mine] } as const
  t.equal(parse(solicitation, 0n, packet.ALL_ROUTERS), undefined, 'a MAC of nobody')
  t.same(parse(advertisement, ROUTER, packet.ALL_NODES), advertisement)
  t.equal(parse(advertisement, ROUTER_GLOBAL, packet.ALL_NODES), undefined, 'not from a link-local address')
  const neighbour = { kind: 'neighbour_advertisement', target: HOST, router: false, override: true } as const
  const unsolicited = { ...neighbour, solicited: false, options: [] }
  t.same(parse(unsolicited, HOST, packet.ALL_NODES), unsolicited)
  t.equal(
    parse({ ...unsolicited, solicited: true }, HOST, packet.ALL_NODES),
    undefined,
    'solicited by a group',
  )
  const redirect = { kind: 'redirect', target: ROUTER, destination: HOST_GLOBAL, options: [] } as const
  const quoting = { ...redirect, options: [{ kind: 'redirected', packet: bytes('6000') } as const] }
  t.same(parse(redirect, ROUTER, HOST), redirect)
  t.match(parse(quoting, ROUTER, HOST), { options: [{ kind: 'redirected', packet: bytes('6000') }] })
  t.equal(
    parse({ ...redirect, target: ROUTER_GLOBAL }, ROUTER, HOST),
    undefined,
    'to a router by its global address',
  )
  t.equal(parse({ ...redirect, destination: packet.ALL_NODES }, ROUTER, HOST), undefined, 'of a group')
  const whole = packet.parseIpv6(packet.buildNd(redirect, { src: ROUTER, dst: HOST }))!
  t.equal(packet.parseNd({ ...whole, hop_limit: 254 }), undefined, 'through a router')
  const coded = packet.buildIcmpv6({ type: 135, code: 1, rest: 0, payload: new Uint8Array(16) }, whole)
  t.equal(packet.parseNd({ ...whole, payload: coded }), undefined, 'a code')
  const endless = packet.concat(new Uint8Array(16), bytes('0100 000000000000'))
  const zero = packet.buildIcmpv6({ type: 135, code: 0, rest: 0, payload: endless }, whole)
  t.equal(packet.parseNd({ ...whole, payload: zero }), undefined, 'an option of length 0')
})

t.test('every option survives', async () => {
  const u32 = fc.nat(0xffff_ffff)
  const address = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n })
  const mac = fc.nat(0xffff_ffff_ffff)
  const domain = fc
    .array(fc.stringMatching(/^[a-z0-9-]{1,20}$/), { minLength: 1, maxLength: 4 })
    .map((l) => l.join('.'))
  const option: fc.Arbitrary<packet.NdOption> = fc.oneof(
    fc.record({ kind: fc.constantFrom('source_link_layer' as const, 'target_link_layer' as const), mac }),
    fc.record({ kind: fc.constant('mtu' as const), mtu: u32 }),
    fc.record({
      kind: fc.constant('prefix' as const),
      prefix: address,
      prefix_length: fc.nat(128),
      on_link: fc.boolean(),
      autonomous: fc.boolean(),
      valid_lifetime: u32,
      preferred_lifetime: u32,
    }),
    fc.record({
      kind: fc.constant('route' as const),
      prefix: address,
      prefix_length: fc.integer({ min: 65, max: 128 }),
      preference: fc.constantFrom('high' as const, 'medium' as const, 'low' as const),
      lifetime: u32,
    }),
    fc.record({
      kind: fc.constant('rdnss' as const),
      lifetime: u32,
      servers: fc.array(address, { minLength: 1, maxLength: 5 }),
    }),
    fc.record({
      kind: fc.constant('dnssl' as const),
      lifetime: u32,
      domains: fc.array(domain, { minLength: 1, maxLength: 5 }),
    }),
    fc.record({ kind: fc.constant('nonce' as const), nonce: fc.uint8Array({ minLength: 6, maxLength: 6 }) }),
  )
  fc.assert(
    fc.property(fc.array(option, { maxLength: 6 }), (options) => {
      const message = { ...advertisement, options }
      const whole = packet.parseIpv6(packet.buildNd(message, { src: ROUTER, dst: packet.ALL_NODES }))!
      const parsed = packet.parseNd(whole)
      deepEqual(parsed, { ...advertisement, options })
    }),
  )
})

t.test('whatever arrives with a good checksum is a message or nothing', async () => {
  const types = fc.constantFrom(130, 131, 132, 133, 134, 135, 136, 137, 143)
  const source = fc.constantFrom(HOST, ROUTER_GLOBAL, 0n)
  fc.assert(
    fc.property(
      types,
      fc.nat(0xffff_ffff),
      fc.uint8Array({ maxLength: 120 }),
      source,
      (type, rest, payload, src) => {
        const addresses = { src, dst: packet.solicitedNodeAddress(HOST) }
        const message = packet.buildIcmpv6({ type, code: 0, rest, payload }, addresses)
        const whole = { traffic_class: 0, flow_label: 0, next_header: 58, ...addresses, payload: message }
        packet.parseNd({ ...whole, hop_limit: 255 })
      },
    ),
    { numRuns: 3000 },
  )
  for (const [, golden] of GOLDEN) {
    const whole = packet.parseIpv6(golden)!
    const icmp = packet.parseIcmpv6(whole.payload, whole)!
    for (let length = 0; length < icmp.payload.length; length += 1) {
      const payload = packet.buildIcmpv6({ ...icmp, payload: icmp.payload.subarray(0, length) }, whole)
      packet.parseNd({ ...whole, payload })
    }
  }
})
