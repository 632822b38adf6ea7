/**
 * Packet-in → packet-out, beside the C controller of Open vSwitch. Both are learning switches: ours is the example of the
 * library. The switches are fake ones in a process of their own, the same for both. And vnetd itself, which does more for a
 * packet: it answers those whose TTL has run out at a router with an ICMP error, from rows.
 */

import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../lab/command.ts'
import { startDaemon } from '../../lab/daemon.ts'
import { atExit } from '../../lab/exit.ts'
import { DNSMASQ, findPrograms, TESTCONTROLLER } from '../programs.ts'
import { alone, type Budget, type Context, compared, type Family, type Row } from '../row.ts'
import { median, number, quantile, spread } from '../statistics.ts'
import { Vnetd } from '../vnetd.ts'
import { measureDnsmasq } from './dnsmasq.ts'

const EXAMPLE = fileURLToPath(
  new URL('../../../packages/openflow/examples/learning-switch.ts', import.meta.url),
)
const SENDERS = fileURLToPath(new URL('../packet_in_process.ts', import.meta.url))
const COUNTS = [1, 16, 64] as const
/** ovs-testcontroller takes no more. */
const MOST_OF_THEIRS = 16
const LATENCY: Budget = { text: '≤ 2 ×', holds: (ratio) => ratio <= 2 }
const RATE: Budget = { text: '≥ 0.5 ×', holds: (ratio) => ratio >= 0.5 }

