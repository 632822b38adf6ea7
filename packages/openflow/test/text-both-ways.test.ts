/** What is printed reads as what it was printed from, in its canonical form, and prints as the same text again. */
import assert from 'node:assert/strict'
import {
  type Action,
  canonicalActions,
  canonicalGroup,
  canonicalMatch,
  canonicalMeter,
  formatActions,
  formatFlow,
  formatGroup,
  formatInstructions,
  formatMatch,
  formatMeter,
  type GroupDesc,
  type MeterConfig,
  OFPG,
  OFPP,
  parseActions,
  parseFlow,
  parseGroup,
  parseMatch,
  parseMeter,
} from '@openvnet/openflow'
import fc from 'fast-check'
import t from 'tap'
import { anyActions, isSayable } from './arbitrary-action.ts'
import { record, u8, u16, u32 } from './arbitrary-field.ts'
import { startOpenVswitch, withoutOpenVswitch } from './open-vswitch.ts'
import { sayableMatch } from './sane-match.ts'

const numRuns = 5000

t.test('every action', async () => {
  fc.assert(
    fc.property(anyActions, (all) => {
      const actions = all.filter(isSayable)
      const canonical = canonicalActions(actions)
      const text = formatActions(canonical)
      assert.deepEqual(parseActions(formatActions(actions)), canonical, text)
      assert.equal(formatActions(parseActions(text)), text)
      assert.deepEqual(canonicalActions(canonical), canonical, 'what is canonical stays as it is')
    }),
    { numRuns },
  )
})

t.test('every field, with its masks', async () => {
  fc.assert(
    fc.property(sayableMatch, ([, match]) => {
      const text = formatMatch(canonicalMatch(match))
      assert.deepEqual(parseMatch(formatMatch(match)), canonicalMatch(match), text)
      assert.equal(formatMatch(parseMatch(text)), text)
      assert.deepEqual(canonicalMatch(canonicalMatch(match)), canonicalMatch(match))
    }),
    { numRuns },
  )
})

const bucket = fc
  .tuple(u16, fc.oneof(u32, fc.constant(OFPP.ANY)), fc.oneof(u32, fc.constant(OFPG.ANY)), anyActions)
  .filter(([, port]) => port < 0xff00 || port > 0xffff)
  .map(([weight, watch_port, watch_group, actions]) => ({
    weight,
    watch_port,
    watch_group,
    actions: actions.filter(isSayable),
  }))
const group = record<GroupDesc>({
  group_type: fc.oneof(fc.nat(3), u8),
  group_id: u32,
  buckets: fc.array(bucket, { maxLength: 4 }),
})

t.test('every group', async (t) => {
  fc.assert(
    fc.property(group, (one) => {
      const text = formatGroup(canonicalGroup(one))
      assert.deepEqual(parseGroup(formatGroup(one)), canonicalGroup(one), text)
      assert.equal(formatGroup(parseGroup(text)), text)
    }),
    { numRuns: 1000 },
  )
  t.same(parseGroup('group_id=1 type=ff,bucket=watch_port=eth0,2', { portNumber: () => 7 }), {
    group_type: 3,
    group_id: 1,
    buckets: [
      {
        weight: 0,
        watch_port: 7,
        watch_group: OFPG.ANY,
        actions: [{ type: 'output', port: 2, max_len: 0 }],
      },
    ],
  })
})

const size = { rate: u32, burst_size: u32 }
const data = fc.uint8Array({ maxLength: 8 })
const meter = record<object>({
  flags: u16,
  meter_id: u32,
  bands: fc.array(
    fc.oneof(
      record<object>({ type: fc.constant('drop' as const), ...size }),
      record<object>({ type: fc.constant('dscp_remark' as const), ...size, prec_level: u8 }),
      record<object>({ type: fc.constant('experimenter' as const), ...size, experimenter: u32, data }),
      record<object>({ type: fc.constant('unknown' as const), ...size, band_type: u16, data }),
    ),
    { maxLength: 3 },
  ),
}) as fc.Arbitrary<MeterConfig>

t.test('every meter', async () => {
  fc.assert(
    fc.property(meter, (one) => {
      const text = formatMeter(one)
      assert.deepEqual(parseMeter(text), canonicalMeter(one), text)
      assert.equal(formatMeter(parseMeter(text)), text)
    }),
    { numRuns: 1000 },
  )
})

