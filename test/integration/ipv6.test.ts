/**
 * The scenarios over IPv6 on real Open vSwitch, between kernels that do what kernels do: probe for duplicates, make
 * link-local addresses, ask whether neighbours are still there.
 */
import {
  buildEthernet,
  buildIcmpv6,
  buildIpv6,
  buildTcp,
  buildUdp,
  concat,
  ETH_TYPE,
  ICMPV6_TYPE,
  IP_PROTO,
  type Ipv6,
  multicastMacIpv6,
  parseEthernet,
  parseIcmpv6,
  parseIpv6,
  parseTcp,
  TCP_FLAG,
  toMac,
  u128s,
} from '@openvnet/controller/packet'
import { toIpAddress } from '@openvnet/schema'
import t, { type Test } from 'tap'
import type { Guest } from '../lab/guest.ts'
import { sleep, until } from '../lab/wait.ts'
import { checkForReal } from '../scenarios/for_real.ts'
import { buildFrame } from '../scenarios/frame.ts'
import { inIpv6 } from '../scenarios/in_ipv6.ts'
import { manyHosts } from '../scenarios/many_hosts.ts'
import { neighbours } from '../scenarios/neighbours.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0, sameMacAddresses, walkthrough } from '../scenarios/walkthrough.ts'
import { HOST_NAMES, OverlaySite } from './overlay_site.ts'
import { record } from './recorded_underlay.ts'

const NS1 = { mac: toMac('52:54:00:0d:84:01'), address: toIpAddress('fd00:172:16:1::1').value }
const LEG = { mac: toMac('52:54:00:74:00:00'), address: toIpAddress('fd00:172:16:1::fe').value }
const ADDRESS = {
  ...{ guest: 'fd00:172:16:2::3', nobody: 'fd00:172:16:2::99', nowhere: 'fd00:10:9:9::9' },
  ...{ far: 'fd00:172:16:2::fe', near: 'fd00:172:16:1::fe', group: 'ff0e::5' },
}

/** From ns1 to the router; 1,400 octets of UDP when nothing else is said. */
const toRouter = (
  to: keyof typeof ADDRESS,
  more: Partial<Pick<Ipv6, 'hop_limit' | 'next_header' | 'payload'>> = {},
) => {
  const ends = { src: NS1.address, dst: toIpAddress(ADDRESS[to]).value }
  const payload = buildUdp({ src: 4000, dst: 9, payload: new Uint8Array(1400).fill(0x5a) }, ends)
  const header = { traffic_class: 0, flow_label: 0, hop_limit: 64, next_header: IP_PROTO.udp }
  const packet = buildIpv6({ ...header, ...ends, payload, ...more })
  return buildEthernet({ src: NS1.mac, dst: LEG.mac, eth_type: ETH_TYPE.ipv6, payload: packet })
}

const tcpSyn = (to: keyof typeof ADDRESS): Uint8Array =>
  buildTcp(
    {
      ...{ src: 4000, dst: 22, sequence: 7, acknowledgement: 0, flags: TCP_FLAG.syn, window: 9000 },
      ...{ urgent: 0, options: new Uint8Array(), payload: new Uint8Array() },
    },
    { src: NS1.address, dst: toIpAddress(ADDRESS[to]).value },
  )

/** What comes back to ns1 but for neighbour discovery, with checksums that are right. */
const answersTo = async (guest: Guest, frame: Uint8Array): Promise<readonly Ipv6[]> => {
  const ears = await guest.listen()
  await guest.send(frame)
  await sleep(150)
  return (await ears.stop()).flatMap(({ frame: heard }) => {
    const packet = parseIpv6(parseEthernet(heard)!.payload)
    const isNd =
      packet?.next_header === IP_PROTO.icmpv6 && packet.payload[0]! >= ICMPV6_TYPE.router_solicitation
    return packet === undefined || isNd ? [] : [packet]
  })
}

/** RFC 4443 §3: type, code and second word; from which address. */
const ERRORS = [
  [toRouter('guest', { hop_limit: 1 }), [3, 0, 0], 'near'],
  [toRouter('guest', { hop_limit: 0 }), [3, 0, 0], 'near'],
  [toRouter('nowhere'), [1, 0, 0], 'near'],
  [toRouter('nobody'), [1, 3, 0], 'near'],
  [toRouter('far'), [1, 4, 0], 'far'],
  [toRouter('near', { next_header: 132 }), [4, 1, 6], 'near'],
] as const

