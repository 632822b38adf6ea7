/**
 * vnetd alone, at sizes: from an empty switch to everything acknowledged, what that takes of memory and processor, and
 * then single changes, from the API write to the acknowledgement. Switches are fake ones in another process.
 */
import { join } from 'node:path'
import { sleep } from '../../lab/wait.ts'
import { CHANGES, type Change } from '../changes.ts'
import { type Description, writeDatabase } from '../description.ts'
import { FakeSwitches } from '../fake_switches.ts'
import type { LoopReport } from '../loop_delay.ts'
import { alone, atMost, type Budget, type Context, type Family, judged, type Row } from '../row.ts'
import { median, number, spread, timed } from '../statistics.ts'
import { cpuSeconds, peakMiB, residentMiB } from '../usage.ts'
import { Vnetd } from '../vnetd.ts'

interface Size extends Description {
  readonly name: string
  readonly text: string
  readonly switches: number
  readonly isQuick: boolean
  /** The size that DESIGN §10 has budgets for. */
  readonly hasInstallBudget?: boolean
}

const SIZES: readonly Size[] = [
  {
    ...{ name: '10', text: '10 guests', networks: 1, guests: 10, routerOf: 10, switches: 1 },
    isQuick: true,
  },
  {
    ...{ name: '1000', text: '1,000 guests', networks: 100, guests: 10, routerOf: 10, switches: 1 },
    isQuick: true,
  },
  {
    ...{ name: '10000', text: '10,000 guests', networks: 1000, guests: 10, routerOf: 10, switches: 1 },
    isQuick: false,
    hasInstallBudget: true,
  },
  {
    ...{ name: 'one-network', text: '2,000 guests in one network', networks: 1, guests: 2000, routerOf: 1 },
    switches: 1,
    isQuick: false,
  },
  {
    ...{ name: 'switches', text: '1,000 switches with 10 guests', networks: 1000, guests: 10, routerOf: 1 },
    switches: 1000,
    isQuick: false,
  },
]

/** Until V8 has given back what was needed for a while: its memory reducer waits eight seconds, twice. */
const REST_MS = 20_000
const EVENT_LOOP_MS = 50
const CHANGE_BUDGET = atMost(5, 'ms')

interface Installed {
  readonly milliseconds: number
  readonly cpu: number
  readonly flows: number
  readonly loop: LoopReport
}

/** Milliseconds between two looks whether all have everything: a look costs what there is to look at. */
const lookInterval = ({ switches, networks, guests }: Size): number => {
  if (switches > 10) return 250
  return networks * guests > 100 ? 10 : 2
}

/** A vnetd that follows the description already, and switches that have nothing. */
const install = async (vnetd: Vnetd, size: Size): Promise<{ switches: FakeSwitches; result: Installed }> => {
  const ports = (size.networks * size.guests) / size.switches
  const switches = await FakeSwitches.start({ port: vnetd.openflow, switches: size.switches, ports })
  const before = cpuSeconds(vnetd.pid)
  let flows = 0
  let milliseconds = 0
  const loop = await vnetd.watch(async () => {
    milliseconds = await timed(async () => {
      switches.connect()
      const status = await vnetd.installed(size.switches, lookInterval(size))
      flows = status.datapaths.reduce((sum, datapath) => sum + datapath.flows, 0)
    })
  })
  return { switches, result: { milliseconds, cpu: cpuSeconds(vnetd.pid) - before, flows, loop } }
}

const loopRow = (name: string, text: string, delays: readonly LoopReport[], budget: Budget): Row => {
  const [max, p99] = [delays.map((delay) => delay.max), delays.map((delay) => delay.p99)]
  return {
    name,
    work: `event loop, ${text}: longest delay`,
    ours: `${spread(max, 'ms')}; p99 ${number(median(p99))} ms`,
    ...judged(budget, Math.max(...max)),
  }
}

const giveInstall = ({ give }: Context, size: Size, results: readonly Installed[]): void => {
  const { name, text, hasInstallBudget = false, networks, guests } = size
  const budget = <T>(value: T): T | undefined => (hasInstallBudget ? value : undefined)
  const flows = results[0]!.flows
  const row = (part: string) => `size/${name}/${part}`
  const times = results.map(({ milliseconds }) => milliseconds)
  give(
    alone(
      row('install'),
      `${text}: empty switch → all acknowledged`,
      times,
      'ms',
      budget(atMost(5000, 'ms')),
    ),
  )
  const cpu = results.map((result) => result.cpu)
  give(alone(row('cpu'), `${text}: processor time of that`, cpu, 's'))
  const perGuest = flows / (networks * guests)
  give({
    ...{ name: row('flows-each'), work: `${text}: flows of each guest` },
    ours: `${perGuest.toFixed(1)} (${flows.toLocaleString('en')} in all)`,
    ...judged(atMost(12, ''), perGuest),
  })
  const loops = results.map(({ loop }) => loop)
  give(loopRow(row('install-loop'), `${text}, install`, loops, atMost(EVENT_LOOP_MS, 'ms')))
}

