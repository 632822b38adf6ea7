/** What legs advertise, to the octet, to whom, and the flows that bring solicitations. */
import t from 'tap'
import { compile, linesOf, type Rows } from '../../../test/flow_lines.ts'
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

const WHAT: Advertised = {
  ...{ leg: 8, mac: leg.mac, leadsOut: true, address_mode: 'slaac', prefix: 'fd00:1::', prefix_length: 64 },
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

const ask = (frame: Uint8Array, what: Advertised | null = WHAT, address = OWN) => {
  const met = {
    dpid: '0x1',
    reason: 'router_solicitation',
    ingress_interface: 1,
    domain: 1,
    leg: 8,
    router: 0,
  }
  const view = viewOf(what, address)
  return solicitationHandler.handle({ ...met, frame } as PuntedPacket, { view, state: undefined, now: 0 })
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

t.test('what is no solicitation is dropped with a reason', async (t) => {
  const good = solicitation()
  t.match(ask(good, null), { dropped: 'nothing is advertised there' })
  const reasons = new Set<string>()
  for (let n = 0; n < 5000; n += 1) {
    const frame = Uint8Array.from(good.subarray(0, n % 3 === 0 ? n % good.length : good.length))
    if (frame.length > 0) frame[(n * 7) % frame.length]! ^= 1 << (n % 8)
    const answer = ask(frame)
    if ('dropped' in answer) reasons.add(answer.dropped)
  }
  t.same([...reasons].sort(), ['malformed IPv6', 'malformed router solicitation', 'not IPv6'])
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
  notice({ dpid: '0x1', id: 1, isThere: true }, schedule, view, 0)
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
  notice({ dpid: '0x1', id: 1, isThere: true }, schedule, view, 433_000)
  t.match(at(433), [{ lifetime: 65_535 }, {}], 'at once after a change')
})

t.test('what is no more is taken back', async (t) => {
  const { site, view } = siteOf([1])
  const schedule = createSchedule(() => 0)
  const change = (what: Advertised | null, seconds: number) => {
    site.what = what
    notice({ dpid: '0x1', id: 1, isThere: what !== null }, schedule, view, seconds * 1000)
    return told(speak(schedule, view, seconds * 1000))
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
  t.match(without[0]!.options, [{}, { kind: 'rdnss', lifetime: 0, servers: [(0xfd000001n << 96n) | 0xfen] }])
  t.same(prefixes(change(null, 400)), [[0, 0]], 'all of it')
  t.same(
    [416, 432].map((when) => told(speak(schedule, view, when * 1000)).length),
    [1, 1],
  )
  t.equal(schedule.entries.size, 0)
  notice({ dpid: '0x1', id: 2, isThere: false }, schedule, view, 0)
  t.equal(schedule.entries.size, 0)
})

t.test('a second has room for so many guests', async (t) => {
  const { view } = siteOf(Array.from({ length: 450 }, (_, index) => index + 1))
  const schedule = createSchedule(() => 0)
  notice({ dpid: '0x1', id: 1, isThere: true }, schedule, view, 0)
  t.same(
    [0, 1, 2, 3].map((when) => told(speak(schedule, view, when * 1000)).length),
    [200, 200, 50, 0],
  )
})
