/**
 * Installing flows, one change among them, and reading them back: ours beside `ovs-ofctl` on the same switch in turns.
 *
 *     node --conditions=vnet-source packages/controller/bench/flow_mods.ts [flows] [rounds] [--json]
 *
 * With `--json` one line of samples in milliseconds, for `npm run bench`.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { formatFlow } from '@openvnet/openflow'
import pino from 'pino'
import { createSwitches } from '../src/switch/switches.ts'
import { startPrivateOvs } from '../test/private_ovs.ts'
import { flow, manyFlows, StandInEngine } from '../test/stand_in_engine.ts'

const DPID = '0x00000000000000b1'
const SINGLE_CHANGES = 200
const count = Number(process.argv[2] ?? 50_000)
const rounds = Number(process.argv[3] ?? 7)

const isData = process.argv.includes('--json')

/** Milliseconds. */
interface Samples {
  readonly ours: number[]
  readonly theirs: number[]
  /** Longest turn of our event loop in each round. */
  readonly turns: number[]
}

const samples = (): Samples => ({ ours: [], theirs: [], turns: [] })
const say = (line: string) => isData || process.stdout.write(`${line}\n`)
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}
const compare = (what: string, ours: readonly number[], theirs: readonly number[]) => {
  const each = (times: readonly number[]) =>
    `${median(times).toFixed(0)} ms (${((count / median(times)) * 1000).toFixed(0)}/s)`
  const ratio = (median(theirs) / median(ours)).toFixed(2)
  say(`${what}: ours ${each(ours)}, ovs-ofctl ${each(theirs)}, ours at ${ratio} times its speed`)
}

/** A controller with the engine's stand-in. */
async function startController(engine: StandInEngine) {
  let waiting: (() => void) | undefined
  const switches = await createSwitches({
    listen: [{ host: '127.0.0.1', port: 0 }],
    facts: engine,
    desired: engine.desired,
    log: pino({ level: 'warn' }),
    onStatus: () => waiting?.(),
    auditInterval: 0,
  })
  engine.listen((dpid, change) => switches.changed(dpid, change))
  const status = () => switches.statuses().find(({ dpid }) => dpid === DPID)
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      waiting = () => {
        if (condition()) resolve()
      }
      waiting()
    })
  return {
    switches,
    target: `127.0.0.1:${switches.addresses[0]!.port}`,
    connected: () => until(() => status()?.connected === true),
    acknowledged: () => until(() => status()?.acknowledged_revision === engine.revision),
  }
}

/** The longest time for which `work` keeps the event loop busy, in milliseconds. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now()
  let longest = 0
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 1)
  await work()
  await delay(5)
  clearInterval(watch)
  return longest
}

const ovs = await startPrivateOvs()
const engine = new StandInEngine()
const first = await startController(engine)
const flows = manyFlows(count)
const file = join(ovs.directory, 'flows')
const lines = flows.map(({ content }) => formatFlow(content, { cookie: true }))
await writeFile(file, lines.join('\n'))

async function install(): Promise<Samples> {
  const { ours, theirs, turns } = samples()
  for (let round = 0; round < rounds; round++) {
    engine.want(flows)
    turns.push(
      await longestTurn(async () => {
        ours.push(await timed(() => first.acknowledged()))
      }),
    )
    engine.want([])
    await first.acknowledged()
    theirs.push(await timed(() => ovs.ofctl('add-flows', 'br0', file, '--bundle')))
    await ovs.ofctl('del-flows', 'br0')
  }
  compare(`${count} flows from nothing`, ours, theirs)
  say(`  longest turn of the event loop: ${median(turns).toFixed(0)} ms`)
  return { ours, theirs, turns }
}

async function changeOne(): Promise<Samples> {
  engine.want(flows)
  await first.acknowledged()
  const times: number[] = []
  for (let change = 0; change < SINGLE_CHANGES; change++) {
    times.push(
      await timed(() => {
        engine.add(flow({ table_id: 9, priority: change }))
        return first.acknowledged()
      }),
    )
  }
  say(
    `one flow more among ${count}: median ${median(times).toFixed(2)} ms, worst ${Math.max(...times).toFixed(1)} ms`,
  )
  return { ...samples(), ours: times }
}

async function reconnect(): Promise<Samples> {
  const { ours, theirs, turns } = samples()
  let current = first
  for (let round = 0; round < rounds; round++) {
    await current.switches.close()
    current = await startController(engine)
    await ovs.vsctl('set-controller', 'br0', `tcp:${current.target}`)
    await current.connected()
    turns.push(
      await longestTurn(async () => {
        ours.push(await timed(() => current.acknowledged()))
      }),
    )
    if (current.switches.statuses()[0]?.flow_mods_sent !== 0) throw new Error('flows were sent')
    theirs.push(await timed(() => ovs.ofctl('dump-flows', 'br0')))
  }
  compare(`reconnect with ${count} unchanged flows (ovs-ofctl: dump-flows)`, ours, theirs)
  say(`  longest turn of the event loop: ${median(turns).toFixed(0)} ms`)
  await current.switches.close()
  return { ours, theirs, turns }
}

try {
  await ovs.addBridge('br0', DPID, 2, first.target)
  await first.connected()
  await first.acknowledged()
  const [installed, changed, reconnected] = [await install(), await changeOne(), await reconnect()]
  if (isData) process.stdout.write(`${JSON.stringify({ count, installed, changed, reconnected })}\n`)
} finally {
  await first.switches.close()
  await ovs.stop()
}
