/**
 * A leg of a router on one of two hosts, on real Open vSwitch, both families at once: the scenario, with a switch of the street between
 * the uplinks that learns MAC addresses; somebody outside of whom no row knows; another owner while packets flow; none at all.
 */
import t from 'tap'
import { Capture } from '../lab/capture.ts'
import { sleep, until } from '../lab/wait.ts'
import { checkForReal } from '../scenarios/for_real.ts'
import { addressIn6, inIpv6, writesInBoth } from '../scenarios/in_ipv6.ts'
import { PINNED } from '../scenarios/pinned.ts'
import type { PingSpec, Scenario, Write } from '../scenarios/scenario.ts'
import { dpidOf, HOST_NAMES, OverlaySite } from './overlay_site.ts'
import { record } from './recorded_underlay.ts'

const BRIDGE = 'br0'
const STREET = 'br-street'
const STRANGER = '10.9.0.99'
const LEG = { address: '10.9.0.254', mac: '52:54:00:74:00:02' }

const FAMILIES = [4, 6] as const
const SCENARIOS = { 4: PINNED, 6: inIpv6(PINNED) } as const
const own = (family: 4 | 6, address: string): string => (family === 4 ? address : addressIn6(address))

/** What goes through tunnels is recorded, and what is on the street is not. */
const inTunnels = ({ crosses = [], ...ping }: PingSpec): PingSpec => ({
  ...ping,
  crosses: crosses.filter(({ network }) => network !== 'nw-flat'),
})
const recordable = (scenario: Scenario): Scenario => ({
  ...scenario,
  pings: scenario.pings.map(inTunnels),
  sends: [],
})

/** The hosts of the lab have an uplink of that name, to each other. */
const UPLINK = 'wire'

const onHosts = ({ body, ...write }: Write): Write => ({
  ...write,
  body: {
    ...body,
    ...(write.path === 'datapaths' ? { dpid: dpidOf(body['uuid'] === 'dp-a' ? 'a' : 'b') } : {}),
    ...(body['port_name'] === undefined ? {} : { port_name: UPLINK }),
  },
})

const world = await OverlaySite.create(FAMILIES.flatMap((family) => SCENARIOS[family].guests))
t.teardown(() => world.close())
const street = await world.lab.host('street')
await street.bridge({ name: STREET, failMode: 'standalone' })
for (const name of ['a', 'b'] as const) {
  const { namespace } = world.hosts[name]
  await namespace.ip(
    `link add ${UPLINK} type veth peer name to-${name} netns ${street.namespace.name}`,
    `link set ${UPLINK} up`,
  )
  await street.namespace.ip(`link set to-${name} up`)
  await street.addPort(STREET, `to-${name}`)
  await world.hosts[name].addPort(BRIDGE, UPLINK)
}
const stranger = await street.guest({
  ...{ port: 'stranger', mac: '02:00:00:00:09:09', bridge: STREET, ipv6: true },
  addresses: FAMILIES.map((family) => `${own(family, STRANGER)}/${family === 4 ? 24 : 64}`),
  routes: [
    `172.16.1.0/24 via ${LEG.address}`,
    `${addressIn6('172.16.1.0/24')} via ${addressIn6(LEG.address)}`,
  ],
})
await world.write(writesInBoth(PINNED.writes).map(onHosts))
for (const host of HOST_NAMES) await world.connect(host, 'ipv4')
for (const host of HOST_NAMES) await world.addTunnelPort(host, 'vxlan')
await world.converged()
await world.acquaint('ipv4')
await Promise.all([...world.guests.values(), stranger].map((guest) => guest.probed()))

/** What the leg says unasked would be heard among what the scenario names. */
const announced = async () => (await world.site.datapath(dpidOf('a')))?.punts?.['neighbour']?.['told unasked']
await until('the leg has said where it is', async () => {
  const before = await announced()
  await sleep(1500)
  return before !== undefined && before >= 3 && before === (await announced())
})

for (const family of FAMILIES) {
  t.test(`${PINNED.name}, IPv${family}`, async (t) => {
    const scenario = recordable(SCENARIOS[family])
    t.same(await checkForReal(scenario, world.guests, () => record(world, scenario)), [])
  })
}

