/** The rows of the matrix in which a switch does not hold what it should: it refuses, is full, or others interfere. */
import { until } from '../lab/wait.ts'
import { BR0 } from '../scenarios/walkthrough.ts'
import { type Failure, type Scene, SPARE, VICTIM, WHOLE } from './failure.ts'
import { EVERYBODY } from './ongoing.ts'
import { disagreement } from './store_tables.ts'

const OUTPUT = 90
const DESTINATION = 60
const FOREIGN_FLOW = `cookie=0x77,table=${DESTINATION},priority=7778,dl_dst=52:54:00:99:99:98,actions=drop`
const removeForeignFlow = ({ world }: Scene) => world.site.host.ofctl('del-flows', 'br0', 'cookie=0x77/-1')

/** A table takes so many flows more than it has, and then refuses. */
const limitTable = async ({ world }: Scene, table: number, more: number): Promise<void> => {
  const { host } = world.site
  const flows = (await host.flows('br0')).filter((flow) => flow.table === table).length
  await host.vsctl(
    ...['--id=@limit', 'create', 'Flow_Table', `flow_limit=${flows + more}`, 'overflow_policy=refuse'],
    ...['--', 'set', 'Bridge', 'br0', `flow_tables:${table}=@limit`],
  )
}
const removeLimits = ({ world }: Scene) => world.site.host.vsctl('clear', 'Bridge', 'br0', 'flow_tables')

const addSpare = ({ world }: Scene) => world.site.rest.post('interfaces', SPARE)
const deleteSpare = ({ world }: Scene) => world.site.rest.delete(`interfaces/${SPARE.uuid}`)

const refuses = async ({ world }: Scene, flows: number, timeout = 10_000): Promise<void> => {
  const refused = async () => (await world.site.datapath(BR0.dpid))?.refused
  await until(`${flows} flows are refused`, async () => (await refused()) === flows, { timeout })
}

/** Everything is installed but one flow of this table, and the status says which and why it is wanted. */
const lacksOne = async (scene: Scene, table: number, name: string): Promise<void> => {
  const { world, t } = scene
  await refuses(scene, 1)
  const missing = await disagreement(world, BR0, { lines: 1 })
  t.match(missing, [new RegExp(`^- table=${table},`)])
  t.equal(missing.length, 1, 'all others are installed')
  const reason = new RegExp(`^OFPFMFC_TABLE_FULL: .*table=${name}.* \\(.+\\)$`)
  const { warnings, last_error } = (await world.site.datapath(BR0.dpid))!
  t.match(warnings, [reason])
  t.match(last_error, reason)
}

/** Of a table that was made larger nobody tells: it is found out every ten seconds. */
const FOUND_OUT_MS = 30_000

const ONE_REFUSED: Failure = {
  what: 'the switch refuses one flow, and later takes it',
  runs: WHOLE,
  fail: async (scene) => {
    await limitTable(scene, OUTPUT, 0)
    await addSpare(scene)
  },
  meanwhile: (scene) => lacksOne(scene, OUTPUT, 'output'),
  heal: async (scene) => {
    await removeLimits(scene)
    await refuses(scene, 0, FOUND_OUT_MS)
  },
  afterwards: deleteSpare,
}

const TABLE_FULL: Failure = {
  what: 'flows of others fill a table, and go',
  runs: WHOLE,
  fail: async (scene) => {
    await limitTable(scene, DESTINATION, 1)
    await scene.world.site.host.ofctl('add-flow', 'br0', FOREIGN_FLOW)
    await addSpare(scene)
  },
  meanwhile: (scene) => lacksOne(scene, DESTINATION, 'destination'),
  heal: async (scene) => {
    await removeForeignFlow(scene)
    await refuses(scene, 0)
    await removeLimits(scene)
  },
  afterwards: deleteSpare,
}

const interfere = async ({ world }: Scene): Promise<void> => {
  const { host } = world.site
  const flows = await host.flows('br0')
  const [victim] = flows.filter(({ table, match }) => table === DESTINATION && match.includes(VICTIM.mac))
  const { cookie, priority, match } = victim!
  const added = `cookie=0x${cookie.toString(16)},table=${DESTINATION},priority=7777`
  await host.ofctl('add-flow', 'br0', FOREIGN_FLOW)
  await host.ofctl('add-flow', 'br0', `${added},dl_dst=${VICTIM.mac},actions=drop`)
  await host.ofctl('mod-flows', 'br0', `table=20,arp,arp_tpa=172.16.2.4,actions=drop`)
  await host.ofctl('--strict', 'del-flows', 'br0', `table=${DESTINATION},priority=${priority},${match}`)
  await host.ofctl('del-groups', 'br0')
}

const INTERFERENCE: Failure = {
  what: 'somebody else deletes, alters and adds flows and groups of ours',
  runs: WHOLE,
  fail: interfere,
  heal: async () => {},
  loses: VICTIM.name,
  afterwards: async (scene) => {
    const foreign = (await scene.world.site.host.flows('br0')).filter(({ cookie }) => cookie === 0x77n)
    scene.t.equal(foreign.length, 1, "another's flow stays")
    await removeForeignFlow(scene)
  },
}

const EMPTIED: Failure = {
  what: 'somebody else deletes everything from the bridge',
  runs: WHOLE,
  fail: async ({ world }) => {
    await world.site.host.ofctl('del-flows', 'br0')
    await world.site.host.ofctl('del-groups', 'br0')
  },
  heal: async () => {},
  loses: EVERYBODY,
}

export const TABLE_FAILURES: readonly Failure[] = [ONE_REFUSED, TABLE_FULL, INTERFERENCE, EMPTIED]
