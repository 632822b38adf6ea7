/**
 * Next hops that no row names, with the engine, the programs and a clock that goes when it is told: what is sent, what is
 * in the tables, what is counted.
 */
import type { Match, NxtPacketIn2, PacketOut } from '@openvnet/openflow'
import { toIpAddress } from '@openvnet/schema'
import t from 'tap'
import { type Guest, linesOf, type Rows, snapshotOf } from '../../../test/flow_lines.ts'
import { Random } from '../../../test/random.ts'
import { DPIDS, silent } from '../../../test/world.ts'
import { Engine } from '../../engine/engine.ts'
import type { NeighbourFact } from '../../model/neighbours.ts'
import * as packet from '../../packet/index.ts'
import { tableName } from '../../pipeline/layout.ts'
import { PUNT_KINDS, PUNT_REASONS, type PuntReason } from '../../pipeline/punts.ts'
import { Memory } from '../../punts/memory.ts'
import { type Answered, Programs } from '../../punts/programs.ts'
import { Speakers } from '../../punts/speakers.ts'
import { FEATURES } from '../index.ts'
import { LIMITS } from './entries.ts'
import { createState, MEMORY, type State } from './state.ts'
import { timesOf } from './times.ts'

const DPID = DPIDS[0]
const user: Guest = { id: 1, mac: '52:54:00:00:00:01', addresses: { 1: ['10.1.1.1', 'fd00:1::1'] } }
const other: Guest = { id: 2, mac: '52:54:00:00:00:02', addresses: { 1: '10.1.1.2' } }
/** A guest of the physical network. */
const known: Guest = { id: 3, mac: '52:54:00:00:00:03', addresses: { 2: '192.168.1.3' } }
const inner: Guest = {
  ...{ id: 8, mode: 'simulated', mac: '52:54:00:74:00:08' },
  addresses: { 1: ['10.1.1.254', 'fd00:1::fe'] },
}
const outer: Guest = {
  ...{ id: 9, mode: 'simulated', mac: '52:54:00:74:00:09' },
  addresses: { 2: ['192.168.1.254', 'fd00:2::fe'] },
}
const uplink: Guest = {
  ...{ id: 7, mode: 'patch', mac: null, port_name: 'uplink', owner_datapath_id: 1, network_id: 2 },
  addresses: {},
}
const route = (interface_id: number, network_id: number, destination: string, prefix: number) => ({
  ...{ interface_id, network_id, destination, prefix },
})
const ROWS: Rows = {
  datapaths: { 1: DPID },
  networks: { 1: '10.1.1.0', 2: '192.168.1.0' },
  changes: { 1: { ipv6_network: 'fd00:1::' }, 2: { mode: 'physical', ipv6_network: 'fd00:2::' } },
  interfaces: [user, other, known, inner, outer, uplink],
  routes: [
    route(8, 1, '10.1.1.0', 24),
    route(8, 1, 'fd00:1::', 64),
    route(9, 2, '192.168.1.0', 24),
    route(9, 2, 'fd00:2::', 64),
  ],
}
const PORTS = new Map([
  ['if-1', 1],
  ['if-2', 2],
  ['if-3', 3],
  ['uplink', 7],
])
const MAC = {
  user: packet.toMac(user.mac!),
  inner: packet.toMac(inner.mac!),
  outer: packet.toMac(outer.mac!),
  far: packet.toMac('02:00:00:00:00:0a'),
  moved: packet.toMac('02:00:00:00:00:0b'),
}

/** Where a packet of a program enters. */
const tableOf = ({ actions }: Omit<PacketOut, 'xid'>): string | undefined => {
  const last = actions.at(-1)
  return last?.type === 'resubmit_table' ? tableName(last.table) : undefined
}

const isIpv6 = (text: string): boolean => text.includes(':')
const value = (text: string): bigint => toIpAddress(text).value

const nextHop = (text: string): Record<string, number> => {
  const words = [0, 1, 2, 3].map((word) => Number((value(text) >> BigInt(32 * word)) & 0xffff_ffffn))
  const [reg11 = 0, reg10 = 0, reg9 = 0, reg8 = 0] = words
  return isIpv6(text) ? { reg11, reg10, reg9, reg8 } : { reg11 }
}

