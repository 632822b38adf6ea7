import assert from 'node:assert/strict'
import type { Bucket, FlowStats, Instruction, Match } from '@openvnet/openflow'
import fc from 'fast-check'
import t from 'tap'
import { COOKIE_BRAND } from '../pipeline/cookie.ts'
import { Flow, type Group, type Meter, type Tables } from '../pipeline/flow.ts'
import { flowKey, flowValue, groupValue, meterValue, readFlowValue } from '../pipeline/identity.ts'
import type { Change } from './change.ts'
import { diff, everything, parts, type Quarantine } from './diff.ts'
import {
  acknowledge,
  emptyInstalled,
  type Installed,
  recordFlows,
  recordGroups,
  recordMeters,
} from './installed.ts'
import { message } from './messages.ts'
import { order } from './order.ts'
import { createQuarantine } from './quarantine.ts'
import { withheld } from './withhold.ts'

const GROUPS = 0x40000000
const METERS = 0x41000000
const NOTHING: Quarantine = { hasFlow: () => false, hasGroup: () => false, hasMeter: () => false }

const matchOf = (address: number): Match => [
  { field: 'eth_type', value: 0x0800, mask: null },
  { field: 'ipv4_dst', value: address, mask: null },
]

function makeFlow(id: number, content: number, group_id?: number, meter_id?: number): Flow {
  const match = matchOf(id)
  const instructions: Instruction[] = [
    ...(meter_id === undefined ? [] : [{ type: 'meter', meter_id } as const]),
    {
      type: 'apply_actions',
      actions: [
        group_id === undefined
          ? ({ type: 'output', port: content, max_len: 0 } as const)
          : ({ type: 'group', group_id } as const),
      ],
    } as const,
  ]
  const cookie = (BigInt(content) << 16n) | COOKIE_BRAND
  return new Flow(
    flowKey(id % 3, 10, match),
    flowValue({ cookie, instructions, idle_timeout: 0, hard_timeout: 0, flags: 0 }),
    { why: () => `flow ${id}` },
  )
}

function makeGroup(id: number, content: number, ...refers: number[]): Group {
  const actions: Bucket['actions'] = [
    { type: 'output', port: content, max_len: 0 },
    ...refers.map((refer) => ({ type: 'group', group_id: GROUPS + refer }) as const),
  ]
  const buckets = [{ weight: 0, watch_port: 0xffffffff, watch_group: 0xffffffff, actions }]
  return {
    group_id: GROUPS + id,
    group_type: 0,
    buckets,
    why: `group ${id}`,
    value: groupValue({ group_type: 0, buckets }),
  }
}

function makeMeter(id: number, rate: number): Meter {
  const bands = [{ type: 'drop', rate, burst_size: 2 * rate } as const]
  return {
    meter_id: METERS + id,
    flags: 5,
    bands,
    why: `meter ${id}`,
    value: meterValue({ flags: 5, bands }),
  }
}

const tables = (
  flows: readonly Flow[],
  groups: readonly Group[] = [],
  meters: readonly Meter[] = [],
): Tables => ({
  meters: new Map(meters.map((meter) => [meter.meter_id, meter])),
  flows: new Map(flows.map((flow) => [flow.key, flow])),
  groups: new Map(groups.map((group) => [group.group_id, group])),
})

