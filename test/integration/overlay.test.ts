/**
 * One network over many hosts, on real Open vSwitch, while hosts, guests and ports for tunnels come and go. Who reaches whom,
 * and what crosses the underlay for it, is in many_hosts.test.ts.
 */
import t from 'tap'
import { sleep, until } from '../lab/wait.ts'
import { dpidOf, type HostName, MEMBERS, OverlaySite, type TunnelType } from './overlay_site.ts'

const world = await OverlaySite.create()
t.teardown(() => world.close())

/** Time in which a frame is surely through. */
const SETTLE_MS = 150
const HOSTS: readonly HostName[] = ['a', 'b', 'c']

const MAC_OF_BLUE4 = MEMBERS.find(({ name }) => name === 'blue4')!.mac
const addressOf = (name: string): string => MEMBERS.find((each) => each.name === name)!.address

/** Pings until none is lost: the underlay may have to be asked for addresses first. */
const reaches = (from: string, to: string) =>
  until(`${from} reaches ${to}`, async () => {
    const result = await world.guest(from).ping(addressOf(to), { count: 5, interval: 0.02 })
    return result.received === 5 && result
  })

await world.describe()

/** How many frames each host sends through tunnels because of something. */
const countTunnelled = async (type: TunnelType, act: () => Promise<unknown>): Promise<number[]> => {
  const tunnels = await Promise.all(HOSTS.map((host) => world.tunnelled(host, type)))
  await act()
  await sleep(SETTLE_MS)
  const counts = tunnels.map((capture) => capture.frames.length)
  await Promise.all(tunnels.map((capture) => capture.stop()))
  return counts
}

t.test('the line that makes the port for tunnels is said where it is missing', async (t) => {
  for (const host of HOSTS) await world.connect(host, 'ipv4')
  await world.converged()
  const { warnings } = (await world.site.datapath(dpidOf('c')))!
  const line =
    'ovs-vsctl add-port BRIDGE vnet-vxlan -- set interface vnet-vxlan type=vxlan options:key=flow options:remote_ip=flow'
  t.ok(
    warnings.some((text) => text.endsWith(line)),
    warnings.join(),
  )
})

t.test('hosts and guests come and go', async (t) => {
  for (const host of ['c', 'b', 'a'] as const) await world.addTunnelPort(host, 'vxlan')
  await world.converged()
  await world.acquaint('ipv4')
  await reaches('red1', 'red4')

  await t.test('a host whose connection to the controller ends keeps its guests reachable', async (t) => {
    const ping = world.guest('red1').pingStart(addressOf('red4'), { interval: 0.02 })
    await ping.reaches(5)
    await world.disconnect('c')
    await until(
      'c is disconnected',
      async () => (await world.site.datapath(dpidOf('c')))?.connected === false,
    )
    await ping.reaches(50)
    await world.connect('c', 'ipv4')
    await world.converged()
    await ping.reaches(ping.answers + 20)
    const { lost, duplicates } = await ping.stop()
    t.strictSame([lost, duplicates], [[], 0])
  })

  await t.test('vnetd is killed and comes back: no packet between hosts is lost', async (t) => {
    const pings = ['red3', 'red4'].map((to) =>
      world.guest('red1').pingStart(addressOf(to), { interval: 0.02 }),
    )
    for (const ping of pings) await ping.reaches(5)
    for (const _round of [1, 2, 3]) {
      await world.restart()
      await world.converged()
    }
    for (const ping of pings) t.strictSame((await ping.stop()).lost, [])
    t.strictSame(
      (await world.site.status()).datapaths.map(({ flow_mods_sent }) => flow_mods_sent),
      [0, 0, 0],
    )
  })

  await t.test('what leads nowhere since vnetd was away is taken away all the same', async () => {
    await world.site.vnetd.stop('SIGKILL')
    await world.hosts.c.removePort('br0', 'if-blue4')
    await world.restart()
    await until(
      'the flow to blue4 is gone',
      async () => {
        const flows = await world.hosts.a.flows('br0')
        return !flows.some(({ table, match }) => table === 70 && match.includes(MAC_OF_BLUE4))
      },
      { timeout: 20_000 },
    )
    await world.hosts.c.addPort('br0', 'if-blue4')
    await world.converged()
  })

  await t.test('ports for tunnels are made and mended where databases are known', async (t) => {
    await world.hosts.b.removePort('br0', 'vnet-vxlan')
    await world.hosts.c.vsctl('remove', 'Interface', 'vnet-vxlan', 'options', 'key')
    await world.readDatabases()
    await reaches('red1', 'red3')
    await reaches('red1', 'red4')
    await world.hosts.a.removePort('br0', 'vnet-vxlan')
    await reaches('red1', 'red4')
    // The database says a few seconds late whether a controller is connected.
    await until(
      'nothing is warned of',
      async () => (await world.site.datapath(dpidOf('a')))?.warnings.length === 0,
    )
    t.pass('made at once, made again, mended')
  })

  await t.test('a guest moves to another host', async (t) => {
    const { mac, address } = MEMBERS.find(({ name }) => name === 'red4')!
    await world.hosts.c.removePort('br0', 'if-red4')
    const moved = { name: 'moved', port: 'if-red4', mac, addresses: [`${address}/24`], bridge: 'br0' }
    await world.hosts.b.guest(moved)
    await world.converged()
    const { duplicates } = await reaches('red1', 'red4')
    t.equal(duplicates, 0)
    const counts = await countTunnelled('vxlan', () => world.guest('red1').ping(address, { count: 1 }))
    t.strictSame(counts, [1, 1, 0], 'through the tunnel to its new host')
  })

  await t.test(
    'a network that is deleted leaves nothing, and takes nothing of the other along',
    async (t) => {
      for (const { name, network } of MEMBERS) {
        if (network === 'nw-red') await world.site.rest.delete(`interfaces/if-${name}`)
      }
      await world.site.rest.delete('networks/nw-red')
      await world.converged()
      for (const host of HOSTS) {
        const flows = await world.hosts[host].flows('br0')
        const red = flows.filter(({ match, actions }) => `${match} ${actions}`.includes('metadata=0x1/'))
        t.strictSame(red, [], `on ${host}`)
      }
      t.equal((await reaches('blue1', 'blue4')).duplicates, 0)
    },
  )
})
