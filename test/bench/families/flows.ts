/** Flows into a real Open vSwitch and back, beside `ovs-ofctl`: packages/controller/bench/flow_mods.ts measures it. */
import { fileURLToPath } from 'node:url'
import { run } from '../../lab/command.ts'
import { alone, type Budget, type Context, compared, type Family } from '../row.ts'
import { number, spread } from '../statistics.ts'

const PROGRAM = fileURLToPath(new URL('../../../packages/controller/bench/flow_mods.ts', import.meta.url))
const LIMIT_MS = 240_000

interface Samples {
  readonly ours: readonly number[]
  readonly theirs: readonly number[]
  readonly turns: readonly number[]
}

interface Measured {
  readonly count: number
  readonly installed: Samples
  readonly changed: Samples
  readonly reconnected: Samples
}

/** 0.9 times their speed. */
const INSTALL: Budget = { text: '≤ 1.11 × the time', holds: (ratio) => ratio <= 1 / 0.9 }
const RECONNECT: Budget = { text: '≤ 2 × the time', holds: (ratio) => ratio <= 2 }

const giveLoop = ({ give, wants }: Context, name: string, work: string, turns: readonly number[]): void => {
  if (wants(name)) give({ name, work: `event loop, ${work}: longest turn`, ours: spread(turns, 'ms') })
}

export const flowsFamily: Family = {
  name: 'flows',
  about: 'flows into Open vSwitch and back, beside ovs-ofctl (dummy devices)',
  parts: ['install', 'install-loop', 'one-more', 'reconnect', 'reconnect-loop'],
  run: async (context) => {
    const { quick, wants, give, say } = context
    const [flows, rounds] = quick ? [20_000, 3] : [100_000, 9]
    say(`flows: ${flows} flows, ${rounds} rounds`)
    const text = await run(
      [process.execPath, '--conditions=vnet-source', PROGRAM, `${flows}`, `${rounds}`, '--json'],
      { timeout: LIMIT_MS },
    )
    const { count, installed, changed, reconnected } = JSON.parse(text) as Measured
    const many = `${count.toLocaleString('en')} flows`
    const both = ({ ours, theirs }: Samples) => ({ unit: 'ms', ours, theirs })
    const install = { ...both(installed), program: '`ovs-ofctl --bundle add-flows`', budget: INSTALL }
    if (wants('flows/install'))
      give(compared({ name: 'flows/install', work: `${many} from nothing`, ...install }))
    giveLoop(context, 'flows/install-loop', `${many} from nothing`, installed.turns)
    if (wants('flows/one-more')) {
      const row = alone('flows/one-more', `one more among ${many}`, changed.ours, 'ms')
      give({ ...row, ours: `${row.ours}, worst ${number(Math.max(...changed.ours))}` })
    }
    const reconnect = { ...both(reconnected), program: '`ovs-ofctl dump-flows`', budget: RECONNECT }
    const unchanged = `reconnect, ${many} unchanged: read, compare, 0 flow-mods`
    if (wants('flows/reconnect')) give(compared({ name: 'flows/reconnect', work: unchanged, ...reconnect }))
    giveLoop(context, 'flows/reconnect-loop', `reconnect, ${many}`, reconnected.turns)
  },
}