t.test('groups and meters of ovs-vswitchd', { skip: withoutOpenVswitch }, async (t) => {
  const openVswitch = await startOpenVswitch()
  t.teardown(() => openVswitch.stop())
  const bridge = `unix:${openVswitch.management}`
  const groups = [
    'group_id=1,type=all,bucket=output:1',
    'group_id=2,type=select,bucket=actions=output:1,output:2,bucket=weight:7,actions=3',
    'group_id=3,type=select,bucket=weight=0,actions=3,bucket=weight:1,set_field:1->reg0,2',
    'group_id=4,type=ff,bucket=watch_port:1,actions=1,bucket=watch_group=1,actions=group:1',
    'group_id=6,type=fast_failover,bucket=watch_port=2,1',
    'group_id=10,type=all',
    'group_id=11,type=indirect,bucket=actions=drop',
    'group_id=15 type=all bucket=actions=output:1 bucket=output:2',
  ]
  for (const line of groups) openVswitch.ofctl('add-group', bridge, line)
  const dumped = openVswitch.ofctl('--no-names', 'dump-groups', bridge).split('\n').slice(1).filter(Boolean)
  const ours = groups.map((line) => ` ${formatGroup(parseGroup(line))}`)
  t.same(ours.sort(), dumped.sort())
  const meters = [
    'meter=1,kbps,band=type=drop,rate=1000',
    'meter=3,kbps,burst,bands=type=drop rate=1000 burst_size=5',
    'meter=5,pktps,stats,bands=type=drop,rate=1000 type=drop,rate=5',
    'meter=7 kbps bands=\ntype=drop rate=1000',
    'meter=controller,kbps,band=type=drop,rate=1000',
  ]
  // Our text of them, which it reads too.
  for (const line of meters) openVswitch.ofctl('add-meter', bridge, formatMeter(parseMeter(line)))
  const [, ...text] = openVswitch.ofctl('dump-meters', bridge).split('\n')
  const theirs = text.join('\n').trim().split('\n\n').map(parseMeter)
  const byId = (a: MeterConfig, b: MeterConfig): number => a.meter_id - b.meter_id
  t.same(theirs.sort(byId), meters.map(parseMeter).sort(byId))
})

t.test('names of tables and ports, whatever they are', async () => {
  const name = fc
    .string({ minLength: 1, maxLength: 12 })
    .filter((text) => !/^(0|[1-9])[0-9]*$|^0x/.test(text))
  fc.assert(
    fc.property(name, name, (table, port) => {
      fc.pre(!/^(in_port|unset|table|normal|flood|all|controller|local|any|none|max)$/i.test(port))
      const flow = parseFlow(
        'table=3,in_port=5,actions=output:5,resubmit(5,3),ct(table=3),learn(table=3),goto_table:3',
      )
      const text = formatFlow(flow, {
        tableName: (number) => (number === 3 ? table : undefined),
        portName: (number) => (number === 5 ? port : undefined),
      })
      const back = parseFlow(text, {
        tableNumber: (text) => (text === table ? 3 : undefined),
        portNumber: (text) => (text === port ? 5 : undefined),
      })
      assert.deepEqual(back, flow, text)
    }),
    { numRuns: 1000 },
  )
})

/** The texts that `ovs-ofctl` prints of several actions, and which of these is read. */
const READ_AS: readonly (readonly [action: Action, read: string])[] = [
  [move('copy_field'), 'reg_move'],
  [{ type: 'resubmit_table', in_port: 3, table: 255 }, 'resubmit'],
  [{ type: 'controller', max_len: 7, controller_id: 0, reason: 1 }, 'output'],
  [{ type: 'controller2', properties: [{ type: 'max_len', max_len: 7 }] }, 'output'],
  [{ type: 'controller2', properties: [{ type: 'controller_id', controller_id: 7 }] }, 'controller'],
  [{ type: 'output_reg2', src: { field: 'reg0', offset: 0, bits: 32 }, max_len: 7 }, 'output_reg'],
  [{ type: 'output_reg', src: { field: 'nsh_c1', offset: 0, bits: 32 }, max_len: 7 }, 'output_reg2'],
  [{ type: 'reg_load2', field: { field: 'reg0', value: 5, mask: null } }, 'set_field'],
  [{ type: 'set_vlan_vid', vlan_vid: 7 }, 'set_field'],
  [{ type: 'set_mpls_label', mpls_label: 7 }, 'set_field'],
]