const GROUP_IDS = ['0', '1', '2', '3', '4']
/** Few ids and few contents, so that flows and groups meet, differ and use each other. */
const anyTables = fc
  .tuple(
    fc.shuffledSubarray(GROUP_IDS),
    fc.dictionary(
      fc.constantFrom(...GROUP_IDS),
      fc.tuple(fc.nat(2), fc.uniqueArray(fc.nat(4), { maxLength: 2 })),
    ),
    fc.dictionary(
      fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7'),
      fc.tuple(fc.nat(2), fc.boolean(), fc.boolean()),
    ),
    fc.dictionary(fc.constantFrom('0', '1', '2'), fc.integer({ min: 1, max: 3 })),
  )
  .map(([ids, groupContents, flowContents, meterContents]) => {
    const meters = Object.entries(meterContents).map(([id, rate]) => makeMeter(Number(id), rate))
    // A group refers to some that come later in the order, which is another one for other tables: never in a circle.
    const groups = ids.map((id, at) => {
      const [content, refers] = groupContents[id] ?? [0, []]
      const later = ids.slice(at + 1).map(Number)
      return makeGroup(Number(id), content, ...later.filter((other) => refers.includes(other)))
    })
    const flows = Object.entries(flowContents).map(([id, [content, uses, isMetered]]) =>
      makeFlow(
        Number(id),
        content,
        uses ? groups[Number(id) % Math.max(groups.length, 1)]?.group_id : undefined,
        isMetered ? meters[Number(id) % Math.max(meters.length, 1)]?.meter_id : undefined,
      ),
    )
    return tables(flows, groups, meters)
  })

function install(desired: Tables, into: Installed = emptyInstalled()): Installed {
  const comparison = { desired, installed: into, quarantine: NOTHING }
  for (const change of order(diff(comparison, everything(desired, into)), comparison))
    acknowledge(into, change)
  return into
}

const values = <K>(map: ReadonlyMap<K, { readonly value: string }>) =>
  new Map([...map].map(([key, { value }]) => [key, value]))

t.test('applying the difference makes installed equal to desired, and then there is none', async () => {
  fc.assert(
    fc.property(anyTables, anyTables, (before, after) => {
      const installed = install(before)
      install(after, installed)
      assert.deepEqual(installed.flows, values(after.flows))
      assert.deepEqual(installed.groups, values(after.groups))
      assert.deepEqual(installed.meters, values(after.meters))
      assert.deepEqual(
        diff({ desired: after, installed, quarantine: NOTHING }, everything(after, installed)),
        [],
      )
    }),
  )
})

t.test('comparing the keys that changed finds what comparing everything finds', async () => {
  fc.assert(
    fc.property(anyTables, anyTables, (before, after) => {
      const installed = install(before)
      const comparison = { desired: after, installed, quarantine: NOTHING }
      const changed = <V extends { value: string }, K>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>) =>
        new Set([...a.keys(), ...b.keys()].filter((key) => a.get(key)?.value !== b.get(key)?.value))
      const scope = {
        flows: changed(before.flows, after.flows),
        groups: changed(before.groups, after.groups),
        meters: changed(before.meters, after.meters),
      }
      const summary = (changes: readonly Change[]) =>
        new Set(changes.map((change) => JSON.stringify(message(change, 0), bigints)))
      assert.deepEqual(
        summary(diff(comparison, scope)),
        summary(diff(comparison, everything(after, installed))),
      )
    }),
  )
})

const bigints = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)

const usesOf = (value: Flow | Group): number[] => {
  const lists = 'buckets' in value ? value.buckets : value.instructions
  return lists.flatMap((item) =>
    'actions' in item
      ? item.actions.flatMap((action) => (action.type === 'group' ? [action.group_id] : []))
      : [],
  )
}

const hasCircle = (groups: ReadonlyMap<number, Group>): boolean => {
  const reaches = (from: number, to: number, seen: Set<number>): boolean =>
    usesOf(groups.get(from)!).some((next) => {
      if (next === to) return true
      if (seen.has(next)) return false
      return reaches(next, to, seen.add(next))
    })
  return [...groups.keys()].some((group_id) => reaches(group_id, group_id, new Set()))
}

const meterOf = (flow: Flow): number | undefined => {
  const instruction = flow.instructions.find(({ type }) => type === 'meter')
  return instruction?.type === 'meter' ? instruction.meter_id : undefined
}

