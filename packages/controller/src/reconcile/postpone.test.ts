import t from 'tap'
import { apply, flow, group, output } from '../../test/stand_in_engine.ts'
import { GROUP_SPACE, remoteFloodGroup } from '../pipeline/group_space.ts'
import { tableId } from '../pipeline/layout.ts'
import { acknowledge, emptyInstalled } from './installed.ts'
import { withoutTakingAway } from './postpone.ts'

const [overlay, arp] = [tableId('overlay'), tableId('arp')]
const to = (priority: number, ...ports: number[]) =>
  flow({ table_id: overlay, priority, instructions: [apply(...ports.map(output))] })

t.test('what may take away the way to a switch is put off, and nothing else', async (t) => {
  const [gone, moved, elsewhere] = [to(2, 7), to(3, 7), flow({ table_id: arp })]
  const installed = emptyInstalled()
  for (const one of [gone, moved, elsewhere]) acknowledge(installed, { kind: 'flow_add', flow: one })
  const changes = [
    { kind: 'flow_add', flow: to(3, 9) },
    { kind: 'flow_add', flow: to(4, 7) },
    { kind: 'flow_delete', key: gone.key },
    { kind: 'flow_delete', key: elsewhere.key },
    { kind: 'group_delete', group_id: GROUP_SPACE + 1 },
  ] as const
  const { now, later } = withoutTakingAway(changes, installed, new Set())
  t.same(later, [changes[2]])
  t.same(now, [changes[0], changes[1], changes[3], changes[4]])
  const known = withoutTakingAway(changes, installed, new Set([gone.key]))
  t.same(known.later, [], 'what was made since the start says what is known')
})

t.test('groups of switches lose no member, and none that is divided becomes one that is not', async (t) => {
  const remote = (part: number, ...lists: Parameters<typeof group>[1][]) =>
    group(remoteFloodGroup(1, part) - GROUP_SPACE, ...lists)
  const parts = [1, 2].map((part) => [{ type: 'group', group_id: remoteFloodGroup(1, part) } as const])
  const installed = emptyInstalled()
  const before = [remote(0, ...parts), remote(1, [output(1)], [output(2)]), remote(2, [output(3)])]
  for (const one of before) acknowledge(installed, { kind: 'group_add', group: one })
  const many = Array.from({ length: 99 }, (_, index) => [output(index)])
  const changes = [
    { kind: 'group_modify', group: remote(0, ...many) },
    { kind: 'group_modify', group: remote(1, [output(1)]) },
    { kind: 'group_modify', group: remote(2, [output(3)], [output(4)]) },
    { kind: 'group_delete', group_id: remoteFloodGroup(1, 1) },
    { kind: 'group_add', group: remote(3, [output(5)]) },
  ] as const
  const { now, later } = withoutTakingAway(changes, installed, new Set())
  t.same(later, [changes[0], changes[1], changes[3]])
  t.same(now, [changes[2], changes[4]])
  t.same(withoutTakingAway(changes, installed, new Set([remoteFloodGroup(1, 1)])).later, [changes[0]])
})