const checkErrors = async (t: Test, guest: Guest): Promise<void> => {
  for (const [sent, [type, code, rest], from] of ERRORS) {
    const answers = await answersTo(guest, sent)
    t.equal(answers.length, 1, `${type} ${code}: one answer`)
    const [answer] = answers
    if (answer === undefined) continue
    t.match(answer, { src: toIpAddress(ADDRESS[from]).value, dst: NS1.address, hop_limit: 64 })
    const error = parseIcmpv6(answer.payload, answer)
    t.match(error, { type, code, rest })
    t.equal(answer.payload.length + 40, 1280, 'as much as every link takes')
    // The hop limit may be one less, as the router had it.
    t.same(error?.payload.subarray(0, 7), sent.subarray(14, 21))
    t.same(error?.payload.subarray(8), sent.subarray(22, 14 + 1232))
  }
  const [reset] = await answersTo(
    guest,
    toRouter('near', { next_header: IP_PROTO.tcp, payload: tcpSyn('near') }),
  )
  t.match(reset && parseTcp(reset.payload, reset), { flags: TCP_FLAG.rst | TCP_FLAG.ack, acknowledgement: 8 })
  const error = buildIcmpv6(
    { type: 1, code: 0, rest: 0, payload: new Uint8Array(40) },
    { src: NS1.address, dst: toIpAddress(ADDRESS.guest).value },
  )
  const laterFragment = concat(Uint8Array.of(IP_PROTO.udp, 0, 0, 8, 0, 0, 0, 1), new Uint8Array(64))
  for (const [why, frame] of [
    ['multicast', toRouter('group', { hop_limit: 1 })],
    ['an error', toRouter('guest', { hop_limit: 1, next_header: IP_PROTO.icmpv6, payload: error })],
    ['a later fragment', toRouter('guest', { hop_limit: 1, next_header: 44, payload: laterFragment })],
  ] as const)
    t.strictSame(await answersTo(guest, frame), [], why)
}

/** Who listens to what is told to all in the network (RFC 3810), and to nobody else. */
const checkListeners = async (t: Test, world: LabWorld): Promise<void> => {
  const ends = { src: toIpAddress('fe80::5054:ff:fe0d:8401').value, dst: toIpAddress('ff02::16').value }
  const record = concat(Uint8Array.of(4, 0, 0, 0), u128s(toIpAddress('ff05::1:3').value))
  const report = buildIcmpv6({ type: ICMPV6_TYPE.mld2_report, code: 0, rest: 1, payload: record }, ends)
  const payload = concat(Uint8Array.of(IP_PROTO.icmpv6, 0, 5, 2, 0, 0, 1, 0), report)
  const frame = buildEthernet({
    ...{ src: NS1.mac, dst: multicastMacIpv6(ends.dst), eth_type: ETH_TYPE.ipv6 },
    payload: buildIpv6({ traffic_class: 0, flow_label: 0, next_header: 0, hop_limit: 1, ...ends, payload }),
  })
  const names = ['ns1', 'ns2', 'ns3', 'ns4', 'ns5', 'ns6']
  const ears = await Promise.all(names.map((name) => world.guest(name).listen()))
  await world.guest('ns1').send(frame)
  const isIt = (heard: Uint8Array): boolean => Buffer.compare(heard, frame) === 0
  await until('a neighbour hears it', () => ears[1]!.frames.some(isIt))
  const heard = await Promise.all(
    ears.map(async (one) => (await one.stop()).filter((each) => isIt(each.frame)).length),
  )
  t.strictSame(heard, [0, 1, 0, 0, 0, 0], names.join())
}

const WALKTHROUGH = inIpv6(walkthrough)
for (const scenario of [WALKTHROUGH, inIpv6(sameMacAddresses)]) {
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
    if (scenario === WALKTHROUGH) {
      await t.test('what routers tell, octet by octet, and where they are silent', (sub) =>
        checkErrors(sub, world.guest('ns1')),
      )
      await t.test('what listeners say stays in the network', (sub) => checkListeners(sub, world))
    }
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