/** Follows the changes one by one and fails where a switch would refuse one or lose a packet. */
function replay(changes: readonly Change[], before: Tables, after: Tables): void {
  const flows = new Map(before.flows)
  const groups = new Map(before.groups)
  const meters = new Map(before.meters)
  const isMetered = (flow: Flow) => meters.has(meterOf(flow) ?? -1) || meterOf(flow) === undefined
  const kept = [...before.flows.keys()].filter((key) => after.flows.has(key))
  const present = (value: Flow | Group) => usesOf(value).every((group_id) => groups.has(group_id))
  for (const change of changes) {
    if (change.kind === 'flow_add') flows.set(change.flow.key, change.flow)
    else if (change.kind === 'flow_delete') flows.delete(change.key)
    else if (change.kind === 'group_delete') groups.delete(change.group_id)
    else if (change.kind === 'meter_delete') meters.delete(change.meter_id)
    else if ('meter' in change) meters.set(change.meter.meter_id, change.meter)
    else groups.set(change.group.group_id, change.group)
    assert([...flows.values()].every(isMetered), 'a flow refers to a missing meter')
    assert([...groups.values()].every(present), 'a group refers to a missing one')
    assert(!hasCircle(groups), 'groups refer to each other in a circle')
    assert([...flows.values()].every(present), 'a flow refers to a missing group')
    assert(
      kept.every((key) => flows.has(key)),
      'a flow that stays is missing',
    )
  }
}

t.test(
  'in order, nothing refers to a missing group or meter and no wanted flow is ever missing',
  async () => {
    fc.assert(
      fc.property(anyTables, anyTables, (before, after) => {
        const installed = install(before)
        const comparison = { desired: after, installed, quarantine: NOTHING }
        const changes = diff(comparison, everything(after, installed))
        replay(order(changes, comparison), before, after)
      }),
    )
  },
)

t.test('groups are not in a circle for a moment, not even by way of one that does not change', async () => {
  const before = tables([], [makeGroup(0, 1), makeGroup(1, 1, 2), makeGroup(2, 1, 0)])
  const after = tables([], [makeGroup(0, 1, 1), makeGroup(1, 1, 2), makeGroup(2, 1)])
  const comparison = { desired: after, installed: install(before), quarantine: NOTHING }
  replay(order(diff(comparison, everything(after, comparison.installed)), comparison), before, after)
})

t.test('a scope in parts is the same scope', async () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string()),
      fc.uniqueArray(fc.nat()),
      fc.integer({ min: 1, max: 5 }),
      (flows, groups, size) => {
        const all = [...parts({ flows, groups, meters: groups }, size)]
        assert.deepEqual(
          all.flatMap((part) => [...part.flows]),
          flows,
        )
        assert.deepEqual(
          all.flatMap((part) => [...part.groups]),
          groups,
        )
        assert.deepEqual(
          all.flatMap((part) => [...part.meters]),
          groups,
        )
        assert(all.every((part) => [...part.flows].length <= size))
      },
    ),
  )
})

t.test('groups that refer to each other in a circle are all sent, for the switch to refuse', async (t) => {
  const circle = [makeGroup(0, 1, 1), makeGroup(1, 1, 0)]
  const comparison = { desired: tables([], circle), installed: emptyInstalled() }
  const adds = circle.map((group) => ({ kind: 'group_add', group }) as const)
  t.equal(order(adds, comparison).length, 2)
})