function move(type: 'reg_move' | 'copy_field'): Action {
  const place = { field: 'reg0', offset: 0, bits: 32 } as const
  return { type, src: place, dst: { ...place, field: 'reg1' } }
}

t.test('of actions that print alike one is read', async (t) => {
  for (const [action, read] of READ_AS) {
    const text = formatActions([action])
    t.equal(parseActions(text)[0]?.type, read, text)
    t.same(parseActions(text), canonicalActions([action]), text)
  }
  const port: Action = { type: 'set_tp_dst', tp_port: 5 }
  const { instructions } = parseFlow(`udp,actions=${formatActions([port])}`)
  t.same(instructions, [{ type: 'apply_actions', actions: canonicalActions([port], parseMatch('udp')) }])
  t.equal(formatInstructions(instructions), 'set_field:5->udp_dst')
  t.same(canonicalActions([port]), [port], 'without a protocol nobody knows')
})

/** What is wrong, where, and what to do about it. */
const HINTS: readonly (readonly [read: (text: string) => unknown, text: string, at: number, hint: RegExp])[] =
  [
    [parseActions, 'outptu:3', 0, /^did you mean "output"\?$/],
    [parseActions, 'goto_table:3', 0, /^goto_table is an instruction/],
    [parseActions, '1,drop', 2, /^drop stands alone$/],
    [parseActions, 'set_field:1->rge0', 13, /^did you mean "reg0"\?$/],
    [parseActions, 'ct(comit)', 3, /^did you mean "commit"\?$/],
    [parseActions, 'encap(nhs)', 6, /^did you mean "nsh"\?$/],
    [parseActions, 'exit:5', 5, /^$/],
    [parseActions, 'mod_tp_dst:5', 0, /set_field:…->tp_dst|tcp_dst/],
    [parseActions, 'load:1->ipv6_src[]', 8, /^set_field: sets/],
    [parseActions, 'output:eth0', 7, /^no names are known here/],
    [parseFlow, 'prio=5,actions=1', 0, /^$/],
    [parseFlow, 'priorty=5,actions=1', 0, /^did you mean "priority"\?$/],
    [parseFlow, 'tpc,actions=1', 0, /^did you mean "tcp"\?$/],
    [parseFlow, 'nw_dts=1.2.3.4,actions=1', 0, /^did you mean "nw_dst"\?$/],
    [parseFlow, 'reg0,actions=1', 0, /^reg0 wants a value/],
    [parseFlow, 'ip=1,actions=1', 0, /^ip stands alone$/],
    [parseFlow, 'priority=010,actions=1', 9, /^decimal without zeros/],
    [parseFlow, 'reg0=ff,actions=1', 5, /^hexadecimal begins with 0x$/],
    [parseFlow, 'nw_dst=1.2.3.4,actions=1', 0, /^say the protocol/],
    [parseFlow, 'table=arp,actions=1', 6, /^no names are known here/],
    [parseGroup, 'group_id=1,type=selct', 16, /^did you mean "select"\?$/],
    [parseGroup, 'group_id=1,type=all,selection_method=hash', 20, /^OpenFlow 1.3 cannot say it/],
    [parseGroup, 'group_id=1,type=all,bucket=weight:1', 35, /^actions=drop for none$/],
    [parseGroup, 'type=all', 8, /^$/],
    [parseMeter, 'meter=1,kbps,bands=type=drop,rate=5,burst_size=3', 47, /^say burst/],
    [parseMeter, 'meter=1,kbs,bands=type=drop,rate=5', 8, /^did you mean "kbps"\?$/],
    [parseMeter, 'meter=1,kbps', 12, /^$/],
  ]

t.test('what is wrong says what to do', async (t) => {
  for (const [read, text, position, hint] of HINTS)
    t.throws(() => read(text), { name: 'FlowSyntaxError', position, hint }, text)
  t.throws(() => parseActions(`1,outptu:${'9'.repeat(99)}`), {
    message: 'expected an action instead of "outptu" (character 2): did you mean "output"?',
  })
  const long = `output:${'x'.repeat(500)}`
  t.throws(() => parseActions(long), { message: /^.{20,200}$/ })
})
