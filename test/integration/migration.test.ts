/**
 * A guest goes to another host while others ping it, on real Open vSwitch: its new port before the old one is gone, as
 * live migrations do it, or behind it, or after its host broke down. Who claims it too is told, and a tug of war is slow.
 */
import t, { type Test } from 'tap'
import type { Guest } from '../lab/guest.ts'
import type { ContinuousPing } from '../lab/ping.ts'
import { sleep, until } from '../lab/wait.ts'
import { dpidOf, HOST_NAMES, type HostName, MEMBERS, OverlaySite } from './overlay_site.ts'

const BRIDGE = 'br0'
const PORT = 'if-red3'
const world = await OverlaySite.create()
t.teardown(() => world.close())

const { mac, address } = MEMBERS.find(({ name }) => name === 'red3')!
const NEIGHBOUR = { name: 'red5', mac: '02:00:00:00:01:05', address: '172.16.0.5' }

await world.describe()
const { name, ...lease } = NEIGHBOUR
await world.site.rest.post('interfaces', {
  ...{ uuid: `if-${name}`, network_uuid: 'nw-red', mac_address: lease.mac, ipv4_address: lease.address },
})
const neighbour = await world.hosts.b.guest({
  ...{ name, port: `if-${name}`, mac: lease.mac, addresses: [`${lease.address}/24`], bridge: BRIDGE },
})
// The guest where it goes: the same once more.
await world.hosts.c.guest({ name: 'moved', port: PORT, mac, addresses: [`${address}/24`] })
for (const host of ['a', 'b', 'c'] as const) {
  await world.connect(host, 'ipv4')
  await world.addTunnelPort(host, 'vxlan')
}
await world.converged()
await world.acquaint('ipv4')

/** Who pings it: on a host that it is never on, and on one of the two between which it goes. */
const third = world.guest('red1')
const PINGERS = { third, neighbour }
const INTERVAL = 0.1

const reaches = (from: Guest) =>
  until(
    'the guest is reached',
    async () => (await from.ping(address, { count: 2, interval: 0.02 })).received === 2,
    {
      timeout: 20_000,
    },
  )

/** Where frames for the guest leave the third host, by the one flow that says so. */
const isReachedOn = (host: HostName) =>
  until(
    `the guest is reached on ${host}`,
    async () => {
      const flows = await world.hosts.a.flows(BRIDGE)
      const found = flows.filter(({ table, match }) => table === 70 && match.includes(mac))
      return found.length === 1 && found[0]!.actions.includes(`${world.addresses[host].ipv4}->tun_dst`)
    },
    { timeout: 20_000 },
  )

/** Frames in VXLAN over IPv4 whose sender is that guest. */
const sentBy = (sender: string, frames: readonly Uint8Array[]): number =>
  frames.filter((frame) => Buffer.from(frame.subarray(56, 62)).toString('hex') === sender.replaceAll(':', ''))
    .length

/** Datapaths that say that others have the guest too, or that it has to wait. */
const warned = async () =>
  (await world.site.status()).datapaths.filter(({ warnings }) => warnings.some((text) => text.includes(PORT)))

/** Any one of them may be lost. */
const goesOn = (ping: ContinuousPing, more: number) => {
  const enough = ping.answers + more
  return until('pings go on', () => ping.answers >= enough)
}

/** Pings from both while something happens, and for a while before and after. */
const underPings = async (t: Test, doIt: () => Promise<unknown>) => {
  for (const guest of Object.values(PINGERS)) await reaches(guest)
  const captures = await Promise.all(HOST_NAMES.map((host) => world.tunnelled(host, 'vxlan')))
  const pings = Object.entries(PINGERS).map(
    ([who, guest]) => [who, guest.pingStart(address, { interval: INTERVAL })] as const,
  )
  for (const [, ping] of pings) await goesOn(ping, 8)
  await doIt()
  for (const [, ping] of pings) await goesOn(ping, 15)
  const losses: number[] = []
  for (const [who, ping] of pings) {
    const { lost, duplicates, sent } = await ping.stop()
    losses.push(lost.length)
    t.comment(`${who}: ${lost.length} of ${sent} lost`)
    t.equal(duplicates, 0, `${who}: no duplicates`)
  }
  // A machine that is busy elsewhere may hold up one of them.
  t.ok(Math.min(...losses) <= 1 && Math.max(...losses) <= 5, `${losses} lost`)
  const [own = 0, ...others] = captures.map(({ frames }) => sentBy(third.mac, frames))
  t.ok(own > 0)
  t.strictSame(others, [0, 0], 'what comes to a host too late is not sent on')
  await Promise.all(captures.map((capture) => capture.stop()))
}