t.test('groups of which new versions are refused stay, with the groups that they refer to', async () => {
  fc.assert(
    fc.property(anyTables, anyTables, fc.func(fc.boolean()), (before, after, isRefused) => {
      const installed = install(before)
      const quarantine = {
        ...NOTHING,
        hasGroup: ({ group_id }: Group) => before.groups.has(group_id) && isRefused(group_id),
      }
      const comparison = { desired: after, installed, quarantine }
      const changes = diff(comparison, everything(after, installed))
      const waiting = withheld(changes, installed)
      const missing = (group_id: number) => !installed.groups.has(group_id)
      for (const change of order(changes, comparison)) {
        if (change.kind === 'group_delete' && waiting.has(change.group_id)) continue
        acknowledge(installed, change)
      }
      for (const group_id of installed.groups.keys()) {
        assert.deepEqual([...installed.uses.groups.groups(group_id)].filter(missing), [])
      }
      const kept = [...after.groups.values()].filter((group) => quarantine.hasGroup(group))
      for (const { group_id } of kept)
        assert.equal(installed.groups.get(group_id), before.groups.get(group_id)!.value)
      const needed = new Set(kept.flatMap(({ group_id }) => usesOf(before.groups.get(group_id)!)))
      for (const group_id of waiting) {
        const users = [...installed.uses.groups.users(group_id)]
        assert(needed.has(group_id) || users.some((user) => waiting.has(user)), 'waits without need')
      }
    }),
  )
})

t.test('flows go with the group that they use', async (t) => {
  const { key, value } = makeFlow(1, 1)
  const instructions: Instruction[] = [
    { type: 'write_actions', actions: [{ type: 'clone', actions: [{ type: 'group', group_id: GROUPS }] }] },
  ]
  const nested = new Flow(key, flowValue({ ...readFlowValue(value), instructions }), { why: () => 'nested' })
  const installed = install(tables([nested, makeFlow(2, 1, GROUPS), makeFlow(3, 1, GROUPS + 1)]))
  acknowledge(installed, { kind: 'flow_add', flow: makeFlow(2, 2) })
  const fallen = acknowledge(installed, { kind: 'group_delete', group_id: GROUPS })
  t.strictSame(fallen, [nested.key])
  t.strictSame([...installed.flows.keys()], [makeFlow(2, 2).key, makeFlow(3, 1).key])

  const dumped = emptyInstalled()
  recordFlows(dumped, [stats(nested), stats(makeFlow(3, 1, GROUPS + 1))])
  t.strictSame(acknowledge(dumped, { kind: 'group_delete', group_id: GROUPS }), [nested.key])
  t.equal(dumped.flows.size, 1)
})

t.test('flows go with the meter that they use; a meter of others is no meter of ours', async (t) => {
  const metered = makeFlow(1, 1, undefined, METERS)
  const installed = install(tables([metered, makeFlow(2, 1)], [], [makeMeter(0, 1)]))
  acknowledge(installed, { kind: 'meter_modify', meter: makeMeter(0, 2) })
  t.equal(installed.flows.size, 2)
  t.strictSame(acknowledge(installed, { kind: 'meter_delete', meter_id: METERS }), [metered.key])
  t.equal(installed.flows.size, 1)
  const dumped = emptyInstalled()
  const ours = { flags: 5, bands: makeMeter(0, 1).bands }
  recordMeters(dumped, [
    { meter_id: METERS, ...ours },
    { meter_id: 7, ...ours },
    { meter_id: 0xfffffffe, ...ours },
  ])
  t.strictSame([...dumped.meters], [[METERS, makeMeter(0, 1).value]])
  recordFlows(dumped, [stats(metered)])
  t.strictSame(acknowledge(dumped, { kind: 'meter_delete', meter_id: METERS }), [metered.key])
})

