/**
 * Routers and guest services over two hosts on real Open vSwitch, both families at once: several routers on a path, networks of
 * different MTU, guests as next hops, DHCP, DNS and router advertisements. First the packets of the scenarios, to the octet
 * what the simulator says; then the programs and kernels that people use; then guests that move to the other host.
 */
import t from 'tap'
import { until } from '../lab/wait.ts'
import { addressIn6, inIpv6, writesInBoth } from '../scenarios/in_ipv6.ts'
import { NEXT_HOPS } from '../scenarios/next_hops.ts'
import { SimulatedWorld } from '../scenarios/on_simulator.ts'
import { FAR, MTU, PATH_MTU } from '../scenarios/path_mtu.ts'
import { PATHS } from '../scenarios/paths.ts'
import { askForReal, type Stage, shareForReal } from '../scenarios/questions_for_real.ts'
import { overTwoHosts, type Scenario } from '../scenarios/scenario.ts'
import { services } from '../scenarios/services.ts'
import { DhcpClients } from './dhcp_clients.ts'
import { dpidOf, HOST_NAMES, OverlaySite } from './overlay_site.ts'

const ROUTED = [PATHS, PATH_MTU, NEXT_HOPS].map(overTwoHosts)
const SERVICES = [overTwoHosts(services(4)), overTwoHosts(services(6))] as const

/** All of it as one scenario of each family. */
const together = (scenarios: readonly Scenario[]): Scenario => ({
  ...scenarios[0]!,
  writes: [...ROUTED.flatMap(({ writes }) => writesInBoth(writes)), ...SERVICES[0].writes],
  guests: scenarios.flatMap(({ guests }) => guests),
  questions: scenarios.flatMap(({ questions = [] }) => questions),
  shares: scenarios.flatMap(({ shares = [] }) => shares),
})
const SCENARIOS = {
  4: together([...ROUTED, SERVICES[0]]),
  6: together([...ROUTED.map(inIpv6), SERVICES[1]]),
} as const
const FAMILIES = [4, 6] as const

const world = await OverlaySite.create(FAMILIES.flatMap((family) => SCENARIOS[family].guests))
t.teardown(() => world.close())
await world.write(SCENARIOS[4].writes)
for (const host of HOST_NAMES) await world.connect(host, 'ipv4')
for (const host of HOST_NAMES) await world.addTunnelPort(host, 'vxlan')
await world.converged()
await world.acquaint('ipv4')
await Promise.all([...world.guests.values()].map((guest) => guest.probed()))
// Kernels tell a sender at most once in a while that nobody listens.
const LIMITS = ['net.ipv4.icmp_ratelimit=0', 'net.ipv6.icmp.ratelimit=0']
await Promise.all(
  [...world.guests.values()].map(({ namespace }) => namespace.run(['sysctl', '-qw', ...LIMITS])),
)

const stageOf = async (family: 4 | 6): Promise<Stage> => ({
  guests: world.guests,
  twin: await SimulatedWorld.of(SCENARIOS[family]),
})
const STAGES = { 4: await stageOf(4), 6: await stageOf(6) } as const

for (const family of FAMILIES) {
  const { questions = [], shares = [] } = SCENARIOS[family]
  t.test(`each question of the scenarios is answered as in the simulator, IPv${family}`, async (t) => {
    const { problems, answers } = await askForReal(STAGES[family], questions)
    t.same(problems, [])
    t.ok(answers.length > 60, `${answers.length} answers to the octet`)
  })

  t.test(`next hops share, IPv${family}`, async (t) => {
    for (const spec of shares) t.same(await shareForReal(STAGES[family], spec), [])
  })
}
/** Words of programs for a family. */
const v = (family: 4 | 6): string => `-${family}`
const own = (family: 4 | 6, address: string): string => (family === 4 ? address : addressIn6(address))
const shown = async (guest: string, ...command: readonly string[]): Promise<string> => {
  const { stdout, stderr } = await world.guest(guest).namespace.attempt(command)
  return stdout + stderr
}