const giveChanges = async (context: Context, size: Size, vnetd: Vnetd, medians: Medians): Promise<void> => {
  const rounds = context.quick ? 20 : 100
  const measure = async ({ name, text, prepare, round }: Change): Promise<void> => {
    const row = `size/${size.name}/${name}`
    if (!context.wants(row) && !context.wants(`size/growth/${name}`)) return
    const { client } = vnetd
    await prepare?.(client, size)
    const times: number[] = []
    for (let n = 0; n < rounds; n++) times.push(await round(client, size, n))
    medians.set(`${name}/${size.name}`, median(times))
    context.give(alone(row, `${size.text}: ${text}`, times, 'ms', CHANGE_BUDGET))
  }
  const loop = await vnetd.watch(async () => {
    for (const change of CHANGES) await measure(change)
  })
  if (context.wants(`size/${size.name}/changes-loop`))
    context.give(
      loopRow(`size/${size.name}/changes-loop`, `${size.text}, changes`, [loop], atMost(EVENT_LOOP_MS, 'ms')),
    )
}

const giveMemory = async ({ give, quick }: Context, size: Size, vnetd: Vnetd): Promise<void> => {
  await sleep(quick ? REST_MS / 20 : REST_MS)
  const resident = residentMiB(vnetd.pid)
  give({
    ...{
      name: `size/${size.name}/memory`,
      work: `${size.text}: resident, API and controller, after the above`,
    },
    ours: `${number(resident)} MiB (peak ${number(peakMiB(vnetd.pid))})`,
    ...judged(size.hasInstallBudget === true ? atMost(300, 'MiB') : undefined, resident),
  })
}

const PARTS_OF_INSTALL = ['install', 'cpu', 'flows-each', 'install-loop']

const runSize = async (context: Context, size: Size, medians: Medians): Promise<void> => {
  const wantsInstall = PARTS_OF_INSTALL.some((part) => context.wants(`size/${size.name}/${part}`))
  const rounds = wantsInstall && !context.quick ? 3 : 1
  const file = join(context.directory, `size-${size.name}.db`)
  writeDatabase(file, size)
  const results: Installed[] = []
  for (let round = 1; round <= rounds; round++) {
    const vnetd = await Vnetd.start({ database: file })
    const { switches, result } = await install(vnetd, size)
    results.push(result)
    try {
      if (round < rounds) continue
      if (wantsInstall) giveInstall(context, size, results)
      await giveChanges(context, size, vnetd, medians)
      if (context.wants(`size/${size.name}/memory`)) await giveMemory(context, size, vnetd)
    } finally {
      await switches.stop()
      await vnetd.stop()
    }
  }
}

/** Median of a change at a size, by `change/size`. */
type Medians = Map<string, number>

/** Sizes of which the changes are compared. */
const GROWTH = ['10', '1000', '10000']

/** The same at every size: the ratio of the largest to the smallest that was measured. */
const giveGrowth = (context: Context, medians: Medians): void => {
  const [small, large] = ['10', context.quick ? '1000' : '10000'] as const
  for (const { name, text } of CHANGES) {
    const [few, many] = [medians.get(`${name}/${small}`), medians.get(`${name}/${large}`)]
    if (few === undefined || many === undefined) continue
    const ratio = many / few
    context.give({
      ...{
        name: `size/growth/${name}`,
        work: `${text}: at ${Number(large).toLocaleString('en')} guests beside 10`,
      },
      ours: `${number(many)} ms beside ${number(few)} ms`,
      ratio: `${number(ratio)} ×`,
      ...judged(atMost(1.5, '×'), ratio),
    })
  }
}

const PARTS = [...PARTS_OF_INSTALL, ...CHANGES.map(({ name }) => name), 'changes-loop', 'memory']

const isWanted = ({ wants }: Context, { name }: Size): boolean =>
  PARTS.some((part) => wants(`size/${name}/${part}`)) ||
  (GROWTH.includes(name) && CHANGES.some((change) => wants(`size/growth/${change.name}`)))

export const sizeFamily: Family = {
  name: 'size',
  about: 'vnetd at sizes: install, memory, single changes, event loop (fake switches in another process)',
  parts: [
    ...SIZES.flatMap(({ name }) => PARTS.map((part) => `${name}/${part}`)),
    ...CHANGES.map(({ name }) => `growth/${name}`),
  ],
  run: async (context) => {
    const medians: Medians = new Map()
    for (const size of SIZES) {
      if (context.quick && !size.isQuick) continue
      if (!isWanted(context, size)) continue
      context.say(`size/${size.name}: ${size.text}`)
      await runSize(context, size, medians)
    }
    giveGrowth(context, medians)
  },
}
