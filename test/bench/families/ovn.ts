/**
 * Ours and OVN on the same Open vSwitch with the same ports (dummies), one after the other, with the same networks: ten
 * guests each, ten networks on a router. Both get all at once; then single changes, until the switch has acknowledged.
 * OVN is written to by ovn-nbctl as a daemon, ours over HTTP: neither starts a process for a change.
 */
import { join } from 'node:path'
import { sleep } from '../../lab/wait.ts'
import { CHANGES } from '../changes.ts'
import { addressOf, type Description, guestMac, legAddress, prefixOf, writeDatabase } from '../description.ts'
import { Ovn } from '../ovn.ts'
import { findPrograms, OVN } from '../programs.ts'
import { type Context, compared, type Family } from '../row.ts'
import { number, timed } from '../statistics.ts'
import { BenchSwitch } from '../switch.ts'
import { cpuSeconds, residentMiB } from '../usage.ts'
import { Vnetd } from '../vnetd.ts'

const SIZES = [100, 1000, 2000] as const
const CHANGE_NAMES = ['add-interface', 'delete-interface', 'add-routed-network'] as const
type ChangeName = (typeof CHANGE_NAMES)[number]
const REST_MS = 2000
/** For one kind of change: where each takes a second there are fewer. */
const CHANGE_LIMIT_MS = 15_000

interface Measured {
  /** Milliseconds. */
  readonly install: number
  readonly cpu: number
  readonly flows: number
  readonly resident: number
  readonly changes: ReadonlyMap<ChangeName, readonly number[]>
}

/** @param once milliseconds of one change, in round n */
const repeat = async (rounds: number, once: (n: number) => Promise<number>): Promise<number[]> => {
  const times: number[] = []
  const end = performance.now() + CHANGE_LIMIT_MS
  for (let n = 0; n < rounds && performance.now() < end; n++) times.push(await once(n))
  return times
}

const measureOurs = async (
  { directory }: Context,
  bench: BenchSwitch,
  description: Description,
  rounds: number,
): Promise<Measured> => {
  const database = join(directory, `ovn-${description.networks}.db`)
  writeDatabase(database, description)
  const vnetd = await Vnetd.start({ database })
  try {
    const before = cpuSeconds(vnetd.pid)
    const install = await timed(async () => {
      await bench.connect(vnetd.openflow)
      await vnetd.installed(1, 5)
    })
    const cpu = cpuSeconds(vnetd.pid) - before
    const flows = await bench.flowCount()
    const changes = new Map<ChangeName, readonly number[]>()
    for (const name of CHANGE_NAMES) {
      const change = CHANGES.find((one) => one.name === name)!
      changes.set(name, await repeat(rounds, (n) => change.round(vnetd.client, description, n)))
    }
    await sleep(REST_MS)
    return { install, cpu, flows, resident: residentMiB(vnetd.pid), changes }
  } finally {
    await bench.disconnect()
    await vnetd.stop()
    await bench.ovs.ofctl(['del-flows', bench.bridge])
    await bench.ovs.ofctl(['del-groups', bench.bridge])
  }
}

const guestPort = (description: Description, n: number, host: number): string[] => {
  const number = n * description.guests + host
  const addresses = `${guestMac(number)} ${addressOf(description, n, host)}`
  return ['lsp-add', `nw-${n}`, `if-p${number}`, '--', 'lsp-set-addresses', `if-p${number}`, addresses]
}

/** A leg on a router: the router's port and the switch's. */
const leg = (network: string, router: string, mac: string, address: string): string[] => [
  ...['lrp-add', router, `${network}-leg`, mac, address],
  ...['--', 'lsp-add', network, `${network}-router`, '--', 'lsp-set-type', `${network}-router`, 'router'],
  ...['--', 'lsp-set-addresses', `${network}-router`, 'router'],
  ...['--', 'lsp-set-options', `${network}-router`, `router-port=${network}-leg`],
]

const describeNetwork = (description: Description, n: number): string[] => {
  const router = `rl-${n - (n % description.routerOf)}`
  const address = `${legAddress(description, n)}/${prefixOf(description)}`
  const mac = guestMac(0xf0_0000 + n)
  return [
    ...(n % description.routerOf === 0 ? ['lr-add', router, '--'] : []),
    ...['ls-add', `nw-${n}`],
    ...Array.from({ length: description.guests }, (_, index) => [
      '--',
      ...guestPort(description, n, index + 1),
    ]).flat(),
    ...['--', ...leg(`nw-${n}`, router, mac, address)],
  ]
}