const HOP = /^ *(\d+) {2}(.*)$/
const traceroute = async (family: 4 | 6, from: string, to: string, ...words: readonly string[]) => {
  const text = await shown(
    from,
    'traceroute',
    v(family),
    '-n',
    '-w',
    '3',
    '-N',
    '1',
    '-m',
    '6',
    ...words,
    own(family, to),
  )
  return text.split('\n').flatMap((line) => {
    const [, hop, rest] = HOP.exec(line) ?? []
    return hop === undefined ? [] : [`${hop} ${rest!.replaceAll(/ *[\d.]+ ms/g, ' ms')}`]
  })
}

/** Each hop with as many answers as probes. */
const hops = (family: 4 | 6, addresses: readonly string[], marks = ''): string[] =>
  addresses
    .map((address, index) => `${index + 1} ${own(family, address)} ms ms ms`)
    .concat(marks === '' ? [] : marks)

const ACROSS = ['10.1.1.254', '10.0.12.2', '10.0.23.3', '10.3.3.1']
const METHODS = { UDP: [], ICMP: ['-I'], TCP: ['-T', '-p', '80'] } as const

t.test('traceroute shows every hop once, by each way to ask', async (t) => {
  for (const family of FAMILIES) {
    const traces = Object.entries(METHODS).map(async ([how, words]) =>
      t.strictSame(
        await traceroute(family, 'west', '10.3.3.1', ...words),
        hops(family, ACROSS),
        `${how} ${v(family)}`,
      ),
    )
    await Promise.all(traces)
    const last = async (to: string) =>
      (await traceroute(family, 'west', to, '-I', '-m', '3', '-q', '1')).at(-1)
    const ends = ['10.67.1.1', '10.68.1.1', '10.66.1.1'].map(last)
    const from = own(family, '10.0.12.2')
    t.strictSame(
      await Promise.all(ends),
      [`2 ${from} ms !H`, `2 ${from} ms !X`, '3 *'],
      'routes to nowhere, each router once',
    )
    t.strictSame(
      await traceroute(family, 'user', '10.77.1.1', '-I'),
      hops(family, ['10.11.1.254', '10.12.2.1', '10.77.1.1']),
      'a guest as a hop',
    )
    const { received, text } = await world.guest('west').ping(own(family, '10.9.9.9'), { ttl: 255, count: 1 })
    t.equal(received, 0)
    t.match(text, /Time (to live )?exceeded/, 'a loop of 255 hops ends')
  }
})

t.test('kernels learn the MTU of their path, and large pings of routers are answered', async (t) => {
  for (const family of FAMILIES) {
    const to = own(family, FAR)
    const headers = family === 4 ? 28 : 48
    const ping = (octets: number, ...words: readonly string[]) =>
      shown(
        'wide',
        'ping',
        '-n',
        '-c',
        '2',
        '-i',
        '0.2',
        '-W',
        '3',
        '-s',
        `${octets - headers}`,
        ...words,
        to,
      )
    t.match(await ping(MTU.thin, '-M', 'do'), '2 received', 'what fits')
    t.match(await ping(MTU.wide, '-M', 'do'), /(mtu ?= ?1300|message too long)/i)
    t.match(await shown('wide', 'ip', 'route', 'get', to), /mtu 1300/, 'it has learnt')
    // The kernel of who answers has to learn as well, by its first answer.
    t.match(await ping(MTU.wide, '-M', 'dont'), family === 4 ? /2 received/ : /[12] received/)
    for (const size of [0, 1473, 8000]) {
      const { received, text } = await world
        .guest('west')
        .ping(own(family, '10.0.23.2'), { size, count: 1, timeout: 3 })
      t.equal(received, 1, text)
    }
  }
  const looked = (await world.hosts.a.appctl('dpctl/dump-flows'))
    .split('\n')
    .filter((line) => line.includes('check_pkt_len'))
  t.ok(looked.length > 0, 'the length is looked at')
  t.notMatch(looked.join('\n'), /slow_path/, 'in the fast path')
})