/** A packet of the user as the router sends it on: from its leg, and to nobody yet. */
const routed = (to: string, id: number): Uint8Array => {
  const ends = isIpv6(to)
    ? { src: value('fd00:1::1'), dst: value(to) }
    : { src: packet.toIpv4('10.1.1.1'), dst: packet.toIpv4(to) }
  const udp = { src: 4000, dst: 9, payload: Uint8Array.of(id) }
  return packet.buildUdpFrame({ src: MAC.outer, dst: MAC.inner }, ends, udp)
}

const arp = (fields: Partial<packet.Arp> & { readonly from?: number; readonly to?: number }): Uint8Array => {
  const { from = MAC.far, to = MAC.outer, ...rest } = fields
  const whole = {
    ...{ op: packet.ARP_OP.reply, sha: from, spa: packet.toIpv4('192.168.1.200') },
    ...{ tha: MAC.outer, tpa: packet.toIpv4('192.168.1.254') },
    ...rest,
  }
  return packet.buildEthernet({
    ...{ src: from, dst: to, eth_type: packet.ETH_TYPE.arp, payload: packet.buildArp(whole) },
  })
}
/** Tells everybody. */
const gratuitous = (mac: number, spa = packet.toIpv4('192.168.1.200')): Uint8Array =>
  arp({ op: packet.ARP_OP.request, to: packet.BROADCAST_MAC, sha: mac, spa, tpa: spa, tha: 0 })

interface Advertised {
  readonly target?: string
  readonly mac?: number | null
  readonly solicited?: boolean
  readonly override?: boolean
}

const advertisement = (fields: Advertised = {}): Uint8Array => {
  const { target = 'fd00:2::200', mac = MAC.far, solicited = true, override = true } = fields
  const message = {
    kind: 'neighbour_advertisement' as const,
    ...{ target: value(target), router: false, solicited, override },
    options: mac === null ? [] : [{ kind: 'target_link_layer', mac } as const],
  } as const
  const dst = solicited ? value('fd00:2::fe') : packet.ALL_NODES
  return packet.buildEthernet({
    ...{ src: mac ?? MAC.far, dst: solicited ? MAC.outer : packet.multicastMacIpv6(dst) },
    ...{ eth_type: packet.ETH_TYPE.ipv6, payload: packet.buildNd(message, { src: value(target), dst }) },
  })
}

/** Of either family: who is outside, what asks for it, what it answers, and how it says that it has moved. */
const FAMILIES = [
  {
    ...{ name: 'ARP', far: '192.168.1.200', silent: '192.168.1.201' },
    answer: (mac = MAC.far) => arp({ from: mac }),
    announce: gratuitous,
    asks: { everybody: packet.BROADCAST_MAC, eth_type: packet.ETH_TYPE.arp },
  },
  {
    ...{ name: 'neighbour discovery', far: 'fd00:2::200', silent: 'fd00:2::201' },
    answer: (mac = MAC.far) => advertisement({ mac }),
    announce: (mac: number) => advertisement({ mac, solicited: false }),
    asks: { everybody: packet.toMac('33:33:ff:00:02:00'), eth_type: packet.ETH_TYPE.ipv6 },
  },
] as const

class Site {
  now = 1_000_000
  readonly engine: Engine
  readonly state: State
  readonly delivered: Answered[] = []
  readonly facts: NeighbourFact[] = []
  readonly packets = new Map<bigint, bigint>()
  readonly #programs: Programs
  readonly #speakers: Speakers

