/** What switches refuse, lose or are changed in behind our back: what is left out, told and repaired. */
import { OFPBCT, OFPET, OFPGC } from '@openvnet/openflow'
import type { FakeSwitch } from '@openvnet/openflow/testing'
import t from 'tap'
import { fake, start, until } from '../../test/played_switches.ts'
import { apply, flow, group, manyFlows, output, StandInEngine } from '../../test/stand_in_engine.ts'

t.test('a full table takes what fits, and the status says so', async (t) => {
  const engine = new StandInEngine()
  const { port, settled, switches } = await start(t, engine)
  const played = await fake(t, port, 1, { maxFlowsPerTable: 5 })
  engine.want(Array.from({ length: 40 }, (_, index) => flow({ priority: index })))
  const status = await settled(1)
  t.equal(played.flowCount, 5)
  t.match(status.warnings[0], /OFPFMFC_TABLE_FULL/)
  t.match(status, { refused: 35, last_error: /OFPFMFC_TABLE_FULL/ })
  engine.want(Array.from({ length: 4 }, (_, index) => flow({ priority: index + 36 })))
  await until(() => played.flowCount === 4, 'the others get in when there is room')
  await until(() => switches.statuses()[0]!.warnings.length === 0, 'no longer warned of')
  t.match(switches.statuses()[0], { refused: 0, last_error: null })
})

t.test('a group that does not fit into a message is left out and reported', async (t) => {
  const engine = new StandInEngine()
  const { port, settled, lines } = await start(t, engine)
  const played = await fake(t, port, 1)
  const huge = group(1, ...Array.from({ length: 3000 }, () => [output(1)]))
  engine.want(
    [flow({}), flow({ priority: 3, instructions: [apply({ type: 'group', group_id: huge.group_id })] })],
    [huge, group(2, [output(1)])],
  )
  const status = await settled(1)
  t.strictSame([played.flowCount, played.groups.size], [1, 1])
  t.equal(status.refused, 2)
  t.match(status.warnings, [
    /^not sent, a message of \d+ bytes is longer than 65535: /,
    /^OFPBAC_BAD_OUT_GROUP: /,
  ])
  t.match(
    lines.filter(({ level }) => level === 50),
    [{ msg: 'not sent, OpenFlow cannot say it' }, { msg: 'refused by the switch' }],
  )
})

t.test('of a refused modification of a group the older version stays, and so do its flows', async (t) => {
  const parent = (out: number) => group(1, [output(out)], [{ type: 'group', group_id: 0x40000002 }])
  const user = flow({ instructions: [apply({ type: 'group', group_id: 0x40000001 })] })
  const engine = new StandInEngine([user], [parent(1), group(2, [output(2)])])
  const { port, settled } = await start(t, engine)
  let refusing = true
  const played: FakeSwitch = await fake(t, port, 1, {
    refuse: (message) => {
      const refuses = refusing && message.type === 'group_mod' && message.command === OFPGC.MODIFY
      return refuses ? { error_type: OFPET.GROUP_MOD_FAILED, code: 4, experimenter: null } : null
    },
  })
  t.match(await settled(1), { refused: 0 })
  const before = [...played.groups.values()]

  const huge = Array.from({ length: 3000 }, () => [output(1)])
  for (const [why, wanted] of [
    ['by the switch', group(1, [output(3)])],
    ['by the encoder', group(1, ...huge)],
  ] as const) {
    engine.want([user], [wanted])
    t.match(await settled(1), { refused: 1, warnings: [/group_id=1073741825/] }, why)
    t.equal(played.flowCount, 1, `${why}: its flow stays`)
    t.strictSame([...played.groups.values()], before, `${why}: it stays, with the group that it refers to`)
  }

  refusing = false
  engine.want([user], [group(1, [output(4)])])
  t.match(await settled(1), { refused: 0, warnings: [], last_error: null })
  t.match([...played.groups.values()], [{ group_id: 0x40000001, buckets: [{ actions: [{ port: 4 }] }] }])
  t.equal(played.groups.size, 1, 'what it referred to goes when it may')
})

t.test('flows that went with a group are known to be gone', async (t) => {
  const user = flow({ instructions: [apply({ type: 'group', group_id: 0x40000001 })], why: 'uses it' })
  const engine = new StandInEngine([user, flow({ priority: 3 })], [group(1, [output(1)])])
  const { port, settled, lines } = await start(t, engine, { auditInterval: 20 })
  const played = await fake(t, port, 1)
  await settled(1)
  engine.want([user, flow({ priority: 3 })])
  t.match(await settled(1), { refused: 1, warnings: [/^OFPBAC_BAD_OUT_GROUP: .*uses it/] })
  t.equal(played.flowCount, 1)
  const readings = () => played.received.get('multipart_request') ?? 0
  const enough = readings() + 6
  await until(() => readings() > enough, 'audits')
  t.strictSame(
    lines.filter(({ level }) => level === 40),
    [],
    'nobody is accused',
  )
  engine.want([user, flow({ priority: 3 })], [group(1, [output(1)])])
  await until(() => played.flowCount === 2, 'it is back with its group')
})

t.test('audits read each flow where they are few, and more rarely where they are many', async (t) => {
  const engine = new StandInEngine(manyFlows(2000))
  const { port, settled, lines } = await start(t, engine, { auditInterval: 50 })
  const asked = { flow: 0, aggregate: 0 }
  const played = await fake(t, port, 1, {
    onMessage: (message) => {
      if (message.type !== 'multipart_request') return
      if (message.body.type === 'flow' || message.body.type === 'aggregate') asked[message.body.type] += 1
    },
  })
  const audits = async (count: number) => {
    await settled(1)
    Object.assign(asked, { flow: 0, aggregate: 0 })
    await until(() => asked.flow + asked.aggregate >= count, 'audits')
    return asked.flow
  }
  t.equal(await audits(6), 6, 'each')
  engine.want(manyFlows(6001))
  t.ok([1, 2].includes(await audits(6)), 'every fourth')
  t.equal(played.flowCount, 6001)
  t.strictSame(
    lines.filter(({ level }) => level >= 40),
    [],
  )
})

t.test(
  'of several bundles, one with a refusal takes nothing along that was prepared behind it',
  async (t) => {
    const engine = new StandInEngine()
    const { port, settled } = await start(t, engine)
    const commits: number[] = []
    let asked = 0
    const played = await fake(t, port, 1, {
      refuse: (message) =>
        message.type === 'flow_mod' && asked++ === 0
          ? { error_type: OFPET.FLOW_MOD_FAILED, code: 0, experimenter: null }
          : null,
      onMessage: (message) => {
        if (message.type === 'bundle_control' && message.control === OFPBCT.COMMIT_REQUEST)
          commits.push(message.bundle_id)
      },
    })
    engine.want(manyFlows(45_000))
    t.match(await settled(1), { refused: 1, warnings: [/OFPFMFC_UNKNOWN/] })
    t.equal(played.flowCount, 44_999)
    t.strictSame(commits, [1, 3, 4, 5], 'the first is refused, and the second was ready')
  },
)