t.test('who does not route may not send packets of others', async (t) => {
  const may = (enable_routing: boolean) =>
    world.write([{ method: 'PUT', path: 'interfaces/if-one', body: { enable_routing } }])
  const answers = async (family: 4 | 6): Promise<number> =>
    (await world.guest('user').ping(own(family, '10.77.1.1'), { count: 1 })).received
  await may(false)
  for (const family of FAMILIES) await until('nothing comes', async () => (await answers(family)) === 0)
  await may(true)
  for (const family of FAMILIES) await until('it is back', async () => (await answers(family)) === 1)
  t.pass()
})

const clients = new DhcpClients({ configures: false })
t.teardown(() => clients.remove())

/** What programs of the system are told. */
const told = async () => {
  const crane = world.guest('crane')
  const dig = async (guest: string, server: string, ...words: readonly string[]) =>
    (await shown(guest, 'dig', '+short', '+tries=2', '+time=3', `@${server}`, ...words))
      .trim()
      .split('\n')
      .sort()
  const [lease, lease6, names, names6, back, advertised] = await Promise.all([
    clients.udhcpc(crane).then((result) => result.told),
    clients.dhclient(crane, '-6').then((result) => result.told),
    dig('barge', '10.21.1.254', 'www.corp.example'),
    dig('barge', 'fd00:21:1::fe', 'crane.dock.example', 'AAAA'),
    dig('boat', 'fd00:21:1::fe', '-x', '10.21.1.10'),
    shown('boat', 'rdisc6', '-1', '-w', '3000', 'eth0'),
  ])
  const { new_ip6_address, new_dhcp6_name_servers } = lease6
  return {
    lease,
    lease6: { new_ip6_address, new_dhcp6_name_servers },
    names,
    names6,
    back,
    router: advertised.replace(/^Soliciting.*\n/, ''),
  }
}

t.test(
  'clients of DHCP, DNS and routers; guests that move are told the same by the other host',
  async (t) => {
    const first = await told()
    t.match(first, {
      lease: {
        event: 'bound',
        ip: '10.21.1.10',
        router: '10.21.1.253 10.21.1.254',
        mtu: '1450',
        lease: '3600',
      },
      lease6: { new_ip6_address: 'fd00:21:1::10', new_dhcp6_name_servers: 'fd00:21:1::fe' },
      names: ['192.0.2.80', '192.0.2.81'],
      names6: ['fd00:21:1::10'],
      back: ['crane.dock.example.'],
      router: /Stateful other conf\.\s*:\s*Yes[\s\S]*from fe80::5054:ff:fe75:203/,
    })
    const ofServices = { 4: SERVICES[0].questions!, 6: SERVICES[1].questions! } as const
    const before = await Promise.all(FAMILIES.map((family) => askForReal(STAGES[family], ofServices[family])))
    const wasOn = new Map(SERVICES[0].guests.map(({ name, bridge }) => [name, bridge]))
    for (const [name, bridge] of wasOn) await world.move(name, bridge === 'a' ? 'b' : 'a')
    await world.converged()
    for (const { name, gateway } of SERVICES.flatMap(({ guests }) => guests))
      await until(
        `${name} reaches its router there`,
        async () => (await world.guest(name).ping(gateway!, { count: 1 })).received === 1,
      )
    for (const [index, family] of FAMILIES.entries()) {
      const { problems, answers } = await askForReal(STAGES[family], ofServices[family])
      t.same(problems, [])
      t.strictSame(answers, before[index]!.answers, `the same octets, IPv${family}`)
    }
    t.strictSame(await told(), first, 'and the programs say so')
  },
)

/** What became of packets that were sent to programs, by kind. */
interface Status {
  readonly punts?: Readonly<Record<string, Readonly<Record<string, number>>>>
}

t.test('nothing is refused, no program failed, and a restart sends nothing', async (t) => {
  for (const host of HOST_NAMES) {
    const { punts = {} } = (await world.site.datapath(dpidOf(host))) as unknown as Pick<Status, 'punts'>
    t.notOk(
      Object.values(punts).some((outcomes) => 'failed' in outcomes),
      host,
    )
  }
  await world.restart()
  await world.converged()
  for (const host of HOST_NAMES) {
    const status = await world.site.datapath(dpidOf(host))
    t.match(status, { flow_mods_sent: 0, meter_mods_sent: 0, refused: 0, last_error: null }, host)
  }
})
