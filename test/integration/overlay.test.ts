/**
 * One network over many hosts, on real Open vSwitch: who reaches whom through which kind of tunnel, what crosses the
 * underlay for it and how often, and what happens while hosts and guests come and go.
 */
import t, { type Test } from 'tap'
import { sleep, until } from '../lab/wait.ts'
import { buildFrame } from '../scenarios/frame.ts'
import { dpidOf, type Family, type HostName, MEMBERS, OverlaySite, type TunnelType } from './overlay_site.ts'

const world = await OverlaySite.create()
t.teardown(() => world.close())

/** Time in which a frame is surely through. */
const SETTLE_MS = 150
const HOSTS: readonly HostName[] = ['a', 'b', 'c']

const WAYS: readonly (readonly [why: string, from: string, to: string])[] = [
  ['on the same host', 'red1', 'red2'],
  ['in the same subnet', 'red1', 'red3'],
  ['behind the router', 'red1', 'red4'],
  ['between two others', 'red3', 'red4'],
  ['in the other network with the same addresses', 'blue1', 'blue4'],
]
const MAC_OF_BLUE4 = MEMBERS.find(({ name }) => name === 'blue4')!.mac
const addressOf = (name: string): string => MEMBERS.find((each) => each.name === name)!.address

/** Pings until none is lost: the underlay may have to be asked for addresses first. */
const reaches = (from: string, to: string) =>
  until(`${from} reaches ${to}`, async () => {
    const result = await world.guest(from).ping(addressOf(to), { count: 5, interval: 0.02 })
    return result.received === 5 && result
  })

await world.describe()

for (const family of ['ipv4', 'ipv6'] as const satisfies Family[]) {
  for (const type of ['vxlan', 'geneve', 'gre'] as const satisfies TunnelType[]) {
    t.test(`${type} over ${family}`, async (t) => {
      for (const host of HOSTS) {
        await world.connect(host, family)
        await world.addTunnelPort(host, type)
      }
      await world.converged()
      await world.acquaint(family)
      for (const [why, from, to] of WAYS) {
        const { duplicates } = await reaches(from, to)
        t.equal(duplicates, 0, `${from} → ${to} ${why}`)
      }
      await eachOnce(t, type)
      for (const host of HOSTS) await world.removeTunnelPort(host, type)
    })
  }
}

/** How tcpdump writes the key of a tunnel. */
const KEYS: Readonly<Record<TunnelType, (key: number) => RegExp>> = {
  vxlan: (key) => new RegExp(`vni ${key}\\b`),
  geneve: (key) => new RegExp(`vni 0x${key.toString(16)}\\b`),
  gre: (key) => new RegExp(`key=0x${key.toString(16)}\\b`),
}

/** Guests of the first that get a frame, each as often as it gets it; frames that each host sends through tunnels. */
const observe = async (type: TunnelType, frame: Uint8Array, doIt: () => Promise<unknown>) => {
  const tunnels = await Promise.all(HOSTS.map((host) => world.tunnelled(host, type)))
  const ears = await Promise.all(
    MEMBERS.map(async ({ name }) => ({ name, ear: await world.guest(name).listen() })),
  )
  await doIt()
  await sleep(SETTLE_MS)
  const heard = ears.flatMap(({ name, ear }) =>
    ear.frames.filter((got) => Buffer.from(got).subarray(0, frame.length).equals(frame)).map(() => name),
  )
  const counts = tunnels.map((capture) => capture.frames.length)
  const lines = await Promise.all(tunnels.map((capture) => capture.lines('-v')))
  await Promise.all([...tunnels, ...ears.map(({ ear }) => ear)].map((capture) => capture.stop()))
  return { heard, counts, text: lines.flat().join('\n') }
}

/** What a broadcast and a unicast frame cost on the underlay, and who gets them. */
async function eachOnce(t: Test, type: TunnelType): Promise<void> {
  const from = MEMBERS.find(({ name }) => name === 'red3')!
  const broadcast = buildFrame({
    ...{ eth_src: from.mac, eth_dst: 'ff:ff:ff:ff:ff:ff' },
    echo: { src: from.address, dst: '172.16.0.255', ttl: 64 },
  })
  const toAll = await observe(type, broadcast, () => world.guest('red3').send(broadcast))
  t.strictSame(toAll.heard, ['red1', 'red2', 'red4'], 'every guest of the network gets a broadcast once')
  t.strictSame(toAll.counts, [0, 2, 0], 'once to each other host, and from there to none')
  t.match(toAll.text, KEYS[type](1), 'the key is that of the network')
  t.notMatch(toAll.text, KEYS[type](2))
  const toOne = await observe(type, broadcast, () =>
    world.guest('red1').ping(addressOf('red4'), { count: 1 }),
  )
  t.strictSame(toOne.counts, [1, 0, 1], 'request and answer once each, and nothing to the third host')
}

t.test('the line that makes the port for tunnels is said where it is missing', async (t) => {
  await world.connect('c', 'ipv4')
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
  for (const host of ['c', 'b', 'a'] as const) {
    await world.addTunnelPort(host, 'vxlan')
    await world.connect(host, 'ipv4')
  }
  await world.converged()
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
    const { counts } = await observe('vxlan', new Uint8Array(1), () =>
      world.guest('red1').ping(address, { count: 1 }),
    )
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