t.test('what the switch refused is left out until its value changes', async (t) => {
  const by = 'switch'
  const old = makeFlow(1, 1)
  const refused = makeFlow(1, 2)
  const quarantine = createQuarantine()
  quarantine.add({ change: { kind: 'flow_add', flow: refused }, error: 'OFPBMC_BAD_VALUE', by })
  quarantine.add({ change: { kind: 'group_add', group: makeGroup(0, 1) }, error: 'OFPGMFC_BAD_BUCKET', by })
  const compare = (desired: Tables, installed: Installed) =>
    diff({ desired, installed, quarantine }, everything(desired, installed))
  t.strictSame(compare(tables([refused], [makeGroup(0, 1)]), emptyInstalled()), [])
  t.strictSame(
    compare(tables([refused]), install(tables([old]))),
    [{ kind: 'flow_delete', key: old.key }],
    'an older flow of the key does not stay behind',
  )
  const older = install(tables([], [makeGroup(0, 0)]))
  t.strictSame(compare(tables([], [makeGroup(0, 1)]), older), [], 'an older group does')
  t.match(compare(tables([]), older), [{ kind: 'group_delete' }], 'while it is wanted')
  t.equal(quarantine.size, 2)
  const changed = tables([makeFlow(1, 3)], [makeGroup(0, 2)])
  t.match(compare(changed, emptyInstalled()), [{ kind: 'group_add' }, { kind: 'flow_add' }])
  t.equal(quarantine.refusals().length, 2)
  quarantine.prune(changed)
  t.strictSame(quarantine.refusals(), [], 'forgotten with its value')
})

t.test('what is released from quarantine is compared again', async (t) => {
  const [one, other] = [makeFlow(1, 1), makeFlow(2, 1)]
  const quarantine = createQuarantine()
  quarantine.add({ change: { kind: 'flow_add', flow: one }, error: 'OFPBAC_BAD_OUT_GROUP', by: 'switch' })
  quarantine.add({ change: { kind: 'flow_add', flow: other }, error: 'OFPBMC_BAD_VALUE', by: 'switch' })
  const released = quarantine.release(({ error }) => error === 'OFPBAC_BAD_OUT_GROUP')
  t.strictSame(released, { flows: [one.key], groups: [], meters: [] })
  t.strictSame([quarantine.hasFlow(one), quarantine.hasFlow(other)], [false, true])
})

const stats = (flow: Flow, more: Partial<FlowStats> = {}): FlowStats => ({
  table_id: flow.table_id,
  duration_sec: 5,
  duration_nsec: 0,
  priority: flow.priority,
  idle_timeout: 0,
  hard_timeout: 0,
  flags: 0,
  cookie: flow.cookie,
  packet_count: 7n,
  byte_count: 700n,
  match: flow.match,
  instructions: flow.instructions,
  ...more,
})

t.test('a dump takes ours and leaves what belongs to others', async (t) => {
  const flow = makeFlow(1, 1)
  const installed = emptyInstalled()
  recordFlows(installed, [stats(flow), stats(makeFlow(2, 1), { cookie: 1n })], tables([flow]))
  const group = makeGroup(3, 1)
  recordGroups(installed, [group, { ...group, group_id: 3 }])
  t.strictSame(installed.flows, new Map([[flow.key, flow.value]]))
  t.strictSame(installed.groups, new Map([[group.group_id, group.value]]))
})

t.test('messages replace by ADD and delete strictly, within our cookies', async (t) => {
  const flow = makeFlow(1, 2)
  t.match(message({ kind: 'flow_add', flow }, 7), {
    type: 'flow_mod',
    xid: 7,
    command: 0,
    cookie: flow.cookie,
    flags: 0,
    table_id: 1,
    priority: 10,
    match: flow.match,
    instructions: flow.instructions,
    buffer_id: 0xffffffff,
  })
  t.match(message({ kind: 'flow_delete', key: flow.key }, 8), {
    command: 4,
    cookie: 0x4f56n,
    cookie_mask: 0xffffn,
    table_id: 1,
    priority: 10,
    match: flow.match,
    out_port: 0xffffffff,
    out_group: 0xffffffff,
  })
  const group = makeGroup(1, 1)
  t.match(message({ kind: 'group_add', group }, 1), { type: 'group_mod', command: 0, buckets: group.buckets })
  t.match(message({ kind: 'group_modify', group }, 1), { command: 1, group_id: group.group_id })
  t.match(message({ kind: 'group_delete', group_id: 5 }, 1), { command: 2, group_id: 5, buckets: [] })
})