const reaches = (from: typeof stranger, address: string) =>
  until(`${from.port} reaches ${address}`, async () => {
    const { received } = await from.ping(address, { count: 1, timeout: 1 })
    return received === 1
  })

/** Flows of a bridge that name the leg, or take what is handed over. */
const ofLeg = async (host: 'a' | 'b') =>
  (await world.hosts[host].ofctl('dump-flows', BRIDGE))
    .split('\n')
    .filter((line) => line.includes(LEG.mac) || line.includes('tun_id=0x800000'))

const owned = async (owner_datapath_uuid: string): Promise<void> => {
  await world.write([{ method: 'PUT', path: 'interfaces/if-legflat', body: { owner_datapath_uuid } }])
  await world.converged()
}

t.test(
  'somebody outside of whom no row knows meets the leg on its host, and nothing of it on the other',
  async (t) => {
    const ofB = await Capture.start(street.namespace, 'to-b', `ether src ${LEG.mac}`, 'in')
    for (const family of FAMILIES) {
      const first = await world.guest('inside-b').ping(own(family, STRANGER), { count: 1, timeout: 3 })
      t.equal(first.received, 1, 'the first packet waits while the owner asks for its next hop')
      await reaches(stranger, own(family, LEG.address))
      await reaches(stranger, own(family, '172.16.1.1'))
      await reaches(stranger, own(family, '172.16.1.2'))
    }
    t.same(await ofB.stop(), [])
    t.not((await ofLeg('a')).length, 0)
  },
)

t.test('who sends what the owner cannot deliver is told from the leg on its own side', async (t) => {
  const { namespace } = world.guest('inside-b')
  for (const family of FAMILIES) {
    const to = own(family, '10.9.0.55')
    const { stdout, stderr } = await namespace.attempt(['ping', '-n', '-c', '1', '-W', '8', to])
    t.match(stdout + stderr, new RegExp(`rom ${own(family, '172.16.1.254')}.*nreachable`), 'nobody has it')
    const trace = await namespace.run([
      'traceroute',
      `-${family}`,
      '-n',
      '-q',
      '1',
      '-w',
      '3',
      own(family, STRANGER),
    ])
    t.strictSame(
      trace.split('\n').flatMap((line) => /^ *\d+ +(\S+)/.exec(line)?.[1] ?? []),
      [own(family, '172.16.1.254'), own(family, STRANGER)],
      'the router is one hop',
    )
  }
})

t.test('what fits into no tunnel is told before it is handed over, or on its way back', async (t) => {
  for (const family of FAMILIES) {
    const size = family === 4 ? 1472 : 1452
    const { stdout, stderr } = await stranger.namespace.attempt([
      ...['ping', '-n', '-c', '2', '-i', '0.2', '-W', '2', '-M', 'do', '-s', `${size}`],
      own(family, '172.16.1.2'),
    ])
    t.match(stdout + stderr, /(mtu ?= ?1450|message too long)/i)
  }
})

t.test('another owner has it at once, and the first one keeps nothing of it', async (t) => {
  const pings = FAMILIES.map((family) =>
    world.guest('inside-b').pingStart(own(family, '10.9.0.1'), { interval: 0.05 }),
  )
  for (const ping of pings) await ping.reaches(5)
  await owned('dp-b')
  for (const ping of pings) await ping.reaches(ping.answers + 10)
  t.strictSame(await ofLeg('a'), [])
  for (const family of FAMILIES) await reaches(stranger, own(family, LEG.address))
  for (const ping of pings) t.equal((await ping.stop()).duplicates, 0)
})

t.test('an owner that is away is a warning where packets are for its leg, and goes on', async (t) => {
  await world.disconnect('b')
  const warned = await until('host a warns', async () => {
    const warnings = (await world.site.datapath(dpidOf('a')))?.warnings ?? []
    return warnings.find((text) => text.includes('if-legflat'))
  })
  t.match(
    warned,
    /^rl-1 sends through if-legflat, which is on 0x00000000000000bb alone, and that is not connected/,
  )
  for (const family of FAMILIES)
    t.equal((await world.guest('inside-a').ping(own(family, '10.9.0.1'), { count: 1 })).received, 1)
})