t.test('the new port is there before the old one goes', async (t) => {
  await underPings(t, async () => {
    await world.hosts.c.addPort(BRIDGE, PORT)
    await until('both say that two have it', async () => (await warned()).length === 2)
    await isReachedOn('b')
    await world.hosts.b.removePort(BRIDGE, PORT)
    await isReachedOn('c')
  })
  await until('nothing is warned of', async () => (await warned()).length === 0)
})

t.test('the old port goes first', async (t) => {
  await underPings(t, async () => {
    await world.hosts.c.removePort(BRIDGE, PORT)
    await world.hosts.b.addPort(BRIDGE, PORT)
    await isReachedOn('b')
  })
})

t.test('a tug of war is slow, told of, and ends with the last word', async (t) => {
  const to = async (here: HostName, gone: HostName) => {
    await world.hosts[gone].removePort(BRIDGE, PORT)
    await world.hosts[here].addPort(BRIDGE, PORT)
  }
  for (let round = 0; round < 3; round += 1) {
    await to('c', 'b')
    await to('b', 'c')
  }
  await to('c', 'b')
  const message = 'an interface moved twice in ten seconds and would move again: it has to wait'
  await until('it is logged', () => world.site.vnetd.output.includes(message))
  const told = world.site.vnetd.output.split(message).length - 1
  await isReachedOn('c')
  await until('nothing is warned of', async () => (await warned()).length === 0)
  await reaches(third)
  t.equal(told, 1)
})

t.test('its host breaks down, and comes back when the guest is elsewhere', async (t) => {
  await reaches(third)
  await world.hosts.c.ovs.stopSwitch('SIGKILL')
  await world.hosts.b.addPort(BRIDGE, PORT)
  await isReachedOn('b')
  await reaches(third)
  const ping = third.pingStart(address, { interval: INTERVAL })
  await goesOn(ping, 3)
  await world.hosts.c.ovs.startSwitch()
  await world.site.converged(dpidOf('c'), 20_000)
  t.match((await world.site.datapath(dpidOf('c')))!.warnings, [
    `${PORT} (${PORT}) is also on ${dpidOf('b')}: ${dpidOf('b')} has it; take the port away on one side`,
  ])
  await goesOn(ping, 10)
  const { lost, duplicates } = await ping.stop()
  t.strictSame([lost, duplicates], [[], 0], 'its new host keeps it')
  await isReachedOn('b')
  await world.hosts.c.removePort(BRIDGE, PORT)
})

t.test(
  'a host that is away while vnetd starts anew keeps its guests, until its row is deleted',
  async (t) => {
    const away = MEMBERS.find(({ name }) => name === 'red4')!
    const ways = async () =>
      (await world.hosts.a.flows(BRIDGE)).filter(
        ({ table, match }) => table === 70 && match.includes(away.mac),
      ).length
    await world.site.rest.post('datapaths', { uuid: 'dp-c', dpid: dpidOf('c'), node_id: 'c' })
    await world.converged()
    const ping = third.pingStart(away.address, { interval: 0.05 })
    await goesOn(ping, 5)
    await world.disconnect('c')
    await until('c is away', async () => (await world.site.datapath(dpidOf('c')))?.connected === false)
    await world.restart()
    await world.site.converged(dpidOf('a'))
    // Until then nothing is taken away in any case.
    await sleep(11_000)
    await world.site.converged(dpidOf('b'))
    t.equal(await ways(), 1)
    await goesOn(ping, 10)
    const { lost, duplicates } = await ping.stop()
    t.strictSame([lost, duplicates], [[], 0])
    await world.site.rest.delete('datapaths/dp-c')
    await until('the way to c is gone', async () => (await ways()) === 0)
    await reaches(third)
    await world.connect('c', 'ipv4')
    await until('it is there again', async () => (await ways()) === 1)
  },
)
