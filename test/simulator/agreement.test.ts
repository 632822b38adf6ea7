/**
 * The simulator and a real Open vSwitch, given the same flows and frames: they refuse the same flows and send the
 * same bytes out of the same ports.
 */
import { buildEthernet } from '@openvnet/controller/packet'
import type { Action, FieldName, Instruction, Match, OxmField } from '@openvnet/openflow'
import fc from 'fast-check'
import t from 'tap'
import { flows, groups } from './generate_flows.ts'
import { frames } from './generate_frames.ts'
import { PORTS } from './pools.ts'
import { RealSwitch } from './real_switch.ts'
import { Refusal } from './refusal.ts'
import type { SimulatedFlow, SimulatedGroup, SimulatedTables } from './simulated_flow.ts'
import { createSimulator } from './simulator.ts'

const real = await RealSwitch.start(PORTS)
t.teardown(() => real.close())

const tablesOf = (
  flowList: readonly SimulatedFlow[],
  groupList: readonly SimulatedGroup[],
): SimulatedTables => ({
  flows: new Map(flowList.map((flow, index) => [`${index}`, flow])),
  groups: new Map(groupList.map((group) => [group.group_id, group])),
})

/** The error that the simulator gives for a flow or group, or `null`. */
const refusal = (tables: SimulatedTables): string | null => {
  try {
    createSimulator({ tables, ports: PORTS })
    return null
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

const show = (value: unknown): string =>
  JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? `${part}n` : part), 1)

const byPort = (outputs: readonly { port: number; frame: Uint8Array }[]): string[] =>
  PORTS.flatMap((port) =>
    outputs
      .filter((output) => output.port === port)
      .map(({ frame }) => `${port}: ${Buffer.from(frame).toString('hex')}`),
  )

const accepted = async (candidate: SimulatedFlow, groupList: readonly SimulatedGroup[]): Promise<boolean> => {
  const [error = null] = await real.addFlow(candidate)
  const ours = refusal(tablesOf([candidate], groupList))
  if ((error === null) !== (ours === null))
    throw new Error(`the switch says ${error}, the simulator ${ours} to ${show(candidate)}`)
  return error === null
}

const acceptedGroups = async (groupList: readonly SimulatedGroup[]): Promise<SimulatedGroup[]> => {
  const kept: SimulatedGroup[] = []
  for (const group of groupList) {
    const [error = null] = await real.addGroup(group)
    const ours = refusal(tablesOf([], [...kept, group]))
    if ((error === null) !== (ours === null))
      throw new Error(`the switch says ${error}, the simulator ${ours} to ${show(group)}`)
    if (error === null) kept.push(group)
  }
  return kept
}

const compare = async (tables: SimulatedTables, port: number, packet: Uint8Array): Promise<void> => {
  const ours = createSimulator({ tables, ports: PORTS }).inject(port, packet)
  const theirs = await real.inject(port, packet)
  if (byPort(ours.outputs).join() === byPort(theirs).join()) return
  const difference = { simulator: byPort(ours.outputs), error: ours.error, switch: byPort(theirs) }
  throw new Error(`${show(difference)}\n${show(ours.trace)}\n${await real.trace(port, packet)}`)
}

const frame = buildEthernet({ dst: 1, src: 2, eth_type: 0x88b5, payload: new Uint8Array(4) })
const send = (port: number): Action => ({ type: 'output', port, max_len: 0 })
const apply = (...actions: Action[]): Instruction => ({ type: 'apply_actions', actions })
const flow = (table_id: number, instructions: readonly Instruction[], match: Match = []): SimulatedFlow => ({
  table_id,
  priority: 1,
  match,
  instructions,
  why: 'a test',
})

t.test('what a switch refuses, with its error', async (t) => {
  const exact = (field: FieldName, value: number): OxmField => ({
    field,
    value,
    mask: null,
  })
  const ip = exact('eth_type', 0x0800)
  const set = (field: OxmField): Instruction => apply({ type: 'set_field', field })
  const part = (field: FieldName, bits: number) => ({ field, offset: 0, bits })
  const cases: readonly (readonly [string, SimulatedFlow])[] = [
    ['OFPBMC_BAD_PREREQ', flow(0, [], [exact('ipv4_src', 1)])],
    ['OFPBMC_BAD_PREREQ', flow(0, [], [exact('ipv4_src', 1), ip])],
    ['OFPBMC_BAD_PREREQ', flow(0, [], [ip, exact('udp_dst', 67)])],
    ['OFPBMC_DUP_FIELD', flow(0, [], [exact('reg0', 1), exact('reg0', 1)])],
    ['OFPBMC_BAD_VALUE', flow(0, [], [exact('eth_type', 0x0806), exact('arp_op', 256)])],
    ['OFPBIC_BAD_TABLE_ID', flow(5, [{ type: 'goto_table', table_id: 5 }])],
    ['OFPBIC_BAD_TABLE_ID', flow(5, [{ type: 'goto_table', table_id: 4 }])],
    ['OFPBIC_DUP_INST', flow(0, [apply(send(1)), apply(send(2))])],
    ['OFPBAC_BAD_OUT_PORT', flow(0, [apply(send(0xff00))])],
    ['OFPBAC_BAD_OUT_GROUP', flow(0, [apply({ type: 'group', group_id: 77 })])],
    ['OFPBAC_MATCH_INCONSISTENT', flow(0, [apply({ type: 'dec_nw_ttl' })])],
    ['OFPBAC_MATCH_INCONSISTENT', flow(0, [set(exact('ipv4_src', 1))])],
    ['OFPBAC_MATCH_INCONSISTENT', flow(0, [apply({ type: 'stack_push', src: part('arp_sha', 48) })])],
    ['OFPBAC_BAD_SET_ARGUMENT', flow(0, [set(exact('in_port', 1))])],
    [
      'OFPBAC_BAD_TYPE',
      flow(0, [{ type: 'write_actions', actions: [{ type: 'stack_push', src: part('reg0', 32) }] }]),
    ],
  ]
  for (const [code, refused] of cases) {
    const [theirs = null] = await real.addFlow(refused)
    t.equal(refusal(tablesOf([refused], [])), code)
    t.equal(theirs, code)
  }
})

