/**
 * Networks over many hosts: from nothing to everything acknowledged, what a host has of the whole, one change, a host that
 * leaves and one that joins. Most switches are fake ones in another process, the last two are a real Open vSwitch each.
 */
import { join } from 'node:path'
import type { Status } from '../client.ts'
import { addressOf, guestMac } from '../description.ts'
import type { FakeSwitches } from '../fake_switches.ts'
import { ManyHosts, type SiteSize } from '../many_hosts.ts'
import { alone, type Context, type Family } from '../row.ts'
import { median, quantile, timed } from '../statistics.ts'
import { cpuSeconds } from '../usage.ts'
import { Vnetd } from '../vnetd.ts'

const WHOLE: SiteSize = { networks: 1000, fakes: 50, reals: 2 }
const QUICK: SiteSize = { networks: 100, fakes: 10, reals: 2 }
/** Milliseconds between two looks at whether all have everything. */
const LOOK_MS = 20
/** The fake switch that leaves and joins, and a guest of it. */
const HOST = 1
const GUEST_OF_FIRST = 5

const flowsOf = ({ datapaths }: Status): number[] => datapaths.map(({ flows }) => flows)
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const flowModsOf = ({ datapaths }: Status): ReadonlyMap<string, number> =>
  new Map(datapaths.map(({ dpid, flow_mods_sent }) => [dpid, flow_mods_sent]))

/** How many switches were sent something between two looks. */
const concerned = (before: Status, after: Status): number => {
  const sent = flowModsOf(before)
  return [...flowModsOf(after)].filter(([dpid, count]) => count !== sent.get(dpid)).length
}

const text = ({ networks, fakes, reals }: SiteSize): string =>
  `${networks.toLocaleString('en')} networks over ${fakes} fake and ${reals} real switches`

const giveInstall = async (context: Context, site: ManyHosts, vnetd: Vnetd): Promise<void> => {
  const { size } = site
  const hosts = site.hosts.length
  const before = cpuSeconds(vnetd.pid)
  let status: Status | undefined
  const milliseconds = await timed(async () => {
    await site.connect(vnetd.openflow)
    status = await vnetd.installed(hosts, LOOK_MS)
  })
  context.give(alone('hosts/install', `${text(size)}: nothing → all acknowledged`, [milliseconds], 'ms'))
  context.give(alone('hosts/cpu', 'the same: processor time of that', [cpuSeconds(vnetd.pid) - before], 's'))
  const flows = flowsOf(status!)
  const [least, most, all] = [quantile(flows, 0), quantile(flows, 1), sum(flows)]
  const share = ((median(flows) / all) * 100).toFixed(1)
  context.give({
    ...{ name: 'hosts/flows', work: `flows of a host, with guests of ${perHost(size)} networks` },
    ours: `${median(flows)} (${least}–${most}); ${share} % of the ${all.toLocaleString('en')} of all`,
  })
}

/** Networks of which a host with a fake switch has guests: at most. */
const perHost = ({ networks, fakes }: SiteSize): number => (2 * networks) / fakes

const giveChange = async (context: Context, site: ManyHosts, { client }: Vnetd): Promise<void> => {
  const [uuid, network] = [`if-p${GUEST_OF_FIRST}`, GUEST_OF_FIRST - 1]
  const description = { networks: site.size.networks, guests: 8, routerOf: 1 }
  const guest = {
    ...{ uuid, network_uuid: `nw-${network}`, mac_address: guestMac(GUEST_OF_FIRST) },
    ipv4_address: addressOf(description, network, 1),
  }
  const times: number[] = []
  const told: number[] = []
  for (let round = 0; round < (context.quick ? 5 : 20); round++) {
    await client.apply('DELETE', `interfaces/${uuid}`)
    const before = await client.status()
    times.push(await timed(() => client.apply('POST', 'interfaces', guest)))
    told.push(concerned(before, await client.status()))
  }
  const work = `the same: add an interface; ${median(told)} of ${site.hosts.length} switches are told`
  context.give(alone('hosts/add-interface', work, times, 'ms'))
}

interface Passage {
  readonly leaves: number
  readonly joins: number
  readonly told: number
}

/** A host goes with its row, and comes back. */
const passOnce = async (site: ManyHosts, vnetd: Vnetd, fakes: FakeSwitches): Promise<Passage> => {
  const { client } = vnetd
  const row = site.hosts[HOST]!
  fakes.disconnect([HOST])
  await vnetd.until(({ connected, dpid }) => dpid === row.dpid && !connected, LOOK_MS)
  const before = await client.status()
  const leaves = await timed(() => client.apply('DELETE', `datapaths/${row.uuid}`))
  const told = concerned(before, await client.status())
  const joins = await timed(async () => {
    fakes.connect([HOST])
    await client.call('POST', 'datapaths', row)
    await vnetd.installed(site.hosts.length, LOOK_MS)
  })
  return { leaves, joins, told }
}

const givePassage = async (
  context: Context,
  site: ManyHosts,
  vnetd: Vnetd,
  fakes: FakeSwitches,
): Promise<void> => {
  const passages: Passage[] = []
  for (let round = 0; round < (context.quick ? 2 : 5); round++)
    passages.push(await passOnce(site, vnetd, fakes))
  const [leaves, joins] = [passages.map((each) => each.leaves), passages.map((each) => each.joins)]
  const told = median(passages.map((each) => each.told))
  const work = `the same: a host of ${perHost(site.size)} guests`
  context.give(alone('hosts/leave', `${work} leaves with its row; ${told} others are told`, leaves, 'ms'))
  context.give(alone('hosts/join', `${work} joins: dialling, its row → all acknowledged`, joins, 'ms'))
}

export const hostsFamily: Family = {
  name: 'hosts',
  about: 'networks over many hosts: install, flows of a host, one change, a host that leaves and joins',
  asRoot: true,
  parts: ['install', 'cpu', 'flows', 'add-interface', 'leave', 'join'],
  run: async (context) => {
    const size = context.quick ? QUICK : WHOLE
    context.say(`hosts: ${text(size)}`)
    const file = join(context.directory, 'hosts.db')
    const site = await ManyHosts.create(size, file)
    try {
      const vnetd = await Vnetd.start({ database: file })
      try {
        const fakes = await site.startFakes(vnetd.openflow)
        await giveInstall(context, site, vnetd)
        await giveChange(context, site, vnetd)
        await givePassage(context, site, vnetd, fakes)
      } finally {
        await site.stopFakes()
        await vnetd.stop()
      }
    } finally {
      await site.close()
    }
  },
}
