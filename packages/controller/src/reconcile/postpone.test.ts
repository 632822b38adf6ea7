import t from 'tap'
import { apply, flow, output } from '../../test/stand_in_engine.ts'
import { tableId } from '../pipeline/layout.ts'
import { emptyInstalled } from './installed.ts'
import { withoutTakingAway } from './postpone.ts'

const [overlay, arp] = [tableId('overlay'), tableId('arp')]
const to = (priority: number, ...ports: number[]) =>
  flow({ table_id: overlay, priority, instructions: [apply(...ports.map(output))] })

t.test('what may take away the way to a switch is put off, and nothing else', async (t) => {
  const [flood, gone, moved, elsewhere] = [to(1, 7, 8), to(2, 7), to(3, 7), flow({ table_id: arp })]
  const installed = emptyInstalled()
  for (const { key, value } of [flood, gone, moved, elsewhere]) installed.flows.set(key, value)
  const changes = [
    { kind: 'flow_add', flow: to(1, 7) },
    { kind: 'flow_add', flow: to(3, 9) },
    { kind: 'flow_add', flow: to(4, 7) },
    { kind: 'flow_delete', key: gone.key },
    { kind: 'flow_delete', key: elsewhere.key },
    { kind: 'group_delete', group_id: 1 },
  ] as const
  const { now, later } = withoutTakingAway(changes, installed, new Set())
  t.same(later, [changes[0], changes[3]], 'fewer ports, and none')
  t.same(now, [changes[1], changes[2], changes[4], changes[5]])
  const known = withoutTakingAway(changes, installed, new Set([flood.key, gone.key]))
  t.same(known.later, [], 'what was made since the start says what is known')
})