  constructor(before: readonly NeighbourFact[] = [], rows = ROWS) {
    const memory = new Memory()
    this.state = memory.of(MEMORY, () => createState(timesOf(), () => 0.5)) as State
    this.engine = new Engine({
      ...{ features: FEATURES, log: silent },
      onChange: (dpid, change) => this.#speakers.changed(dpid, change),
    })
    const common = {
      ...{ features: FEATURES, view: () => this.engine.view, log: silent, memory, now: () => this.now },
      learn: (facts: readonly NeighbourFact[]) => {
        this.facts.push(...facts)
        this.engine.neighbours(facts)
      },
      deliver: (_dpid: string, answered: Answered) => void this.delivered.push(answered),
    }
    this.#programs = new Programs(common)
    this.#speakers = new Speakers({
      ...common,
      tables: (dpid) => this.engine.tables(dpid),
      count: async () => [...this.packets].map(([cookie, packet_count]) => ({ cookie, packet_count })),
    })
    t.teardown(() => this.#speakers.close())
    this.engine.neighbours(before)
    this.engine.load(snapshotOf(rows))
    this.engine.connected(DPID, PORTS)
  }

  /** The tables have what was learned. */
  async settled(): Promise<this> {
    await this.engine.settled()
    return this
  }

  get neighbours(): string[] {
    return (this.engine.view?.list('neighbour.dpid', DPID) ?? []).map(
      ({ address, mac_address }) => `${address} ${mac_address}`,
    )
  }

  get all(): string[] {
    return linesOf(this.engine.tables(DPID), 'neighbour')
  }

  /** Of neighbours that were learned. */
  get lines(): string[] {
    return this.all.filter((line) => !/table=punt,|priority=[14]00/.test(line))
  }

  get warnings(): readonly string[] {
    return this.#programs.warnings(DPID)
  }

  punt(reason: PuntReason, frame: Uint8Array, met: Record<string, number>): Answered {
    const { number, kind } = PUNT_REASONS[reason]
    const registers = { reg5: number * 256 + PUNT_KINDS[kind].number, ...met }
    const metadata = Object.entries(registers).map(([field, value]) => ({
      ...{ field, mask: null },
      value: field === 'metadata' ? BigInt(value) : value,
    })) as unknown as Match
    const message: NxtPacketIn2 = {
      ...{ type: 'nxt_packet_in2', xid: 0 },
      properties: [
        { type: 'packet', data: frame },
        { type: 'metadata', metadata },
        { type: 'userdata', userdata: Uint8Array.of(PUNT_KINDS[kind].number) },
      ],
    }
    return this.#programs.answer(DPID, message)
  }

  /** A packet of a guest that has come to the table of next hops. @param to as text */
  send(to: string, { from = 1, id = 0 } = {}): Answered {
    return this.punt('next_hop', routed(to, id), {
      ...{ metadata: 2, reg0: from, reg2: 8, reg3: 1, reg6: 1 },
      ...nextHop(to),
    })
  }

  /** What comes from outside by the uplink. */
  hear(frame: Uint8Array): Answered {
    return this.punt('neighbour', frame, { metadata: 2, reg0: 7 })
  }

  /** Seconds go by. @returns what was said meanwhile */
  async pass(seconds: number): Promise<Answered[]> {
    for (let second = 0; second < seconds; second += 1) {
      this.now += 1000
      this.#speakers.beat()
      await new Promise(setImmediate)
      await this.engine.settled()
    }
    return this.delivered.splice(0).filter(({ kind }) => kind === 'neighbour')
  }
}

const ended = (answered: Answered): string => answered.outcome
const frames = ({ packets }: Answered): packet.Ethernet[] =>
  packets.map(({ data }) => packet.parseEthernet(data)!)
/** Ids of the packets of the user that go on, in order. */
const ids = ({ packets }: Answered): (number | undefined)[] => packets.map(({ data }) => data.at(-1))

/** One that has learned who is outside. */
const knowing = async (far: string, answer: Uint8Array): Promise<Site> => {
  const site = await new Site().settled()
  site.send(far)
  t.equal(ended(site.hear(answer)), 'learned')
  return site.settled()
}

t.test('rules: only where somebody unknown may be, and for guests that get there', async (t) => {
  const site = await new Site().settled()
  const tables = site.engine.tables(DPID)
  const told = 'actions=load:0x9->NXM_NX_REG5[0..7],load:0x29->NXM_NX_REG5[8..15],goto_table:punt'
  t.strictSame(
    site.all.filter((line) => !line.startsWith('table=punt')),
    [
      ...['ip', 'ipv6'].map(
        (ip) =>
          `table=neighbour, priority=100,${ip},metadata=0x2/0xffffffff actions=load:0x8->NXM_NX_REG5[0..7],load:0x28->NXM_NX_REG5[8..15],goto_table:punt`,
      ),
      `table=learning, priority=400,arp,metadata=0x2/0xffffffff,dl_dst=${outer.mac},arp_op=2 ${told}`,
      `table=learning, priority=400,icmp6,metadata=0x2/0xffffffff,dl_dst=${outer.mac},icmp_type=136 ${told}`,
    ],
  )
  const punts = [...tables.meters.values()].map(({ why }) => why)
  t.strictSame(
    punts
      .filter((why) => why.endsWith('resolution to the controller.') || why.includes('kind neighbour'))
      .sort(),
    [
      'a program may send 50 packets a second of kind resolution to the controller.',
      ...['if-1', 'if-2', 'if-3', 'if-7'].map(
        (who) => `${who} may send 50 packets a second of kind resolution to the controller.`,
      ),
      'if-7 may send 200 packets a second of kind neighbour to the controller.',
    ].sort(),
  )
  const virtual = { ...ROWS, changes: { 1: { ipv6_network: 'fd00:1::' }, 2: { ipv6_network: 'fd00:2::' } } }
  const without = (await new Site([], virtual).settled()).engine.tables(DPID)
  t.notOk(
    [...without.meters.values()].some(({ why }) => /resolution|neighbour/.test(why)),
    'virtual networks have none of it',
  )
  t.equal(linesOf(without, 'neighbour').length, 0)
})

