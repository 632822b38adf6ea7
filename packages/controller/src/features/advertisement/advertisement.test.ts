/** What legs advertise, to the octet, to whom, and the flows that bring solicitations. */
import t from 'tap'
import { compile, linesOf, type Rows, viewOf as viewOfRows } from '../../../test/flow_lines.ts'
import type { PuntedPacket } from '../../engine/packet.ts'
import type { View } from '../../engine/view.ts'
import * as packet from '../../packet/index.ts'
import { type Advertised, advertisedOn } from './content.ts'
import { solicitationHandler } from './handler.ts'
import { createSchedule, notice, speak } from './schedule.ts'

const networks = { 1: '172.16.1.0', 2: '172.16.2.0' }
const changes = { 1: { ipv6_network: 'fd00:1::' } }
const guest = { id: 1, mac: '52:54:00:00:00:01', addresses: { 1: 'fd00:1::1' } }
const other = { id: 2, mac: '52:54:00:00:00:02', addresses: { 2: '172.16.2.2' } }
const leg = { id: 8, mode: 'simulated' as const, mac: '52:54:00:74:00:00', addresses: { 1: 'fd00:1::fe' } }
const far = { id: 9, mode: 'simulated' as const, mac: '52:54:00:74:00:09', addresses: { 2: '172.16.2.254' } }
const rows: Rows = { networks, changes, interfaces: [guest, other, leg, far] }

