/**
 * The scenarios over IPv6 on real Open vSwitch, between kernels that do what kernels do: probe for duplicates, make
 * link-local addresses, ask whether neighbours are still there.
 */
import t from 'tap'
import { until } from '../lab/wait.ts'
import { checkForReal } from '../scenarios/for_real.ts'
import { buildFrame } from '../scenarios/frame.ts'
import { inIpv6 } from '../scenarios/in_ipv6.ts'
import { manyHosts } from '../scenarios/many_hosts.ts'
import { neighbours } from '../scenarios/neighbours.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0, sameMacAddresses, walkthrough } from '../scenarios/walkthrough.ts'
import { HOST_NAMES, OverlaySite } from './overlay_site.ts'
import { record } from './recorded_underlay.ts'

for (const scenario of [inIpv6(walkthrough), inIpv6(sameMacAddresses)]) {
  t.test(`${scenario.name}: every ping and every frame as the scenario says`, async (t) => {
    const world = await LabWorld.running(scenario)
    t.teardown(() => world.close())
    t.same(await world.check(scenario), [])
    const { last_error, warnings, ...rest } = (await world.site.datapath(BR0.dpid))!
    const { punts } = rest as unknown as { punts: Readonly<Record<string, unknown>> }
    t.same(
      Object.keys(punts ?? {}).filter((kind) => !['router_solicitation', 'icmp_error'].includes(kind)),
      [],
      'but for questions for routers, and what goes nowhere, no packet went to the controller',
    )
    t.equal(last_error, null)
    t.same(warnings, [])
  })
}

t.test('neighbours on one host', async (t) => {
  const world = await LabWorld.running(neighbours)
  t.teardown(() => world.close())
  t.same(await world.check(neighbours), [], neighbours.name)
  const [one, two] = [world.guest('ns1'), world.guest('ns2')]
  const LEG = { global: 'fd00:172:16:1::fe', linkLocal: 'fe80::5054:ff:fe74:0', far: 'fd00:172:16:2::fe' }

  t.test('kernels reach each other and the router at link-local addresses', async (t) => {
    for (const address of ['fe80::5054:ff:fe0d:8402', LEG.linkLocal]) {
      const { received, text } = await one.ping(`${address}%eth0`, { count: 3 })
      t.equal(received, 3, text)
    }
    t.equal((await one.ping(`${LEG.linkLocal}%eth0`, { count: 1, ttl: 1 })).received, 1)
  })

  t.test('what the switch answers is what RFC 4861 asks for, octet by octet', async (t) => {
    const answered = neighbours.sends.filter(({ from, arrives }) => arrives.some(({ at }) => at === from))
    t.ok(answered.length > 4)
    for (const { why, frame, arrives } of answered) {
      const capture = await one.listen()
      await one.send(buildFrame(frame))
      const hex = () => capture.frames.map((got) => Buffer.from(got).toString('hex'))
      const expected = Buffer.from(buildFrame(arrives[0]!.frame)).toString('hex')
      await until(why, () => hex().includes(expected), { describe: () => `${hex()}, not ${expected}` })
      await capture.stop()
    }
  })

  t.test('pings of any size are answered, from both sides of the router', async (t) => {
    for (const address of [LEG.global, LEG.far, `${LEG.linkLocal}%eth0`]) {
      const { received, text } = await one.ping(address, { count: 3, size: 4000 })
      t.equal(received, 3, text)
    }
  })

  t.test('a kernel asks again, knows the router for one, and finds its neighbours there', async (t) => {
    for (const address of [LEG.global, 'fd00:172:16:1::2']) await one.ping(address, { count: 1 })
    const text = await one.namespace.run(['ip', '-6', 'neighbour', 'show', 'dev', 'eth0'])
    t.match(text, /fd00:172:16:1::fe lladdr 52:54:00:74:00:00 router /)
    t.match(text, /fd00:172:16:1::2 lladdr 52:54:00:0d:84:02 (?!router)/)
    // A probe of one's own goes to the neighbour alone.
    await one.namespace.ip('neighbour change fd00:172:16:1::2 dev eth0 nud probe lladdr 52:54:00:0d:84:02')
    await until('the neighbour is there', async () =>
      (await one.namespace.run(['ip', '-6', 'neighbour', 'show', 'fd00:172:16:1::2'])).includes('REACHABLE'),
    )
    t.pass()
  })

  t.test('an address that another has is found to be a duplicate, the own one is not', async (t) => {
    await one.setAddresses('fd00:172:16:1::1/64')
    await two.namespace.ip(
      'address add fd00:172:16:1::1/64 dev eth0',
      `address add ${LEG.global}/64 dev eth0`,
    )
    await Promise.all([one.probed(), two.probed()])
    const failed = async (guest: typeof one) =>
      (await guest.addresses6())
        .filter(({ dadfailed }) => dadfailed === true)
        .map(({ address }) => address)
        .sort()
    t.same(await failed(one), [])
    t.same(await failed(two), ['fd00:172:16:1::1', LEG.global])
    t.equal((await one.ping('fd00:172:16:1::2', { count: 1 })).received, 1)
  })
})

t.test('three hosts', async (t) => {
  const scenario = inIpv6(manyHosts('vxlan', 'ipv6'))
  const world = await OverlaySite.create(scenario.guests)
  t.teardown(() => world.close())
  await world.write(scenario.writes)
  for (const host of HOST_NAMES) await world.connect(host, 'ipv6')
  for (const host of HOST_NAMES) await world.addTunnelPort(host, 'vxlan')
  await world.converged()
  await world.acquaint('ipv6')
  t.same(await checkForReal(scenario, world.guests, () => record(world, scenario)), [], scenario.name)
})