const changeOvn: Record<ChangeName, (ovn: Ovn, description: Description, n: number) => Promise<number>> = {
  'add-interface': async (ovn, description) => {
    await ovn.nbctl('--wait=hv', 'lsp-del', 'if-p5')
    return timed(() => ovn.nbctl('--wait=hv', ...guestPort(description, 0, 5)))
  },
  'delete-interface': async (ovn, description) => {
    const time = await timed(() => ovn.nbctl('--wait=hv', 'lsp-del', 'if-p5'))
    await ovn.nbctl('--wait=hv', ...guestPort(description, 0, 5))
    return time
  },
  'add-routed-network': async (ovn, _description, n) => {
    const legs = leg('nw-new', 'rl-0', guestMac(0xf8_0000), `192.168.${n}.254/24`)
    const time = await timed(() => ovn.nbctl('--wait=hv', 'ls-add', 'nw-new', '--', ...legs))
    await ovn.nbctl('--wait=hv', 'lrp-del', 'nw-new-leg', '--', 'ls-del', 'nw-new')
    return time
  },
}

const measureTheirs = async (
  bench: BenchSwitch,
  description: Description,
  rounds: number,
  programs: readonly string[],
): Promise<Measured> => {
  const ovn = await Ovn.start({ bench, programs })
  try {
    await ovn.pause()
    for (let n = 0; n < description.networks; n++) await ovn.nbctl(...describeNetwork(description, n))
    const before = cpuSeconds(...ovn.pids)
    const install = await timed(async () => {
      await ovn.resume()
      await ovn.nbctl('--wait=hv', 'sync')
    })
    const cpu = cpuSeconds(...ovn.pids) - before
    const flows = await bench.flowCount()
    const changes = new Map<ChangeName, readonly number[]>()
    for (const name of CHANGE_NAMES)
      changes.set(name, await repeat(rounds, (n) => changeOvn[name](ovn, description, n)))
    await sleep(REST_MS)
    return { install, cpu, flows, resident: residentMiB(...ovn.pids), changes }
  } finally {
    await ovn.stop()
  }
}

const giveBoth = ({ give }: Context, guests: number, mine: Measured, other: Measured): void => {
  const size = `${guests.toLocaleString('en')} guests`
  const row = (
    part: string,
    work: string,
    unit: string,
    ours: readonly number[],
    theirs: readonly number[],
  ): void =>
    give(
      compared({
        name: `ovn/${guests}/${part}`,
        work: `${size}: ${work}`,
        unit,
        ours,
        program: 'OVN',
        theirs,
      }),
    )
  row('install', 'nothing → all acknowledged, real Open vSwitch', 'ms', [mine.install], [other.install])
  row('cpu', 'processor time of that', 's', [mine.cpu], [other.cpu])
  row('memory', 'resident, all its processes, after the changes', 'MiB', [mine.resident], [other.resident])
  row('flows-each', 'flows of each guest', '', [mine.flows / guests], [other.flows / guests])
  for (const name of CHANGE_NAMES) {
    const { text } = CHANGES.find((change) => change.name === name)!
    row(name, text, 'ms', mine.changes.get(name) ?? [], other.changes.get(name) ?? [])
  }
}

const measureSize = async (context: Context, guests: number, programs: readonly string[]): Promise<void> => {
  const description = { networks: guests / 10, guests: 10, routerOf: 10 }
  const bench = await BenchSwitch.start('dummy', 'br-int')
  try {
    const building = await timed(() =>
      bench.addPorts(Array.from({ length: guests }, (_, n) => `if-p${n + 1}`)),
    )
    context.say(`ovn/${guests}: the switch has its ports after ${number(building / 1000)} s`)
    const rounds = context.quick ? 5 : 30
    const mine = await measureOurs(context, bench, description, rounds)
    const other = await measureTheirs(bench, description, rounds, programs)
    giveBoth(context, guests, mine, other)
  } finally {
    await bench.close()
  }
}

const PARTS = ['install', 'cpu', 'memory', 'flows-each', ...CHANGE_NAMES]

export const ovnFamily: Family = {
  name: 'ovn',
  about: 'OVN beside ours on the same switch: install, memory, single changes (with --ovn)',
  asRoot: true,
  parts: SIZES.flatMap((size) => PARTS.map((part) => `${size}/${part}`)),
  run: async (context) => {
    if (!context.ovn) return context.say('ovn: skipped, it is measured with --ovn')
    const programs = findPrograms(OVN)
    if (programs === undefined)
      return context.say(`ovn: skipped, ${OVN.packages.join(', ')} are not here and could not be fetched`)
    for (const size of context.quick ? SIZES.slice(0, 1) : SIZES) {
      if (!PARTS.some((part) => context.wants(`ovn/${size}/${part}`))) continue
      await measureSize(context, size, programs)
    }
  },
}
