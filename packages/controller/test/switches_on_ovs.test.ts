/** Sessions and reconciling against a real ovs-vswitchd. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Action, Match } from '@openvnet/openflow'
import pino from 'pino'
import t from 'tap'
import { createSwitches, type Switches, type SwitchStatus } from '../src/switch/switches.ts'
import { type PrivateOvs, startPrivateOvs } from './private_ovs.ts'
import { apply, flow, group, manyFlows, meter, output, StandInEngine } from './stand_in_engine.ts'

const DPID = '0x00000000000000a1'
/** Written out, because the constants are under test. */
const OURS = 'cookie=0x4f56/0xffff'

async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeout = 15_000,
): Promise<void> {
  for (const deadline = Date.now() + timeout; Date.now() < deadline; await delay(5))
    if (await condition()) return
  throw new Error(`not within ${timeout} ms: ${what}`)
}

interface Line {
  readonly level: number
  readonly msg: string
  readonly [field: string]: unknown
}

interface Controller {
  readonly switches: Switches
  readonly lines: Line[]
  readonly port: number
  status(): SwitchStatus
  settled(): Promise<SwitchStatus>
}

async function controller(engine: StandInEngine, auditInterval = 0, addresses = 1): Promise<Controller> {
  const lines: Line[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const listen = Array.from({ length: addresses }, () => ({ host: '127.0.0.1', port: 0 }))
  const { desired } = engine
  const switches = await createSwitches({
    listen,
    facts: engine,
    desired,
    log,
    onStatus: () => undefined,
    auditInterval,
  })
  engine.listen((dpid, change) => switches.changed(dpid, change))
  const status = () => switches.statuses().find(({ dpid }) => dpid === DPID)!
  const settled = async () => {
    await until(
      () => status()?.connected && status().acknowledged_revision === engine.revision,
      'acknowledged',
    )
    return status()
  }
  return { switches, lines, status, settled, port: switches.addresses[0]!.port }
}

const ethernet = (eth_type: number): Match => [{ field: 'eth_type', value: eth_type, mask: null }]
const field = (name: Match[number]['field'], value: number | bigint, mask: number | bigint | null = null) =>
  ({ field: name, value, mask }) as Match[number]

/** One flow for each kind of match and action that we can say: what OVS makes of them must read as the same. */
const ASSORTED = [
  flow({ why: 'everything' }),
  flow({ priority: 20, match: [field('in_port', 1)], instructions: [{ type: 'goto_table', table_id: 3 }] }),
  flow({ match: [field('metadata', 0x100n, 0xff00n)], instructions: [apply(output(0xfffffff8))] }),
  flow({ match: [field('eth_src', 0x525400000000, 0xffffff000000), field('eth_dst', 0xffffffffffff)] }),
  flow({ match: [field('eth_dst', 0x010000000000, 0x010000000000)] }),
  flow({ match: [field('vlan_vid', 0x1005)], instructions: [apply({ type: 'pop_vlan' }, output(2))] }),
  flow({ match: [field('vlan_vid', 0x1000, 0x1000), field('vlan_pcp', 3)] }),
  flow({ match: [field('vlan_vid', 0)] }),
  flow({
    match: [
      ...ethernet(0x0806),
      field('arp_op', 1),
      field('arp_spa', 0x0a000001),
      field('arp_tpa', 0x0a000000, 0xffffff00),
    ],
  }),
  flow({ match: [...ethernet(0x0806), field('arp_sha', 0x525400000001), field('arp_tha', 0)] }),
  flow({ match: [...ethernet(0x0800), field('ip_proto', 6), field('tcp_dst', 80, 0xfff0)] }),
  flow({ match: [...ethernet(0x0800), field('ip_proto', 17), field('udp_src', 68), field('udp_dst', 67)] }),
  flow({
    match: [...ethernet(0x0800), field('ip_proto', 1), field('icmpv4_type', 8), field('icmpv4_code', 0)],
  }),
  flow({ match: [...ethernet(0x0800), field('ip_dscp', 46), field('ip_ecn', 1), field('nw_ttl', 1)] }),
  flow({ match: [...ethernet(0x0800), field('ip_frag', 1, 1)] }),
  flow({ match: [...ethernet(0x0800), field('ip_frag', 3)] }),
  flow({
    match: [...ethernet(0x86dd), field('ip_proto', 58), field('icmpv6_type', 135), field('icmpv6_code', 0)],
  }),
  flow({
    match: [...ethernet(0x86dd), field('ipv6_src', 0xfe80n << 112n, 0xffc0n << 112n), field('ipv6_dst', 1n)],
  }),
  flow({ match: [field('tunnel_id', 7n), field('reg0', 1), field('reg7', 0x80000000, 0xf0000000)] }),
  flow({
    table_id: 1,
    instructions: [
      apply(
        { type: 'set_field', field: field('eth_dst', 0x525400000001) },
        { type: 'reg_load', dst: { field: 'reg1', offset: 4, bits: 8 }, value: 0xffn },
        { type: 'reg_load', dst: { field: 'eth_src', offset: 0, bits: 48 }, value: 0x525400000002n },
        {
          type: 'reg_move',
          src: { field: 'eth_src', offset: 0, bits: 48 },
          dst: { field: 'eth_dst', offset: 0, bits: 48 },
        },
        { type: 'set_queue', queue_id: 1 },
        output(1),
      ),
      { type: 'write_metadata', metadata: 0x5n, metadata_mask: 0xfn },
      { type: 'goto_table', table_id: 2 },
    ],
  }),
  flow({
    table_id: 2,
    match: ethernet(0x0800),
    instructions: [
      apply(
        { type: 'stack_push', src: { field: 'ipv4_src', offset: 0, bits: 32 } },
        { type: 'stack_pop', dst: { field: 'ipv4_dst', offset: 0, bits: 32 } },
        { type: 'set_nw_ttl', ttl: 64 },
        { type: 'dec_nw_ttl' },
        { type: 'set_field', field: field('ipv4_src', 0x0a000001) },
        { type: 'set_field', field: field('tunnel_id', 9n) },
        { type: 'resubmit_table', in_port: 0xfff8, table: 5 },
        { type: 'group', group_id: 0x40000001 },
      ),
    ],
  }),
  flow({
    table_id: 3,
    instructions: [
      { type: 'clear_actions' },
      {
        type: 'write_actions',
        actions: [
          { type: 'push_vlan', ethertype: 0x8100 },
          { type: 'set_field', field: field('vlan_vid', 0x1007) },
          output(2),
        ],
      },
    ],
  }),
  flow({ table_id: 4, instructions: [apply({ type: 'output', port: 0xfffffffd, max_len: 0xffff })] }),
]
const GROUPS = [
  group(1, [output(1)], [output(2)]),
  group(
    2,
    [{ type: 'set_field', field: field('tunnel_id', 1n) } as Action, output(1)],
    [{ type: 'group', group_id: 0x40000001 }],
  ),
]

t.test('with one Open vSwitch', async (t) => {
  const ovs: PrivateOvs = await startPrivateOvs()
  t.teardown(() => ovs.stop())
  const first = new StandInEngine(ASSORTED, GROUPS)
  let current = await controller(first)
  t.teardown(() => current.switches.close())
  await ovs.addBridge('br0', DPID, 2, `127.0.0.1:${current.port}`)
  /** Elsewhere, because the switch dials a new target at once and an old one after its back-off. */
  const start = async (engine: StandInEngine, auditInterval = 0) => {
    await current.switches.close()
    current = await controller(engine, auditInterval)
    await ovs.vsctl('set-controller', 'br0', `tcp:127.0.0.1:${current.port}`)
  }
  const restart = async (engine: StandInEngine, auditInterval = 0) => {
    await start(engine, auditInterval)
    return current.settled()
  }
  const dump = async () => (await ovs.ofctl('dump-flows', 'br0', '--no-stats')).sort()
  const ours = async () => (await ovs.ofctl('dump-flows', 'br0', OURS)).length

  await t.test('a switch that connects gets its flows and groups, the engine its ports', async (t) => {
    const status = await current.settled()
    t.match(status, {
      peer: /^127.0.0.1:/,
      flows: ASSORTED.length,
      groups: 2,
      flow_mods_sent: ASSORTED.length,
      group_mods_sent: 2,
    })
    t.match(status, { last_error: null, warnings: [], packet_ins: 0 })
    t.equal(await ours(), ASSORTED.length)
    t.strictSame(
      first.ports.get(DPID),
      new Map([
        ['p1', 1],
        ['p2', 2],
      ]),
      "without the bridge's own port",
    )
    t.ok((await dump()).includes(' cookie=0x14f56, priority=10,metadata=0x100/0xff00 actions=IN_PORT'))
  })

  await t.test('restart with nothing changed sends nothing, and counters go on', async (t) => {
    const packet =
      'in_port(1),packet_type(ns=0,id=0),eth(src=52:54:00:00:00:01,dst=ff:ff:ff:ff:ff:ff),eth_type(0x1234)'
    await ovs.appctl('netdev-dummy/receive', 'p1', packet)
    const counted = async () =>
      (await ovs.ofctl('dump-flows', 'br0')).filter((line) => line.includes('n_packets=1')).length
    await until(async () => (await counted()) > 0, 'a counter')
    const before = await dump()
    const status = await restart(new StandInEngine(ASSORTED, GROUPS))
    t.match(status, { flow_mods_sent: 0, group_mods_sent: 0 })
    t.strictSame(await dump(), before)
    t.ok(await counted())
  })

  await t.test('only the difference is sent, and what stays keeps its counters', async (t) => {
    const engine = new StandInEngine(ASSORTED, GROUPS)
    const before = await restart(engine)
    const changed = flow({
      priority: 20,
      match: [field('in_port', 1)],
      instructions: [{ type: 'goto_table', table_id: 4 }],
      cookie: 9n,
    })
    engine.want(
      [...ASSORTED.filter(({ key }) => key !== changed.key && key !== ASSORTED[0]!.key), changed],
      GROUPS,
    )
    const after = await current.settled()
    t.equal(after.flow_mods_sent - before.flow_mods_sent, 2, 'one replaced, one deleted')
    t.equal(after.group_mods_sent, 0)
    const lines = await ovs.ofctl('dump-flows', 'br0', 'in_port=1')
    t.match(
      lines,
      [/cookie=0x94f56.*n_packets=1,.*goto_table:4/],
      'a new cookie and instruction, the old counter',
    )
    engine.want(ASSORTED, GROUPS)
    await current.settled()
  })

  await t.test('changes while others are applied are all there in the end', async (t) => {
    const engine = new StandInEngine()
    await restart(engine)
    for (let round = 1; round <= 20; round++) {
      engine.want(manyFlows(50 * round, (round % 2) + 1))
      if (round % 3 === 0) await delay(1)
    }
    await current.settled()
    t.equal(await ours(), 1000)
    const lines = await dump()
    t.equal(lines.filter((line) => line.endsWith('actions=output:1')).length, 1000)
  })

  await t.test('flows and groups of others are left alone', async (t) => {
    await restart(new StandInEngine())
    await ovs.ofctl('add-flow', 'br0', 'cookie=0x1234,table=0,priority=7,actions=drop')
    await ovs.ofctl('add-group', 'br0', 'group_id=5,type=all,bucket=output:1')
    const engine = new StandInEngine(ASSORTED, GROUPS)
    await restart(engine)
    engine.want([], [])
    await current.settled()
    t.strictSame(await dump(), [' cookie=0x1234, priority=7 actions=drop'])
    t.match(await ovs.ofctl('dump-groups', 'br0'), [/group_id=5/])
    await ovs.ofctl('del-flows', 'br0')
    await ovs.ofctl('del-groups', 'br0')
  })

  await t.test('what others do to our flows and groups is repaired', async (t) => {
    const engine = new StandInEngine(ASSORTED, GROUPS)
    await restart(engine, 50)
    const before = await dump()
    const repaired = async () =>
      (await dump()).join() === before.join() && (await ovs.ofctl('dump-groups', 'br0')).length === 2
    const noticed = () => current.lines.filter(({ msg }) => msg.startsWith('somebody else')).length
    const harms: [string, () => Promise<unknown>][] = [
      ['a flow deleted', () => ovs.ofctl('del-flows', 'br0', 'udp,udp_dst=67')],
      ['a flow changed', () => ovs.ofctl('mod-flows', 'br0', 'udp,udp_dst=67,actions=output:2')],
      ['a flow added', () => ovs.ofctl('add-flow', 'br0', 'cookie=0x4f56,table=7,priority=3,actions=drop')],
      ['all deleted', () => ovs.ofctl('del-flows', 'br0')],
      [
        'a group and the flows that use it deleted',
        () => ovs.ofctl('del-groups', 'br0', 'group_id=0x40000001'),
      ],
      [
        'a group changed',
        () => ovs.ofctl('mod-group', 'br0', 'group_id=0x40000001,type=all,bucket=output:2'),
      ],
      ['a group added', () => ovs.ofctl('add-group', 'br0', 'group_id=0x40000077,type=all,bucket=output:2')],
    ]
    for (const [index, [name, harm]] of harms.entries()) {
      await harm()
      await until(() => noticed() === index + 1, `${name}: noticed`)
      await until(repaired, name)
      t.pass(name)
    }
  })

  await t.test('a refused flow is reported with its why, and the others are installed', async (t) => {
    const noPrerequisite = flow({ match: [field('udp_dst', 67)], why: 'answers DHCP' })
    const noGroup = flow({
      match: ethernet(0x0807),
      instructions: [apply({ type: 'group', group_id: 0x40000009 })],
      why: 'needs a group',
    })
    const engine = new StandInEngine()
    await restart(engine)
    engine.want([...manyFlows(100), noPrerequisite, noGroup])
    const status = await current.settled()
    t.equal(await ours(), 100)
    t.match(status.warnings.toSorted(), [
      /OFPBAC_BAD_OUT_GROUP.*needs a group/,
      /OFPBMC_BAD_PREREQ.*answers DHCP/,
    ])
    const errors = current.lines.filter(({ level }) => level === 50)
    t.match(errors, [
      { error: 'OFPBMC_BAD_PREREQ', why: 'answers DHCP', dpid: DPID, table: 0 },
      { error: 'OFPBAC_BAD_OUT_GROUP' },
    ])
    t.equal(errors.length, 2, 'each once')

    engine.want([...manyFlows(100), noPrerequisite, noGroup], [group(9, [output(1)])])
    await until(async () => (await ours()) === 101, 'tried again when its group is there')
    await until(() => current.status().warnings.length === 1, 'no longer warned of')
    engine.want(manyFlows(100))
    t.strictSame((await current.settled()).warnings, [])
  })

  await t.test('a group stays when its new version is refused, and so do its flows', async (t) => {
    const user = flow({ instructions: [apply({ type: 'group', group_id: 0x40000001 })] })
    const engine = new StandInEngine([user], [group(1, [output(1)])])
    await restart(engine, 50)
    const before = await ovs.ofctl('dump-groups', 'br0')
    const noticed = () => current.lines.filter(({ msg }) => msg.startsWith('somebody else'))
    for (const wanted of [group(1, [output(0xffffff77)]), group(1, ...Array(3000).fill([output(1)]))]) {
      engine.want([user], [wanted])
      t.match(await current.settled(), { refused: 1, warnings: [/group_id=1073741825/] })
      await delay(200)
      t.strictSame(await ovs.ofctl('dump-groups', 'br0'), before)
      t.equal(await ours(), 1)
    }
    engine.want([user])
    t.match(await current.settled(), { refused: 1, warnings: [/OFPBAC_BAD_OUT_GROUP/] })
    t.strictSame(await ovs.ofctl('dump-groups', 'br0'), [])
    t.equal(await ours(), 0, 'it went with its group')
    await delay(200)
    t.strictSame(noticed(), [])
  })

  await t.test('groups of groups are set, turned around and deleted', async (t) => {
    const use = flow({ instructions: [apply({ type: 'group', group_id: 0x40000001 })] })
    const to = (id: number): Action => ({ type: 'group', group_id: 0x40000000 + id })
    const engine = new StandInEngine()
    await restart(engine, 50)
    const steps = [
      [group(1, [to(2)], [to(3)]), group(2, [output(1)]), group(3, [output(2)])],
      [group(1, [output(1)]), group(2, [to(1)]), group(3, [to(2)])],
      [group(1, [to(4)]), group(4, [to(5)]), group(5, [output(1)])],
      [group(1, [output(2)])],
    ]
    for (const groups of steps) {
      engine.want([use], groups)
      t.match(await current.settled(), { refused: 0, last_error: null, groups: groups.length })
      t.equal((await ovs.ofctl('dump-groups', 'br0')).length, groups.length)
      t.equal(await ours(), 1)
    }
    engine.want([])
    await current.settled()
    t.strictSame(await ovs.ofctl('dump-groups', 'br0'), [])
    t.strictSame(
      current.lines.filter(({ level }) => level >= 40),
      [],
    )
  })

  await t.test('a group that somebody deleted or added is set right when it changes', async (t) => {
    const engine = new StandInEngine([], [group(1, [output(1)])])
    await restart(engine)
    await ovs.ofctl('del-groups', 'br0')
    await ovs.ofctl('add-group', 'br0', 'group_id=0x40000002,type=all,bucket=output:2')
    engine.want([], [group(1, [output(2)]), group(2, [output(1)])])
    t.match(await current.settled(), { refused: 0, last_error: null })
    t.strictSame((await ovs.ofctl('dump-groups', 'br0')).sort(), [
      ' group_id=1073741825,type=all,bucket=actions=output:2',
      ' group_id=1073741826,type=all,bucket=actions=output:1',
    ])
    engine.want([])
    await current.settled()
  })

  await t.test('meters come before their flows and go after them; those of others stay', async (t) => {
    const METER = 'meter=1090519041' // 0x41000001
    const engine = new StandInEngine(manyFlows(20))
    await ovs.ofctl('add-meter', 'br0', 'meter=7,kbps,band=type=drop,rate=100')
    await restart(engine)
    const metered = [0x1000001, 0x1000002, 0xfffffff].map((id, index) =>
      flow({
        table_id: 8,
        priority: index + 1,
        instructions: [
          { type: 'meter', meter_id: 0x40000000 + id },
          apply({
            type: 'controller2',
            properties: [{ type: 'userdata', userdata: Uint8Array.of(1, index) }],
          }),
        ],
      }),
    )
    const meters = (rate: number) => [0x1000001, 0x1000002, 0xfffffff].map((id) => meter(id, rate))
    engine.want([...manyFlows(20), ...metered], [], meters(20))
    t.match(await current.settled(), { meters: 3, meter_mods_sent: 3, refused: 0, last_error: null })
    const shown = async () => (await ovs.ofctl('dump-meters', 'br0')).join('\n')
    t.match(await shown(), /meter=1090519041 pktps burst bands=\n *type=drop rate=20 burst_size=40/)
    const held = await ovs.ofctl('dump-flows', 'br0', 'table=8')
    t.match(held.join('\n'), /actions=meter:1090519041,controller\(userdata=01.00\)/)

    engine.want([...manyFlows(20), ...metered], [], meters(50))
    t.match(await current.settled(), { meter_mods_sent: 6 }, 'another rate is a modification')
    t.equal((await ovs.ofctl('dump-flows', 'br0', 'table=8')).length, 3, 'that keeps the flows')

    t.match(
      await restart(engine, 100),
      { flow_mods_sent: 0, meter_mods_sent: 0 },
      'nothing changed, nothing sent',
    )

    await ovs.ofctl('mod-meter', 'br0', `${METER},pktps,burst,band=type=drop,rate=1,burst_size=1`)
    await ovs.ofctl('del-meter', 'br0', 'meter=1090519042')
    await until(async () => {
      const text = await shown()
      return (
        text.split('rate=50').length === 4 && (await ovs.ofctl('dump-flows', 'br0', 'table=8')).length === 3
      )
    }, 'what others did to meters is set right, with the flow that went along')

    engine.want(manyFlows(20))
    t.match(await current.settled(), { meters: 0, refused: 0, last_error: null })
    t.match(
      await shown(),
      /^[^=]*meter=7 kbps bands=\n *type=drop rate=100[^=]*$/,
      'that of somebody else is left',
    )
    await ovs.ofctl('del-meters', 'br0')
  })

  await t.test('many refused flows do not take a round each', async (t) => {
    const engine = new StandInEngine()
    const before = await restart(engine)
    const bad = manyFlows(100).map((each) =>
      flow({
        ...each.content,
        cookie: 1n,
        instructions: [apply({ type: 'group', group_id: 0x40000009 })],
        why: 'needs a group',
      }),
    )
    engine.want([...bad, ...manyFlows(200).slice(100)])
    const status = await current.settled()
    t.equal(await ours(), 100)
    t.ok(status.flow_mods_sent - before.flow_mods_sent < 3000)
    t.equal(status.warnings.length, 10)
  })

  await t.test('ports that come and go are told to the engine', async () => {
    const engine = new StandInEngine()
    await restart(engine)
    engine.facts.length = 0
    await ovs.vsctl('add-port', 'br0', 'p9', '--', 'set', 'interface', 'p9', 'type=dummy', 'ofport_request=9')
    await until(() => engine.facts.includes(`${DPID} p9 9`), 'port added')
    await ovs.vsctl('set', 'interface', 'p9', 'ofport_request=19')
    await until(() => engine.facts.includes(`${DPID} p9 19`), 'port renumbered')
    await ovs.vsctl('del-port', 'br0', 'p9')
    await until(() => engine.facts.at(-1) === `${DPID} p9 null`, 'port deleted')
  })

  await t.test('nothing is touched before the engine has computed', async (t) => {
    await restart(new StandInEngine(manyFlows(100)))
    const engine = new StandInEngine([], [], false)
    await start(engine, 20)
    await until(() => engine.ports.has(DPID), 'connected')
    await delay(200)
    t.equal(await ours(), 100)
    engine.want(manyFlows(99))
    t.match(await current.settled(), { flow_mods_sent: 1 })
  })

  await t.test('of two targets that lead here one is used, the other when that ends', async (t) => {
    const engine = new StandInEngine(manyFlows(20_000), GROUPS)
    await current.switches.close()
    current = await controller(engine, 0, 2)
    const [first, second] = current.switches.addresses.map(({ port }) => `tcp:127.0.0.1:${port}`)
    await ovs.vsctl('set-controller', 'br0', first!, second!)
    const { flow_mods_sent, peer } = await current.settled()
    t.equal(flow_mods_sent, 20_000 - 99, 'each flow that is not there yet, once')
    await until(() => current.status().warnings.length === 1, 'one stands by')
    await delay(5000)
    t.match(current.status(), { connected: true, peer, flow_mods_sent, last_error: null })
    t.match(current.status().warnings, [/^a second connection from 127\.0\.0\.1:\d+ stands by/])
    const lines = (text: string) => current.lines.filter(({ msg }) => msg === text)
    t.strictSame([lines('switch connected').length, lines('switch disconnected').length], [1, 0])
    engine.want(manyFlows(20_001), GROUPS)
    t.equal((await current.settled()).flow_mods_sent, flow_mods_sent + 1, 'a change is sent once')

    const before = await dump()
    const dial = async (...targets: string[]) => {
      await ovs.vsctl('set-controller', 'br0', ...targets)
      await until(() => current.status().warnings.length === targets.length - 1, `${targets.length} targets`)
    }
    await dial(second!)
    if (current.status().peer === peer) {
      // The second was in use: the first stands by again, and takes over.
      await dial(first!, second!)
      await dial(first!)
    }
    await current.settled()
    t.not(current.status().peer, peer)
    t.equal(current.status().flow_mods_sent, flow_mods_sent + 1, 'nothing is sent again')
    t.strictSame(await dump(), before)
    engine.want(manyFlows(20_002), GROUPS)
    t.equal((await current.settled()).flow_mods_sent, flow_mods_sent + 2)
    t.equal(await ours(), 20_002)
  })

  await t.test('a switch killed amid a large change has everything when it is back', async (t) => {
    const engine = new StandInEngine()
    await restart(engine)
    engine.want(manyFlows(50_000), GROUPS)
    await until(() => current.status().flow_mods_sent >= 20_000, 'under way')
    await ovs.killSwitch()
    await until(() => !current.status().connected, 'disconnected')
    t.not(current.status().acknowledged_revision, engine.revision)
    await ovs.startSwitch()
    await until(() => current.status().connected, 'connected again')
    await current.settled()
    t.equal(await ours(), 50_000)
    t.equal((await ovs.ofctl('dump-groups', 'br0')).length, 2)
  })
})