for (const { name, far, silent: nobody, answer, announce, asks } of FAMILIES) {
  t.test(`${name}: the first packets wait for the answer and go on in order, once`, async (t) => {
    const site = await new Site().settled()
    const first = site.send(far, { id: 1 })
    t.match([ended(first), first.packets.map(tableOf)], ['held', ['bridging']])
    const [question] = frames(first)
    t.match(question, { src: MAC.outer, dst: asks.everybody, eth_type: asks.eth_type }, 'asked from the leg')
    for (const id of [2, 3]) t.match(site.send(far, { id, from: id }), { outcome: 'held', packets: [] })
    const heard = site.hear(answer())
    t.match([ended(heard), ids(heard)], ['learned', [1, 2, 3]])
    t.ok(heard.packets.every((each) => tableOf(each) === 'mtu'))
    t.ok(frames(heard).every(({ src, dst }) => src === MAC.outer && dst === MAC.far))
    const between = site.send(far, { id: 4 })
    t.match([ended(between), ids(between)], ['sent on', [4]], 'what came before the flow was there')
    await site.settled()
    t.strictSame(site.neighbours, [`${far} ${packet.formatMac(MAC.far)}`])
    t.equal(site.lines.filter((line) => line.startsWith('table=neighbour,')).length, 1)
    t.equal(ended(site.hear(answer())), 'still there')
    t.equal(site.state.entries.heldOctets, 0)
  })

  t.test(`${name}: who does not answer is asked three times, and the sender is told`, async (t) => {
    const site = await new Site().settled()
    site.send(nobody, { id: 1 })
    const said = await site.pass(3)
    t.strictSame(
      said.map(ended),
      ['asked', 'asked', 'nobody answered'],
      'the first question was sent at once',
    )
    const [told] = said.slice(-1)
    t.match([ids(told!), told!.packets.map(tableOf)], [[1], ['punt']])
    const [ask] = frames(said[0]!)
    t.ok(packet.formatMac(ask!.dst).match(/^(ff|33):/), 'of everybody')
    const again = site.send(nobody)
    t.match([ended(again), again.packets.map(tableOf)], ['nobody has the address', ['punt']])
    await site.pass(6)
    t.equal(ended(site.send(nobody)), 'held', 'after a while it is asked for again')
  })

  t.test(
    `${name}: asked before what it said is too old, of itself; and gone when it is silent`,
    async (t) => {
      const site = await knowing(far, answer())
      t.strictSame(await site.pass(29), [])
      const said = await site.pass(1)
      t.strictSame(said.map(ended), ['asked'])
      t.match(frames(said[0]!), [{ src: MAC.outer, dst: MAC.far }], 'it alone')
      t.equal(ended(site.hear(answer())), 'still there')
      t.strictSame(await site.pass(29), [])
      t.strictSame((await site.pass(5)).map(ended), ['asked', 'asked', 'asked', 'does not answer any more'])
      t.strictSame([site.neighbours, site.lines], [[], []])
      t.equal(ended(site.send(far)), 'held', 'it is asked for anew')
    },
  )

  t.test(`${name}: who moves is followed, if it was known, and not to and fro`, async (t) => {
    const site = await new Site().settled()
    t.equal(ended(site.hear(announce(MAC.moved))), 'nobody has asked')
    t.strictSame(site.neighbours, [])
    site.send(far)
    site.hear(answer())
    await site.settled()
    t.equal(ended(site.hear(announce(MAC.far))), 'known already')
    t.equal(ended(site.hear(announce(MAC.moved))), 'changes its MAC address too often')
    await site.pass(1)
    t.equal(ended(site.hear(announce(MAC.moved))), 'moved')
    await site.settled()
    t.strictSame(site.neighbours, [`${far} ${packet.formatMac(MAC.moved)}`])
    t.equal(site.lines.length, 3)
    const [asked] = await site.pass(1)
    t.match(frames(asked!), [{ dst: MAC.moved }], 'and asked whether it is so')
    t.equal(ended(site.hear(answer(MAC.moved))), 'still there')
    site.send(nobody)
    await site.pass(4)
  })

  t.test(`${name}: after a restart the same flows, and a question soon`, async (t) => {
    const site = await knowing(far, answer())
    const flows = (one: Site) =>
      [...one.engine.tables(DPID).flows.values()].map(({ key, value }) => key + value).sort()
    const next = await new Site(site.facts).settled()
    t.strictSame(flows(next), flows(site), 'cookies too: no flow is sent again')
    t.match(next.send(far), { outcome: 'sent on' })
    t.strictSame((await next.pass(3)).map(ended), ['asked'])
    t.equal(ended(next.hear(answer())), 'still there')
  })
}