t.test('a packet that resubmits for ever has its copies put out until the switch gives up', async (t) => {
  const again = apply(send(2), { type: 'resubmit_table', in_port: 0xfff8, table: 255 })
  const tables = tablesOf([flow(0, [again])], [])
  await real.install(tables)
  const ours = createSimulator({ tables, ports: PORTS }).inject(1, frame)
  const theirs = await real.inject(1, frame)
  t.match(ours.error, /deeper than 64/)
  t.same(byPort(ours.outputs), byPort(theirs))
})

t.test(
  'what was set of neighbour discovery stays when the type of the message changes afterwards',
  async (t) => {
    const advertisement = Buffer.from(
      '0200000000010200000000018' +
        '6dd6000000000203afffd000000000000000000000000000001fd0000000000000000000000000000018800699200000000' +
        'fd0000000000000000000000000000010e01010203040506',
      'hex',
    )
    const exact = (field: FieldName, value: number): OxmField => ({ field, value, mask: null })
    const match = [
      exact('eth_type', 0x86dd),
      exact('ip_proto', 58),
      exact('icmpv6_type', 136),
      exact('icmpv6_code', 0),
    ]
    const set = (field: FieldName, value: number): Action => ({
      type: 'set_field',
      field: exact(field, value),
    })
    const tables = tablesOf(
      [flow(0, [apply(set('nd_options_type', 1), set('icmpv6_type', 128), send(2))], match)],
      [],
    )
    await real.install(tables)
    const [theirs] = byPort(await real.inject(1, advertisement))
    t.match(theirs, /0101010203040506$/)
    t.same(byPort(createSimulator({ tables, ports: PORTS }).inject(1, advertisement).outputs), [theirs])
  },
)

t.test('the simulator says what it met and what it would punt', async (t) => {
  const miss = { ...flow(1, [apply(send(0xffff_fffd))]), priority: 0, why: 'nobody knows it' }
  const tables = tablesOf([flow(0, [{ type: 'goto_table', table_id: 1 }]), miss], [])
  const { trace, controller, outputs } = createSimulator({ tables, ports: PORTS }).inject(1, frame)
  t.same(
    trace.map(({ table_id, why }) => [table_id, why]),
    [
      [0, 'a test'],
      [1, 'nobody knows it'],
    ],
  )
  t.match(controller, [
    { reason: 'no_match', table_id: 1, frame, metadata: [{ field: 'in_port', value: 1 }] },
  ])
  t.same(outputs, [])
})

t.test('flows of one priority that overlap and differ are refused, others are not', async (t) => {
  const masked = (value: number, mask: number | null): Match => [{ field: 'reg0', value, mask }]
  const both = (a: SimulatedFlow, b: SimulatedFlow) => refusal(tablesOf([a, b], []))
  const out = (port: number) => [apply(send(port))]
  t.equal(both(flow(0, out(1), masked(1, 1)), flow(0, out(2), masked(3, null))), 'OVERLAP')
  t.equal(both(flow(0, out(1), masked(1, 1)), flow(0, out(1), masked(3, null))), null, 'the same outcome')
  t.equal(both(flow(0, out(1), masked(1, 1)), flow(0, out(2), masked(2, null))), null, 'disjoint')
  t.equal(both(flow(0, out(1), masked(1, 1)), flow(1, out(2), masked(3, null))), null, 'another table')
})

t.test('generated flows and frames', async () => {
  const injections = fc.array(fc.tuple(fc.constantFrom(...PORTS), frames), { minLength: 8, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(flows, groups, injections, async (flowList, groupList, packets) => {
      await real.clear()
      const keptGroups = await acceptedGroups(groupList)
      const kept: SimulatedFlow[] = []
      for (const made of flowList) if (await accepted(made, keptGroups)) kept.push(made)
      const tables = tablesOf(kept, keptGroups)
      await real.install(tables)
      for (const [port, packet] of packets) await compare(tables, port, packet)
    }),
    { numRuns: Number(process.env['VNET_RUNS'] ?? 60) },
  )
})