t.test(
  'solicitations go to the program where a network has IPv6 and a leg, at a limit for each guest',
  async (t) => {
    const lines = linesOf(await compile(rows, 2), 'advertisement')
    t.strictSame(
      lines.map((line) => line.replace(/0x[0-9a-f]+(?=->NXM_NX_REG5\[16)/, 'DIGEST')),
      [
        'table=router_leg, priority=200,icmp6,metadata=0x1/0xffffffff,dl_dst=33:33:00:00:00:02,icmp_type=133 actions=load:0x8->NXM_NX_REG2[],load:DIGEST->NXM_NX_REG5[16..31],load:0x5->NXM_NX_REG5[0..7],load:0x11->NXM_NX_REG5[8..15],goto_table:punt',
        'table=punt, priority=200,reg0=0x1,reg5=0x5/0xff actions=meter:1157627905,controller(userdata=05)',
      ],
    )
    const none: Rows = { ...rows, interfaces: [guest, other] }
    t.strictSame(linesOf(await compile(none, 2), 'advertisement'), [], 'no leg')
    const outside: Rows = { ...rows, changes: { 1: { ...changes[1], mode: 'physical' } } }
    t.strictSame(linesOf(await compile(outside, 2), 'advertisement'), [], 'other routers are outside')
  },
)

t.test('who has no address in a segment hears the routers of all networks there', async (t) => {
  const free = { id: 1, mac: guest.mac, addresses: {}, segment_id: 1 }
  const of = (id: number) => ({ ipv6_network: `fd00:${id}::`, segment_id: 1 })
  const what: Rows = {
    ...{ networks, segments: { 1: {} }, changes: { 1: of(1), 2: of(2) } },
    interfaces: [free, { ...leg, id: 3 }, { ...far, id: 4, addresses: { 2: 'fd00:2::fe' } }],
  }
  t.match(linesOf(await compile(what, 1), 'advertisement'), [
    /table=router_leg, .*metadata=0x80000001\/0xffffffff,.*icmp_type=133 actions=load:0x3->NXM_NX_REG2/,
    /table=punt, .*reg0=0x1,/,
  ])
  const met = {
    ...MET,
    domain: 0x8000_0001,
    dpid: '0x0000000000000001',
    frame: solicitation(),
  } as PuntedPacket
  const answer = solicitationHandler.handle(met, { view: viewOfRows(what), state: undefined, now: 0 })
  if (!('send' in answer)) throw new Error(answer.dropped)
  t.match(
    answer.send.map(({ frame, slices }) => ({ ...advertised(frame), slices })),
    [0xfd000001n, 0xfd000002n].map((prefix) => ({
      slices: { domain: 0x8000_0001 },
      options: [{}, {}, { kind: 'prefix', prefix: prefix << 96n, autonomous: true }],
    })),
    'and may make an address of each',
  )
})

const WHAT: Advertised = {
  ...{ network: 1, leg: 8, mac: leg.mac, leadsOut: true, address_mode: 'slaac' },
  ...{ prefix: 'fd00:1::', prefix_length: 64 },
  ...{ mtu: 1450, servers: ['fd00:1::fe'], domain: 'one.example' },
}
const OWN = 'fd00:1::5054:ff:fe00:1'

const viewOf = (what: Advertised | null, address: string): View =>
  ({
    query: (query: unknown, key: string) => (query === advertisedOn && key === '1 0x1' ? what : null),
    list: () => [{ network_id: 1, mac_lease_id: 1, address }],
    get: () => ({ mac_address: guest.mac }),
  }) as unknown as View

const SENDER = packet.linkLocalAddress(packet.toMac(guest.mac))
const solicitation = (src = SENDER): Uint8Array =>
  packet.buildEthernet({
    ...{ src: packet.toMac(guest.mac), dst: 0x333300000002, eth_type: 0x86dd },
    payload: packet.buildNd({ kind: 'router_solicitation', options: [] }, { src, dst: packet.ALL_ROUTERS }),
  })

const MET = {
  ...{ dpid: '0x1', reason: 'router_solicitation', ingress_interface: 1, domain: 1, leg: 8, router: 0 },
}

const ask = (frame: Uint8Array, what: Advertised | null = WHAT, address = OWN) => {
  const view = viewOf(what, address)
  return solicitationHandler.handle({ ...MET, frame } as PuntedPacket, { view, state: undefined, now: 0 })
}

const sent = (...of: Parameters<typeof ask>): Uint8Array => {
  const answer = ask(...of)
  if (!('send' in answer)) throw new Error(answer.dropped)
  t.match(answer.send, [{ at: 'bridging', slices: { domain: 1 } }])
  return answer.send[0]!.frame
}
const advertised = (frame: Uint8Array): packet.RouterAdvertisement => {
  const message = packet.parseNd(packet.parseIpv6(packet.parseEthernet(frame)!.payload)!)
  if (message?.kind !== 'router_advertisement') throw new Error('no advertisement')
  return message
}

t.test('an advertisement, to the octet', async (t) => {
  const hex = Buffer.from(sent(solicitation())).toString('hex')
  const [LEG, GUEST] = ['fe80000000000000505400fffe740000', 'fe80000000000000505400fffe000001']
  t.equal(hex.slice(0, 28), '525400000001' + '525400740000' + '86dd')
  t.equal(hex.slice(28, 108), `60000000${'0070'}3aff${LEG}${GUEST}`)
  t.equal(hex.slice(108, 112), '8600')
  const options = [
    '0101' + '525400740000',
    '0501' + '0000' + '000005aa',
    '030440c0' + 'ffffffff' + 'ffffffff' + '00000000' + 'fd000001000000000000000000000000',
    '19030000' + 'ffffffff' + 'fd0000010000000000000000000000fe',
    '1f030000' + 'ffffffff' + '036f6e65076578616d706c6500' + '000000',
  ]
  t.equal(hex.slice(116), `4000ffff${'00000000'}${'00000000'}${options.join('')}`)
})

t.test('who has no address yet is answered alone too', async (t) => {
  const frame = sent(solicitation(packet.UNSPECIFIED_IPV6))
  t.match(packet.parseEthernet(frame), { dst: packet.toMac(guest.mac) })
  t.equal(packet.parseIpv6(packet.parseEthernet(frame)!.payload)!.dst, packet.ALL_NODES)
})

t.test('flags and options say what rows say', async (t) => {
  const of = (what: Partial<Advertised>, address = OWN) =>
    advertised(sent(solicitation(), { ...WHAT, ...what }, address))
  const prefix = ({ options }: packet.RouterAdvertisement) => options.find(({ kind }) => kind === 'prefix')
  const modes = { slaac: [false, false, true], dhcpv6_stateless: [false, true, true] } as const
  const all = { ...modes, dhcpv6_stateful: [true, true, false], none: [false, false, false] } as const
  for (const [address_mode, [managed, other_, autonomous]] of Object.entries(all)) {
    const message = of({ address_mode: address_mode as keyof typeof all })
    t.match(message, { managed, other: other_, lifetime: 65_535 }, address_mode)
    t.match(prefix(message), { autonomous, on_link: true }, address_mode)
  }
  t.match(prefix(of({}, 'fd00:1::1')), { autonomous: false }, 'an address that it would make is not its own')
  t.match(prefix(of({ prefix_length: 80, prefix: 'fd00:1::5' })), {
    autonomous: false,
    prefix: 0xfd000001n << 96n,
  })
  t.equal(of({ leadsOut: false }).lifetime, 0)
  t.same(
    of({ mtu: 1200, servers: [] }).options.map(({ kind }) => kind),
    ['source_link_layer', 'prefix'],
  )
  t.notOk(of({ domain: null }).options.some(({ kind }) => kind === 'dnssl'))
})

t.test('of several routers one with a default route advertises, then one that leads out', async (t) => {
  const legs = [5, 6, 7].map((id) => ({
    ...leg,
    id,
    mac: `52:54:00:74:00:0${id}`,
    addresses: { 1: `fd00:1::${id}` },
  }))
  const own = (interface_id: number, route_link_id: number) => ({
    ...{ interface_id, route_link_id, network_id: 1, destination: 'fd00:1::', prefix: 64 },
  })
  const out = (route_link_id: number, destination: string, prefix: number) => ({
    ...{ interface_id: null, route_link_id, network_id: 2, destination, prefix },
  })
  const routes = [own(5, 5), own(6, 6), own(7, 7)]
  const advertiser = (...more: readonly ReturnType<typeof out>[]) => {
    const view = viewOfRows({ ...rows, interfaces: [guest, ...legs], routes: [...routes, ...more] })
    return view.query(advertisedOn, '1 0x0000000000000001')
  }
  t.match(advertiser(), { leg: 5, leadsOut: false })
  t.match(advertiser(out(6, 'fd00:2::', 64)), { leg: 6, leadsOut: true })
  t.match(advertiser(out(6, 'fd00:2::', 64), out(7, '::', 0)), { leg: 7, leadsOut: true })
})

t.test('where nothing is advertised nothing is said', async (t) => {
  t.match(ask(solicitation(), null), { dropped: 'nothing is advertised there' })
})

/** Guests `ids` of network 1 on the switch, and what is advertised there. */
const siteOf = (ids: readonly number[]) => {
  const site = { what: WHAT as Advertised | null, ids }
  const view = {
    query: (query: { name: string }, key: number | string) => {
      if (query === advertisedOn) return key === '1 0x1' ? site.what : null
      const answers: Record<string, unknown> = {
        'parts of domain': [1],
        'interfaces of part': site.ids,
        'port of interface': { dpid: Number(key) >= 1000 ? '0x2' : '0x1' },
      }
      return answers[query.name]
    },
    list: (index: string, id: number) =>
      index === 'mac_lease.interface_id'
        ? [{ mac_address: `52:54:00:00:00:${id % 100 < 10 ? '0' : ''}${id % 100}` }]
        : [],
    get: () => ({ mode: 'vif', mac_address: guest.mac }),
  } as unknown as View
  return { site, view }
}

const told = (said: readonly { readonly send: readonly { readonly frame: Uint8Array }[] }[]) =>
  said.flatMap(({ send }) =>
    send.map(({ frame }) => ({ ...advertised(frame), to: packet.parseEthernet(frame)!.dst })),
  )

t.test('every guest of the switch is told three times, then now and then', async (t) => {
  const { site, view } = siteOf([1, 2, 1000])
  const schedule = createSchedule(() => 0.5)
  const at = (seconds: number) => told(speak(schedule, view, seconds * 1000))
  t.same(at(0), [])
  notice({ dpid: '0x1', kind: 'network', id: 1, isThere: true }, schedule, view, 0)
  t.same(
    at(0).map(({ to }) => to),
    [0x525400000001, 0x525400000002],
    'each alone, and none elsewhere',
  )
  t.same([1, 15].flatMap(at), [])
  t.same(
    [16, 32].map((when) => at(when).length),
    [2, 2],
  )
  t.same([33, 300, 431].flatMap(at), [])
  t.equal(at(432).length, 2)
  site.what = { ...WHAT, mtu: 1300 }
  notice({ dpid: '0x1', kind: 'network', id: 1, isThere: true }, schedule, view, 433_000)
  t.match(at(433), [{ lifetime: 65_535 }, {}], 'at once after a change')
})

t.test('what is no more is taken back', async (t) => {
  const { site, view } = siteOf([1])
  const schedule = createSchedule(() => 0)
  const change = (what: Advertised | null, seconds: number) => {
    site.what = what
    notice({ dpid: '0x1', kind: 'network', id: 1, isThere: what !== null }, schedule, view, seconds * 1000)
    const [first, ...rounds] = [0, 16, 32].map((after) =>
      told(speak(schedule, view, (seconds + after) * 1000)),
    )
    for (const round of rounds) t.same(round, first, 'three times')
    return first!
  }
  change(WHAT, 0)
  const prefixes = (some: readonly packet.RouterAdvertisement[]) =>
    some.map(({ lifetime, options }) => [
      lifetime,
      ...options.flatMap((one) => (one.kind === 'prefix' ? [one.valid_lifetime] : [])),
    ])
  t.same(
    prefixes(change({ ...WHAT, prefix: 'fd00:2::' }, 100)),
    [
      [65_535, 0],
      [65_535, 0xffff_ffff],
    ],
    'the prefix',
  )
  const moved = change({ ...WHAT, prefix: 'fd00:2::', mac: '52:54:00:74:00:99' }, 200)
  t.same(prefixes(moved), [[0], [65_535, 0xffff_ffff]], 'the router, not the prefix')
  const without = change({ ...WHAT, prefix: 'fd00:2::', mac: '52:54:00:74:00:99', servers: [] }, 300)
  t.match(
    without.map(({ options }) => options.filter(({ kind }) => kind === 'rdnss' || kind === 'dnssl')),
    [
      [
        { kind: 'rdnss', lifetime: 0, servers: [(0xfd000001n << 96n) | 0xfen] },
        { kind: 'dnssl', lifetime: 0, domains: ['one.example'] },
      ],
      [],
    ],
  )
  t.same(prefixes(change(null, 400)), [[0, 0]], 'all of it')
  t.equal(schedule.entries.size, 0)
  notice({ dpid: '0x1', kind: 'network', id: 2, isThere: false }, schedule, view, 0)
  t.equal(schedule.entries.size, 0)
})

const textOf = (one: packet.NdOption): string[] => {
  if (one.kind === 'dnssl') return [`${one.domains} ${one.lifetime}`]
  if (one.kind !== 'prefix') return []
  const flags = (one.on_link ? 'L' : '') + (one.autonomous ? 'A' : '')
  return [`${(one.prefix >> 96n) & 0xffn} ${flags} ${one.preferred_lifetime}`]
}

t.test('changes in a row are all taken back, and what comes back is not', async (t) => {
  const { site, view } = siteOf([1])
  const schedule = createSchedule(() => 0)
  const options = (seconds: number, ...contents: readonly Partial<Advertised>[]) => {
    for (const what of contents) {
      site.what = { ...WHAT, ...what }
      notice({ dpid: '0x1', kind: 'network', id: 1, isThere: true }, schedule, view, seconds * 1000)
    }
    const [first] = [0, 16, 32].map((after) => told(speak(schedule, view, (seconds + after) * 1000)))
    return first!.map((message) => message.options.flatMap(textOf))
  }
  const HELD = ['1 L 4294967295', 'one.example 4294967295']
  options(0, {})
  const stateful = { address_mode: 'dhcpv6_stateful' } as const
  t.same(options(100, stateful), [['1 A 0'], HELD], 'no addresses of their own any more: the link stays')
  t.same(options(150, {}), [HELD], 'again')
  t.same(
    options(
      200,
      { prefix: 'fd00:2::' },
      { prefix: 'fd00:3::' },
      { prefix: 'fd00:3::', domain: 'two.example' },
    ),
    [
      ['1 LA 0', 'one.example 0'],
      ['2 LA 0', 'one.example 0'],
      ['one.example 0'],
      ['3 L 4294967295', 'two.example 4294967295'],
    ],
  )
})

t.test('a second has room for so many guests', async (t) => {
  const { view } = siteOf(Array.from({ length: 450 }, (_, index) => index + 1))
  const schedule = createSchedule(() => 0)
  notice({ dpid: '0x1', kind: 'network', id: 1, isThere: true }, schedule, view, 0)
  t.same(
    [0, 1, 2, 3].map((when) => told(speak(schedule, view, when * 1000)).length),
    [200, 200, 50, 0],
  )
})