t.test('the flows of a neighbour say where it was learned', async (t) => {
  const site = await knowing('192.168.1.200', arp({}))
  t.strictSame(site.lines, [
    'table=neighbour, priority=200,ip,reg11=0xc0a801c8,metadata=0x2/0xffffffff actions=set_field:02:00:00:00:00:0a->eth_dst,goto_table:mtu',
    'table=learning, priority=300,arp,metadata=0x2/0xffffffff,arp_spa=192.168.1.200,arp_sha=02:00:00:00:00:0a actions=goto_table:destination',
    'table=learning, priority=200,arp,metadata=0x2/0xffffffff,arp_spa=192.168.1.200 actions=resubmit(,destination),load:0x9->NXM_NX_REG5[0..7],load:0x29->NXM_NX_REG5[8..15],goto_table:punt',
  ])
  const flows = [...site.engine.tables(DPID).flows.values()].filter(({ why }) =>
    why.includes('192.168.1.200'),
  )
  t.strictSame(
    flows.map(({ why }) => why),
    [
      '192.168.1.200 in nw-2 answered there from 02:00:00:00:00:0a.',
      'That 192.168.1.200 in nw-2 has this MAC address is known.',
      'Whoever has 192.168.1.200 in nw-2 says that its MAC address is another now.',
    ],
  )
  const six = await knowing('fd00:2::200', advertisement())
  t.strictSame(six.lines, [
    'table=neighbour, priority=200,ipv6,reg8=0xfd000002,reg9=0,reg10=0,reg11=0x200,metadata=0x2/0xffffffff actions=set_field:02:00:00:00:00:0a->eth_dst,goto_table:mtu',
    'table=learning, priority=300,icmp6,metadata=0x2/0xffffffff,icmp_type=136,icmp_code=0,nd_target=fd00:2::200,nd_tll=02:00:00:00:00:0a actions=goto_table:destination',
    'table=learning, priority=200,icmp6,metadata=0x2/0xffffffff,icmp_type=136,icmp_code=0,nd_target=fd00:2::200 actions=resubmit(,destination),load:0x9->NXM_NX_REG5[0..7],load:0x29->NXM_NX_REG5[8..15],goto_table:punt',
  ])
})

t.test(
  'what counts for nothing: other subnets, addresses of rows, MAC addresses of legs and of many',
  async (t) => {
    const site = await new Site().settled()
    site.send('192.168.1.200')
    site.send('fd00:2::200')
    const spa = packet.toIpv4
    const cases: readonly (readonly [Uint8Array, string])[] = [
      [arp({ spa: spa('192.168.2.200') }), 'an address of another network'],
      [arp({ spa: spa('192.168.1.255') }), 'an address of another network'],
      [advertisement({ target: 'fd00:3::200' }), 'an address of another network'],
      [arp({ spa: spa('192.168.1.3') }), 'rows say who has the address'],
      [arp({ spa: spa('192.168.1.254') }), 'rows say who has the address'],
      [arp({ sha: MAC.outer }), 'no MAC address that a neighbour may have'],
      [arp({ sha: 0 }), 'no MAC address that a neighbour may have'],
      [arp({ sha: packet.toMac('01:00:5e:00:00:01') }), 'no MAC address that a neighbour may have'],
      [advertisement({ mac: MAC.inner }), 'no MAC address that a neighbour may have'],
      [advertisement({ mac: null }), 'says no MAC address'],
      [arp({ spa: spa('192.168.1.77') }), 'nobody has asked'],
      [arp({ spa: 0 }), 'says nothing of an address'],
    ]
    for (const [frame, outcome] of cases) t.equal(ended(site.hear(frame)), outcome)
    t.strictSame(site.neighbours, [])
    t.equal(ended(site.send('192.168.9.9')), 'the next hop is in another network')
    t.equal(ended(site.send('192.168.1.3')), 'its flow is on its way')
  },
)