interface Measured {
  /** Microseconds. */
  readonly latency: readonly number[]
  /** In a second. */
  readonly rate: readonly number[]
  /** Part of a core that the senders used while it was saturated. */
  readonly load: number
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

interface Controller {
  stop(signal: NodeJS.Signals): Promise<unknown>
  signal(signal: NodeJS.Signals): unknown
}
type Start = (port: number) => Promise<Controller>

const startOurs: Start = (port) =>
  startDaemon({ command: [process.execPath, EXAMPLE, `${port}`], ready: 'listening' })

const startTheirs =
  (program: string, directory: string): Start =>
  (port) => {
    const control = `--unixctl=${join(directory, `testcontroller-${port}.ctl`)}`
    const quiet = ['-vconsole:emer', '-vsyslog:off']
    const command = [program, '-O', 'OpenFlow13', `ptcp:${port}:127.0.0.1`, control, ...quiet]
    return startDaemon({ command, env: { ...process.env, OVS_RUNDIR: directory, OVS_LOGDIR: directory } })
  }

/** vnetd with a network, a router's leg that offers DHCP, and a guest. */
const startVnetd =
  (directory: string): Start =>
  async (port) => {
    const vnetd = await Vnetd.start({ database: join(directory, `packet-in-${port}.db`), openflow: port })
    await vnetd.client.call('POST', 'networks', { uuid: 'nw-a', ipv4_network: '10.0.0.0' })
    await vnetd.client.call('POST', 'interfaces', {
      ...{ uuid: 'if-leg', mode: 'simulated', network_uuid: 'nw-a' },
      ...{ mac_address: '02:00:00:00:00:01', ipv4_address: '10.0.0.1' },
    })
    await vnetd.client.call('POST', 'interfaces', {
      ...{ uuid: 'if-guest', port_name: 'p1', network_uuid: 'nw-a' },
      ...{ mac_address: '02:00:00:00:00:02', ipv4_address: '10.0.0.2' },
    })
    await vnetd.client.call('POST', 'network_services', {
      ...{ uuid: 'ns-dhcp', mode: 'dhcp', interface_uuid: 'if-leg' },
    })
    // It ends with this process by itself.
    return { stop: (signal) => vnetd.stop(signal), signal: () => undefined }
  }

/** One controller, freshly started, with so many switches. */
const measure = async (
  start: Start,
  switches: number,
  seconds: number,
  ...words: readonly string[]
): Promise<Measured> => {
  const port = await freePort()
  const controller = await start(port)
  const release = atExit(() => controller.signal('SIGKILL'))
  try {
    const command = [process.execPath, '--conditions=vnet-source', SENDERS, port, switches, seconds, ...words]
    return JSON.parse(await run(command.map(String), { timeout: 60_000 })) as Measured
  } finally {
    await controller.stop('SIGKILL')
    release()
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** The median alone would hide pauses: of the collector, or of whoever else runs. */
const tail = (times: readonly number[]): string =>
  `; mean ${number(sum(times) / times.length)}, p99 ${number(quantile(times, 0.99))}`

interface Both {
  readonly ours: readonly Measured[]
  readonly theirs: readonly Measured[]
}

const PROGRAM = '`ovs-testcontroller`'
const TOO_MANY = `${PROGRAM}: not installed, or more than the ${MOST_OF_THEIRS} switches that it takes`

const latencyRow = (name: string, work: string, { ours, theirs }: Both): Row => {
  const [mine, other] = [ours, theirs].map((all) => all.flatMap(({ latency }) => latency)) as [
    number[],
    number[],
  ]
  const only = alone(name, work, mine, 'µs')
  if (other.length === 0) return { ...only, ours: only.ours + tail(mine), other: TOO_MANY }
  const row = compared({
    name,
    work,
    unit: 'µs',
    ours: mine,
    program: PROGRAM,
    theirs: other,
    budget: LATENCY,
  })
  return { ...row, ours: row.ours + tail(mine), other: row.other! + tail(other) }
}

const rateRow = (name: string, work: string, { ours, theirs }: Both): Row => {
  const [mine, other] = [ours, theirs].map((all) => all.flatMap(({ rate }) => rate)) as [number[], number[]]
  if (other.length === 0) return { ...alone(name, work, mine, '/s'), other: TOO_MANY }
  return compared({ name, work, unit: '/s', ours: mine, program: PROGRAM, theirs: other, budget: RATE })
}

const giveBoth = ({ give }: Context, count: number, both: Both): void => {
  const switches = count === 1 ? '1 switch' : `${count} switches`
  give(latencyRow(`packet-in/latency-${count}`, `packet-in → packet-out, one under way, ${switches}`, both))
  give(rateRow(`packet-in/rate-${count}`, `the same, 512 under way, ${switches}`, both))
}

/** Alone: no other program is asked the same. */
const giveVnetd = async (
  { wants, give, directory }: Context,
  count: number,
  seconds: number,
): Promise<void> => {
  if (!wants(`packet-in/vnetd-latency-${count}`) && !wants(`packet-in/vnetd-rate-${count}`)) return
  const { latency, rate } = await measure(startVnetd(directory), count, seconds, 'routed')
  const work = `TTL run out → ICMP error by vnetd, ${count === 1 ? '1 switch' : `${count} switches`}`
  const one = alone(`packet-in/vnetd-latency-${count}`, `${work}, one under way`, latency, 'µs')
  give({ ...one, ours: one.ours + tail(latency) })
  give(alone(`packet-in/vnetd-rate-${count}`, `${work}, 512 under way`, rate, '/s'))
}

/** Of guest services: in a second. */
const TRANSACTIONS: Budget = { text: '≥ 10,000/s', holds: (rate) => rate >= 10_000 }

/** dnsmasq, asked over UDP; why it is not, where it cannot be. */
const besideDhcp = async (
  { directory, say }: Context,
  seconds: number,
  ours: readonly number[],
): Promise<Pick<Row, 'other' | 'ratio'>> => {
  const [program] = findPrograms(DNSMASQ) ?? []
  if (program === undefined) return { other: '`dnsmasq`: not installed' }
  if (process.getuid?.() !== 0) return { other: '`dnsmasq`: it takes root to give it a network' }
  say('packet-in: DHCP beside dnsmasq')
  const theirs = await measureDnsmasq(program, directory, seconds)
  return {
    other: `\`dnsmasq\` ${spread(theirs, '/s')}`,
    ratio: `${number(median(ours) / median(theirs))} ×`,
  }
}

/** Discover and request are one transaction: two packets each way. */
const giveDhcp = async (context: Context, seconds: number): Promise<void> => {
  const { wants, give, directory } = context
  if (!wants('packet-in/vnetd-dhcp')) return
  const { rate } = await measure(startVnetd(directory), 1, seconds, 'dhcp')
  const transactions = rate.map((answers) => answers / 2)
  const work = 'DHCP by vnetd: discover, offer, request, acknowledgement; 512 under way'
  const row = alone('packet-in/vnetd-dhcp', work, transactions, '/s', TRANSACTIONS)
  give({ ...row, ...(await besideDhcp(context, seconds, transactions)) })
}

export const packetInFamily: Family = {
  name: 'packet-in',
  about:
    "packet-in → packet-out: the library's learning switch beside ovs-testcontroller; ICMP errors and DHCP of vnetd",
  parts: [
    'vnetd-dhcp',
    ...COUNTS.flatMap((count) =>
      ['latency', 'rate', 'vnetd-latency', 'vnetd-rate'].map((name) => `${name}-${count}`),
    ),
  ],
  run: async (context) => {
    const { quick, wants, say, directory } = context
    const found = findPrograms(TESTCONTROLLER)
    if (found === undefined) say('packet-in: ours alone, there is no ovs-testcontroller here')
    const theirStart = found === undefined ? undefined : startTheirs(found[0]!, directory)
    const [rounds, seconds] = quick ? [1, 1] : [3, 2]
    await giveDhcp(context, seconds)
    for (const count of COUNTS) {
      await giveVnetd(context, count, seconds)
      if (!wants(`packet-in/latency-${count}`) && !wants(`packet-in/rate-${count}`)) continue
      say(`packet-in: ${count} switches`)
      const [ours, theirs]: [Measured[], Measured[]] = [[], []]
      for (let round = 0; round < rounds; round++) {
        ours.push(await measure(startOurs, count, seconds))
        if (theirStart !== undefined && count <= MOST_OF_THEIRS)
          theirs.push(await measure(theirStart, count, seconds))
      }
      giveBoth(context, count, { ours, theirs })
      say(
        `packet-in: the senders used ${ours.map(({ load }) => load.toFixed(2)).join(', ')} cores with ours, ${theirs.map(({ load }) => load.toFixed(2)).join(', ')} with theirs`,
      )
    }
  },
}
