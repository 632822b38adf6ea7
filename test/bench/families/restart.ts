/**
 * Restarts under pings of every millisecond, on a real Open vSwitch with its guests: `kill -9` of vnetd, which nobody may
 * notice, and of ovs-vswitchd, which forgets all flows.
 */

import { sleep, until } from '../../lab/wait.ts'
import { LARGE, type Load, LoadedSwitch } from '../loaded_switch.ts'
import { atMost, type Context, type Family, judged } from '../row.ts'
import { StampedPing, type StampedResult } from '../stamped_ping.ts'
import { number, spread } from '../statistics.ts'

const MEDIUM: Load = {
  name: '10000',
  text: '10 networks of 500',
  description: { networks: 10, guests: 500, routerOf: 10 },
}
/** Before the restart and after it, so that pings surround it. */
const AROUND_MS = 500
const LIMIT_MS = 120_000

interface Restart {
  readonly lost: number
  readonly sent: number
  /** Milliseconds: the longest that a guest got no answer. */
  readonly silence: number
  /** Milliseconds: the longest round trip of a ping. */
  readonly slowest: number
  /** Milliseconds. */
  readonly back: number
  readonly flowMods: number
}

type Outcome = Pick<Restart, 'back' | 'flowMods'>

/** Pings within the first and the last network and through a router while `work` goes on. */
const underPings = async (site: LoadedSwitch, work: () => Promise<Outcome>): Promise<Restart> => {
  const { first, last } = site.guests
  const end = site.load.description.networks - 1
  const pings = [
    new StampedPing(first[0], site.address(0, 2)),
    new StampedPing(first[0], site.address(1, 1)),
    new StampedPing(last[0], site.address(end, 2)),
  ]
  try {
    await Promise.all(pings.map((ping) => ping.first()))
    await sleep(AROUND_MS)
    const result = await work()
    await sleep(AROUND_MS)
    const pinged = await Promise.all(pings.map((ping) => ping.stop()))
    const sum = (take: (result: StampedResult) => number) =>
      pinged.reduce((total, one) => total + take(one), 0)
    const silence = Math.max(...pinged.map((one) => one.silence))
    const slowest = Math.max(...pinged.map((one) => one.slowest))
    return { ...result, silence, slowest, lost: sum(({ lost }) => lost), sent: sum(({ sent }) => sent) }
  } finally {
    await Promise.all(pings.map((ping) => ping.stop()))
  }
}

const killVnetd = async (site: LoadedSwitch): Promise<Outcome> => {
  const start = performance.now()
  await site.vnetd.stop('SIGKILL')
  await site.startVnetd()
  const { datapaths } = await site.vnetd.installed(1, 10)
  const back = performance.now() - start
  return { back, flowMods: datapaths[0]?.flow_mods_sent ?? Number.NaN }
}

/** From the connection, as vnetd saw it, to the acknowledgement of everything. */
const killSwitch = async (site: LoadedSwitch): Promise<Outcome> => {
  const before = (await site.vnetd.client.status()).datapaths[0]?.since
  await site.bench.ovs.stopSwitch('SIGKILL')
  await site.bench.ovs.startSwitch()
  const connected = await until(
    'the switch is back',
    async () => {
      const datapath = (await site.vnetd.client.status()).datapaths[0]
      return datapath?.connected === true && datapath.since !== before && Date.parse(datapath.since)
    },
    { timeout: LIMIT_MS, interval: 5 },
  )
  const { datapaths } = await site.vnetd.installed(1, 5)
  const back = Date.now() - connected
  return { back, flowMods: datapaths[0]?.flow_mods_sent ?? Number.NaN }
}

const repeat = async (rounds: number, once: () => Promise<Restart>): Promise<Restart[]> => {
  const restarts: Restart[] = []
  for (let round = 0; round < rounds; round++) restarts.push(await once())
  return restarts
}

const measure = async ({ quick, wants, give }: Context, site: LoadedSwitch): Promise<void> => {
  const flows = `${(await site.bench.flowCount()).toLocaleString('en')} flows`
  const rounds = quick ? 1 : 3
  const total = (restarts: readonly Restart[], take: (restart: Restart) => number): number =>
    restarts.reduce((sum, restart) => sum + take(restart), 0)
  if (wants('restart/vnetd')) {
    const restarts = await repeat(rounds, () => underPings(site, () => killVnetd(site)))
    const lost = total(restarts, (restart) => restart.lost)
    const sent = total(restarts, (restart) => restart.sent).toLocaleString('en')
    const back = spread(
      restarts.map((restart) => restart.back),
      'ms',
    )
    const silence = number(Math.max(...restarts.map((restart) => restart.silence)))
    const slowest = number(Math.max(...restarts.map((restart) => restart.slowest)))
    const mods = total(restarts, ({ flowMods }) => flowMods)
    give({
      ...{ name: 'restart/vnetd', work: `\`kill -9\` of vnetd and restart, ${flows}: pings of 1 ms lost` },
      ours: `${lost} of ${sent}; longest between two answers ${silence} ms, longest round trip ${slowest} ms; acknowledged again ${back} after the kill, ${mods} flow-mods`,
      ...judged({ text: '0 lost', holds: (value) => value === 0 }, lost),
    })
  }
  if (wants('restart/ovs-vswitchd')) {
    const restarts = await repeat(rounds, () => underPings(site, () => killSwitch(site)))
    const times = restarts.map((restart) => restart.back)
    const silences = restarts.map(({ silence }) => silence)
    give({
      ...{
        name: 'restart/ovs-vswitchd',
        work: `\`kill -9\` of ovs-vswitchd and restart, ${flows}: connected → all back`,
      },
      ours: `${spread(times, 'ms')}; the guest that waited longest was without an answer for ${spread(silences, 'ms')}, its own start included`,
      ...judged(atMost(2000, 'ms'), Math.max(...times)),
    })
  }
}

export const restartFamily: Family = {
  name: 'restart',
  about: 'kill -9 of vnetd and of ovs-vswitchd under pings, real Open vSwitch and guests',
  asRoot: true,
  parts: ['vnetd', 'ovs-vswitchd'],
  run: async (context) => {
    const load = context.quick ? MEDIUM : LARGE
    context.say(`restart: ${load.text}`)
    const site = await LoadedSwitch.start(load)
    try {
      await measure(context, site)
    } finally {
      await site.close()
    }
  },
}