t.test('in a segment: who is there with a MAC address alone answers, and is heard where it is', async (t) => {
  const free: Guest = { id: 2, mac: other.mac, segment_id: 1, addresses: {} }
  const segment: Rows = {
    ...ROWS,
    segments: { 1: {} },
    changes: { 1: { ipv6_network: 'fd00:1::' }, 2: { segment_id: 1 } },
    interfaces: [user, free, inner, { ...outer, addresses: { 2: '192.168.1.254' } }],
  }
  const site = await new Site([], segment).settled()
  const told = 'actions=load:0x9->NXM_NX_REG5[0..7],load:0x29->NXM_NX_REG5[8..15],goto_table:punt'
  t.ok(
    site.all.includes(
      `table=learning, priority=400,arp,metadata=0x80000001/0xffffffff,dl_dst=${outer.mac},arp_op=2 ${told}`,
    ),
    site.all.join('\n'),
  )
  t.match(site.send('192.168.1.200'), { outcome: 'held' })
  const answer = arp({ from: packet.toMac(free.mac!) })
  t.equal(ended(site.punt('neighbour', answer, { metadata: 0x8000_0001, reg0: 2 })), 'learned')
  await site.settled()
  t.strictSame(site.neighbours, [`192.168.1.200 ${free.mac}`])
  t.match(site.lines, [/^table=neighbour.*metadata=0x2\//, /^table=learning.*metadata=0x80000001\//])
})

t.test('an advertisement that overrides nothing, and rows that come to know better', async (t) => {
  const site = await knowing('fd00:2::200', advertisement())
  await site.pass(2)
  t.equal(
    ended(site.hear(advertisement({ mac: MAC.moved, override: false }))),
    'says another MAC address, and is asked',
  )
  t.match(frames((await site.pass(1))[0]!), [{ dst: MAC.far }])
  const there = { ...known, addresses: { 2: ['192.168.1.3', 'fd00:2::200'] } }
  const interfaces = ROWS.interfaces!.map((each) => (each.id === 3 ? there : each))
  site.engine.load({ ...snapshotOf({ ...ROWS, interfaces }), revision: 2 })
  await site.settled()
  t.strictSame(site.lines, [])
  await site.pass(1)
  t.strictSame(site.neighbours, [], 'what was heard is forgotten')
})

t.test('who is not used any more is not asked any more', async (t) => {
  const site = await knowing('192.168.1.200', arp({}))
  const [flow] = [...site.engine.tables(DPID).flows.values()].filter(({ why }) =>
    why.includes('answered there'),
  )
  const seen = (count: bigint) => site.packets.set(flow!.cookie, count)
  /** Whoever is asked answers. */
  const answering = async (seconds: number): Promise<string[]> => {
    const said: string[] = []
    for (let second = 0; second < seconds; second += 1) {
      const now = (await site.pass(1)).map(ended)
      if (now.includes('asked')) site.hear(arp({}))
      said.push(...now)
    }
    return said
  }
  for (let tens = 1n; tens <= 18n; tens += 1n) {
    seen(tens)
    await answering(10)
  }
  t.equal(site.neighbours.length, 1, 'used for minutes')
  const said = await answering(120)
  t.equal(said.at(-1), 'not used any more')
  t.strictSame(site.neighbours, [])
})

t.test('a scan of 10,000 silent addresses disturbs nobody, and takes a share of everything', async (t) => {
  const site = await new Site().settled()
  const many = { ...ROWS, changes: { ...ROWS.changes, 2: { mode: 'physical' as const, ipv4_prefix: 16 } } }
  site.engine.load({ ...snapshotOf(many), revision: 2 })
  await site.settled()
  const outcomes = new Map<string, number>()
  let questions = 0
  const count = (answered: Answered): void => {
    outcomes.set(answered.outcome, (outcomes.get(answered.outcome) ?? 0) + 1)
    questions += answered.packets.filter((each) => tableOf(each) === 'bridging').length
  }
  const most = { entries: 0, octets: 0 }
  // As fast as its meter lets it: 50 in a second.
  for (let n = 0; n < 10_000; n += 1) {
    count(site.send(`192.168.${2 + (n >> 7)}.${1 + (n & 127)}`))
    if (n % 50 === 49) for (const said of await site.pass(1)) count(said)
    most.entries = Math.max(most.entries, site.state.entries.size)
    most.octets = Math.max(most.octets, site.state.entries.heldOctets)
    if (n % 500 !== 250) continue
    const far = packet.toIpv4('192.168.1.0') + 4 + n / 500
    const address = packet.formatIpv4(Math.floor(far))
    t.match(site.send(address, { from: 2, id: 9 }), { outcome: 'held' }, `another guest asks for ${address}`)
    const heard = site.hear(arp({ spa: Math.floor(far) }))
    t.match([ended(heard), ids(heard)], ['learned', [9]])
  }
  t.ok(most.entries <= LIMITS.asking_for_one + LIMITS.failed + 100, `${most.entries} entries`)
  t.ok(most.octets <= LIMITS.asking_for_one * LIMITS.held * 60, `${most.octets} octets wait`)
  t.ok(questions <= 200 * LIMITS.asking_for_one + 100, `${questions} questions in 200 seconds`)
  t.ok((outcomes.get('too many next hops at once that do not answer') ?? 0) > 5000, 'most are dropped')
})

t.test('the table is full: the least recently used goes, and it is said', async (t) => {
  const site = await new Site().settled()
  const many = { ...ROWS, changes: { ...ROWS.changes, 2: { mode: 'physical' as const, ipv4_prefix: 16 } } }
  site.engine.load({ ...snapshotOf(many), revision: 2 })
  await site.settled()
  const address = (n: number): string => `192.168.${2 + (n >> 7)}.${1 + (n & 127)}`
  for (let n = 0; n < LIMITS.known + 10; n += 1) {
    site.send(address(n))
    site.hear(arp({ spa: packet.toIpv4(address(n)) }))
    site.now += 20
  }
  await site.settled()
  t.equal(site.neighbours.length, LIMITS.known)
  t.notOk(site.neighbours.some((line) => line.startsWith(`${address(9)} `)))
  t.ok(site.neighbours.some((line) => line.startsWith(`${address(10)} `)))
  t.match(site.warnings, [/^nw-2: routers know 1024 .*there are more/])
})

t.test('rubbish by the thousand: nothing fails, nothing is learned, all is counted', async (t) => {
  const site = await new Site().settled()
  const random = new Random(7)
  const outcomes = new Map<string, number>()
  const goods = [arp({}), gratuitous(MAC.far), advertisement(), advertisement({ solicited: false })]
  const packets = [routed('192.168.1.200', 1), routed('fd00:2::200', 1)]
  for (let n = 0; n < 20_000; n += 1) {
    const isNews = n % 2 === 0
    const frame = Uint8Array.from(random.pick(isNews ? goods : packets))
    for (let spoilt = random.below(4); spoilt >= 0; spoilt -= 1)
      frame[random.below(frame.length)] = random.below(256)
    const cut = random.chance(0.3) ? frame.subarray(0, random.below(frame.length)) : frame
    const answered = isNews
      ? site.hear(cut)
      : site.punt('next_hop', cut, { metadata: random.below(4), reg0: random.below(9), reg11: random.next() })
    outcomes.set(answered.outcome, (outcomes.get(answered.outcome) ?? 0) + 1)
  }
  t.notOk(outcomes.has('failed'), [...outcomes.keys()].join(', '))
  for (const reason of [
    'malformed Ethernet',
    'malformed ARP',
    'malformed neighbour advertisement',
    'malformed IP',
  ])
    t.ok(outcomes.has(reason), reason)
  t.ok(outcomes.size < 24, [...outcomes.keys()].join(', '))
  t.equal(site.neighbours.length, 0)
  t.ok(site.state.entries.size <= LIMITS.asking + LIMITS.failed)
})
