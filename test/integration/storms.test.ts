/**
 * A guest that sends too much, or nonsense, in every protocol that is answered and in both families: its own meters drop what
 * is too much, others are answered as ever, nothing of it gets to other guests, and counters say what was dropped.
 */
import * as packet from '@openvnet/controller/packet'
import { toIpAddress } from '@openvnet/schema'
import t from 'tap'
import type { Guest } from '../lab/guest.ts'
import { until } from '../lab/wait.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import type { Scenario, Write } from '../scenarios/scenario.ts'

const BR0 = { name: 'br0', dpid: '0x0000000000000b01' }
const MACS = { bad: '10:54:ff:00:60:01', good: '10:54:ff:00:60:02', ear: '10:54:ff:00:60:03' } as const
type Name = keyof typeof MACS
const LEG = '02:00:00:00:60:fe'
const v4 = (host: number): string => `10.60.0.${host}`
const v6 = (host: number): string => `fd00:60::${host.toString(16)}`
const HOST: Readonly<Record<Name, number>> = { bad: 1, good: 2, ear: 3 }
const ROUTER = 254

const WRITES: readonly Write[] = [
  {
    path: 'networks',
    body: {
      ...{ uuid: 'nw-a', ipv4_network: v4(0), ipv6_network: 'fd00:60::' },
      ipv6_address_mode: 'dhcpv6_stateful',
    },
  },
  ...[...Object.entries(MACS), ['router', LEG] as const].map(([name, mac_address]) => ({
    path: 'interfaces',
    body: {
      ...{ uuid: `if-${name}`, network_uuid: 'nw-a', mac_address },
      ...(name === 'router' ? { mode: 'simulated' } : { port_name: name }),
      ipv4_address: v4(HOST[name as Name] ?? ROUTER),
    },
  })),
  ...[...Object.keys(MACS), 'router'].map((name) => ({
    path: 'ip_leases',
    body: {
      ...{ interface_uuid: `if-${name}`, network_uuid: 'nw-a' },
      ipv6_address: v6(HOST[name as Name] ?? ROUTER),
    },
  })),
  ...['dhcp', 'dns'].map((mode) => ({
    path: 'network_services',
    body: { uuid: `ns-${mode}`, mode, interface_uuid: 'if-router' },
  })),
  { path: 'dns_services', body: { uuid: 'dnss-a', network_service_uuid: 'ns-dns' } },
  { path: 'dns_services/dnss-a/dns_records', body: { name: 'www.example', value: '192.0.2.1' } },
]

const world = await LabWorld.running({
  ...{ bridges: [BR0], guests: [], writes: WRITES, pings: [], sends: [] },
} as unknown as Scenario)
t.teardown(() => world.close())
const { host, rest } = world.site
const guests = Object.fromEntries(
  await Promise.all(
    (Object.keys(MACS) as Name[]).map(
      async (name) => [name, await host.guest({ port: name, mac: MACS[name], bridge: 'br0' })] as const,
    ),
  ),
) as Record<Name, Guest>
await world.site.converged(BR0.dpid)

interface Ends {
  readonly src: string
  readonly dst: string
}
const endsOf = ({ src, dst }: Ends): packet.IpEnds => {
  const [from, to] = [toIpAddress(src), toIpAddress(dst)]
  return from.family === 4
    ? { src: Number(from.value), dst: Number(to.value) }
    : { src: from.value, dst: to.value }
}
const linkLocal = (name: Name): bigint => packet.linkLocalAddress(packet.toMac(MACS[name]))

/** To the router, unless it says another MAC address. */
const udp = (
  name: Name,
  ends: packet.IpEnds,
  ports: readonly [number, number],
  payload: Uint8Array,
  dst = LEG,
) =>
  packet.buildUdpFrame({ src: packet.toMac(MACS[name]), dst: packet.toMac(dst) }, ends, {
    ...{ src: ports[0], dst: ports[1], payload },
  })

const dhcp4 = (name: Name): Uint8Array => {
  const chaddr = packet.toMac(MACS[name])
  const header = { op: 1, hops: 0, xid: 7, secs: 0, broadcast: false, sname: '', file: '', chaddr }
  const addresses = { ciaddr: 0, yiaddr: 0, siaddr: 0, giaddr: 0 }
  const discover = [{ code: 53, data: Uint8Array.of(1) }]
  const { bytes } = packet.encodeDhcp4({ ...header, ...addresses }, discover)
  return udp(name, { src: 0, dst: 0xffff_ffff }, [68, 67], bytes, 'ff:ff:ff:ff:ff:ff')
}
const dhcp6 = (name: Name): Uint8Array => {
  const duid = packet.linkLayerDuid(packet.toMac(MACS[name]))
  const ends = { src: linkLocal(name), dst: packet.ALL_DHCP_RELAYS_AND_SERVERS }
  const options = [
    { kind: 'client_id', duid },
    { kind: 'ia_na', iaid: 1, t1: 0, t2: 0, options: [] },
  ] as const
  return udp(name, ends, [546, 547], packet.encodeDhcp6({ type: 1, xid: 7, options }), '33:33:00:01:00:02')
}
/** `www.example` A. */
const QUESTION = Buffer.from(
  '0007010000010000000000000377777707657861 6d706c650000010001'.replace(' ', ''),
  'hex',
)
const nd = (name: Name, message: packet.NdMessage, src: bigint, dst: bigint): Uint8Array =>
  packet.buildEthernet({
    ...{ src: packet.toMac(MACS[name]), dst: packet.multicastMacIpv6(dst), eth_type: 0x86dd },
    payload: packet.buildNd(message, { src, dst }),
  })
const solicitation = (name: Name): Uint8Array =>
  nd(name, { kind: 'router_solicitation', options: [] }, linkLocal(name), packet.ALL_ROUTERS)

type Question = (name: Name) => Uint8Array

/** What each protocol asks, by the kind under which it is counted. */
const QUESTIONS = {
  dhcp4: [dhcp4],
  dhcp6: [dhcp6],
  dns: [v4, v6].map(
    (address) => (name: Name) =>
      udp(name, endsOf({ src: address(HOST[name]), dst: address(ROUTER) }), [4000, 53], QUESTION),
  ),
  router_solicitation: [solicitation],
  icmp_error: [v4, v6].map(
    (address) => (name: Name) =>
      udp(name, endsOf({ src: address(HOST[name]), dst: address(ROUTER) }), [4000, 9], new Uint8Array(20)),
  ),
} as const satisfies Readonly<Record<string, readonly Question[]>>
type Kind = keyof typeof QUESTIONS
const KINDS = Object.keys(QUESTIONS) as Kind[]

/** A frame that only an answer to a question of this kind can be. */
const isAnswer = (kind: Kind, frame: Uint8Array): boolean => {
  const ethernet = packet.parseEthernet(frame)
  const ip = ethernet && packet.readIp(ethernet)
  if (ip === undefined || typeof ip === 'string' || ethernet?.src !== packet.toMac(LEG)) return false
  const [first = 0] = ip.payload
  if (kind === 'icmp_error') return ip.protocol === 1 ? first === 3 : ip.protocol === 58 && first === 1
  if (kind === 'router_solicitation') return ip.protocol === 58 && first === 134
  const from = { dhcp4: 67, dhcp6: 547, dns: 53 }[kind]
  return ip.protocol === 17 && packet.readU16(ip.payload, 0) === from
}

/** Asks until it is answered, a few times: a switch that is busy may lose what it is sent. */
const isAnswered = async (guest: Guest, kind: Kind, frame: Uint8Array): Promise<boolean> => {
  const ears = await guest.listen()
  const isHeard = () => ears.frames.some((heard) => isAnswer(kind, heard))
  for (let times = 0; times < 3 && !isHeard(); times += 1) {
    await guest.send(frame)
    await until('an answer', isHeard, { timeout: 2000 }).catch(() => undefined)
  }
  await ears.stop()
  return isHeard()
}

/** Asks everything once; what is not answered. */
const unanswered = async (name: Name): Promise<readonly string[]> => {
  const silent: string[] = []
  for (const kind of KINDS) {
    for (const [index, question] of QUESTIONS[kind].entries())
      if (!(await isAnswered(guests[name], kind, question(name)))) silent.push(`${kind} ${index}`)
  }
  return silent
}

type Punts = Readonly<Record<string, Readonly<Record<string, number>>>>
const punts = async (): Promise<Punts> =>
  ((await world.site.datapath(BR0.dpid)) as unknown as { punts?: Punts }).punts ?? {}

/** Packets that each meter has dropped, by the number of its kind and the place of its guest. */
const droppedByMeters = async (): Promise<readonly (readonly [id: number, dropped: number])[]> => {
  const text = await host.ofctl('-O', 'OpenFlow13', 'meter-stats', 'br0')
  return [...text.matchAll(/meter:(\d+)[^\n]*\n0: packet_count:(\d+)/g)].map(
    ([, id, count]) => [Number(id), Number(count)] as const,
  )
}

t.test(
  'a storm of one guest is dropped by its own meters, kind by kind, and others are answered',
  async (t) => {
    t.same(await unanswered('good'), [], 'before')
    t.same(
      (await droppedByMeters()).filter(([, dropped]) => dropped > 0),
      [],
    )
    const storm = KINDS.flatMap((kind) =>
      QUESTIONS[kind].flatMap((question) => Array.from({ length: 100 }, () => question('bad'))),
    )
    const full = async () => (await droppedByMeters()).filter(([, count]) => count > 0)
    let isOver = false
    const storming = until('each kind is too much', async () => {
      await guests.bad.send(...storm)
      return (await full()).length >= KINDS.length
    }).finally(() => {
      isOver = true
    })
    do t.same(await unanswered('good'), [], 'meanwhile')
    while (!isOver)
    await storming
    const dropped = await full()
    t.equal(dropped.length, KINDS.length, `one meter for each kind: ${JSON.stringify(dropped)}`)
    t.equal(new Set(dropped.map(([id]) => id & 0xfffff)).size, 1, 'all of one guest')
  },
)

const mac = packet.toMac(MACS.bad)
const arp = (more: Partial<packet.Arp>, eth: { readonly src?: number; readonly dst?: number } = {}) =>
  packet.buildEthernet({
    ...{ src: mac, dst: packet.BROADCAST_MAC, eth_type: 0x0806, ...eth },
    payload: packet.buildArp({
      ...{ op: 1, sha: mac, spa: packet.toIpv4(v4(1)), tha: 0, tpa: packet.toIpv4(v4(3)) },
      ...more,
    }),
  })
const NOBODY = packet.toMac('10:54:ff:00:60:99')
const address6 = (n: number): bigint => toIpAddress(v6(n)).value
const OWN6 = address6(1)
const EAR6 = packet.solicitedNodeAddress(address6(3))
const changed = (frame: Uint8Array, at: number, ...octets: readonly number[]): Uint8Array => {
  const copy = Uint8Array.from(frame)
  copy.set(octets, at)
  return copy
}
const asks = (options: readonly packet.NdOption[], src = OWN6): Uint8Array =>
  nd('bad', { kind: 'neighbour_solicitation', target: address6(3), options }, src, EAR6)
const tells = (target: bigint, at: number): Uint8Array =>
  nd(
    'bad',
    {
      ...{ kind: 'neighbour_advertisement', target, router: false, solicited: false, override: true },
      options: [{ kind: 'target_link_layer', mac: at }],
    },
    ...([OWN6, packet.ALL_NODES] as const),
  )
const ADVERTISEMENT: packet.NdMessage = {
  ...{ kind: 'router_advertisement', hop_limit: 64, managed: false, other: false, preference: 'high' },
  ...{ lifetime: 1800, reachable_time: 0, retransmit_timer: 0, options: [] },
}

/** Extension headers in front of a router advertisement, to all nodes. */
const hidden = (next_header: number, ...headers: readonly Uint8Array[]): Uint8Array => {
  const advertisement = packet.buildNd(ADVERTISEMENT, { src: linkLocal('bad'), dst: packet.ALL_NODES })
  const payload = packet.concat(...headers, advertisement.subarray(40))
  return packet.buildEthernet({
    ...{ src: mac, dst: packet.multicastMacIpv6(packet.ALL_NODES), eth_type: 0x86dd },
    payload: packet.buildIpv6({
      ...{ traffic_class: 0, flow_label: 0, next_header, hop_limit: 255 },
      ...{ src: linkLocal('bad'), dst: packet.ALL_NODES, payload },
    }),
  })
}
const [FRAGMENT, DESTINATION] = [44, 60]
const options = (next: number): Uint8Array => Uint8Array.of(next, 0, 1, 4, 0, 0, 0, 0)
/** The first of several. */
const firstFragment = (next: number): Uint8Array => Uint8Array.of(next, 0, 0, 1, 0, 0, 0, 9)

/** What the switch is to drop, in the tables that look at it. */
const NONSENSE: Readonly<Record<string, Uint8Array>> = {
  'ARP with the MAC address of another': arp({ sha: NOBODY }),
  'ARP with the IP address of another': arp({ spa: packet.toIpv4(v4(2)) }),
  'ARP reply for the address of another': arp({ op: 2, spa: packet.toIpv4(v4(254)), tha: mac }),
  'ARP of no known operation': arp({ op: 77 }),
  'ARP that is cut': arp({}).subarray(0, 14 + 20),
  'ARP of another hardware': changed(arp({}), 14, 0, 6),
  'ARP with MAC addresses of 8 octets': changed(arp({}), 18, 8),
  'ARP for nobody': arp({ tpa: packet.toIpv4(v4(99)) }),
  'a frame of another': arp({}, { src: NOBODY }),
  'a solicitation that was routed': changed(asks([{ kind: 'source_link_layer', mac }]), 21, 254),
  'a solicitation with the MAC address of another': asks([{ kind: 'source_link_layer', mac: NOBODY }]),
  'a solicitation without MAC address': asks([]),
  'a solicitation of another': asks([{ kind: 'source_link_layer', mac }], address6(2)),
  'a probe with a MAC address': asks([{ kind: 'source_link_layer', mac }], 0n),
  'a solicitation that is cut': asks([{ kind: 'source_link_layer', mac }]).subarray(0, 14 + 40 + 20),
  'a solicitation with an option of length 0': changed(asks([{ kind: 'source_link_layer', mac }]), 79, 0),
  'an advertisement for another': tells(address6(2), mac),
  'an advertisement with the MAC address of another': tells(OWN6, NOBODY),
  'a router advertisement': nd('bad', ADVERTISEMENT, linkLocal('bad'), packet.ALL_NODES),
  'a router advertisement behind options': hidden(DESTINATION, options(58)),
  'the first fragment of a router advertisement': hidden(FRAGMENT, firstFragment(58)),
  'a first fragment behind which headers go on': hidden(
    ...([FRAGMENT, firstFragment(DESTINATION)] as const),
    Uint8Array.of(58, 200, 1, 4, 0, 0, 0, 0),
  ),
  'a redirect': nd(
    'bad',
    { kind: 'redirect', target: linkLocal('bad'), destination: address6(9), options: [] },
    ...([linkLocal('bad'), packet.ALL_NODES] as const),
  ),
  'a DHCP server': udp(
    'bad',
    endsOf({ src: v4(1), dst: '255.255.255.255' }),
    [67, 68],
    new Uint8Array(300),
    'ff:ff:ff:ff:ff:ff',
  ),
  'a DHCPv6 server': udp(
    'bad',
    { src: linkLocal('bad'), dst: packet.ALL_NODES },
    [547, 546],
    new Uint8Array(50),
    '33:33:00:00:00:01',
  ),
}

/** Packets that flows which drop have counted. */
const droppedByFlows = async (): Promise<number> =>
  (await host.flows('br0'))
    .filter(({ actions }) => actions === 'drop')
    .reduce((sum, { packets }) => sum + packets, 0)

const EACH = 50

t.test(
  'nonsense in ARP and neighbour discovery is dropped by flows that count it, and reaches nobody',
  async (t) => {
    const ears = await guests.ear.listen()
    const before = await droppedByFlows()
    const all = Object.values(NONSENSE)
    const wanted = all.length * EACH
    const dropped = async () => (await droppedByFlows()) - before
    // A switch that is busy may lose some of what it is sent: more of it follows.
    await until(
      'all of it is dropped',
      async () => {
        for (let round = 0; round < EACH; round += 10)
          await guests.bad.send(...all.flatMap((frame) => Array.from({ length: 10 }, () => frame)))
        return (await dropped()) >= wanted
      },
      { timeout: 20_000, describe: async () => `${await dropped()} of ${wanted}` },
    )
    const heard = (await ears.stop()).map(({ frame }) => Buffer.from(frame).toString('hex'))
    const names = Object.entries(NONSENSE).map(([why, frame]) => [Buffer.from(frame).toString('hex'), why])
    const own = heard.filter((hex) => hex.slice(12, 24) === mac.toString(16).padStart(12, '0'))
    t.same(
      own.map((hex) => names.find(([known]) => hex.startsWith(known!))?.[1] ?? hex),
      [],
    )
  },
)

t.test('nonsense in what programs answer is counted by what is wrong', async (t) => {
  const before = await punts()
  for (const [kind, question] of KINDS.flatMap((kind) =>
    QUESTIONS[kind].map((question) => [kind, question] as const),
  )) {
    const good = question('bad')
    const header = good[12] === 8 ? 34 : 54
    // Of UDP the length and the checksum are wrong, or the data are missing.
    const wrong =
      kind === 'router_solicitation'
        ? [changed(good, header + 2, 0xde, 0xad)]
        : [
            changed(good, header + 4, 0xff, 0xff),
            changed(good, header + 6, 0xde, 0xad),
            good.subarray(0, header + 8),
          ]
    await guests.bad.send(...Array.from({ length: EACH }, () => wrong).flat())
  }
  const uncounted = async () => {
    const now = await punts()
    return KINDS.filter(
      (kind) =>
        !Object.entries(now[kind] ?? {}).some(
          ([outcome, count]) => outcome.startsWith('malformed') && count > (before[kind]?.[outcome] ?? 0),
        ),
    )
  }
  await until('they are counted', async () => (await uncounted()).length === 0, {
    describe: async () => `not ${await uncounted()}`,
  })
  const failed = Object.values(await punts()).filter((outcomes) => 'failed' in outcomes)
  t.same(failed, [])
  t.same(await unanswered('good'), [], 'and others are answered')
  const { text } = await rest.send({ method: 'GET', path: '/metrics' })
  t.match(text, /openvnet_datapath_punts_total\{.*kind="dhcp6",outcome="malformed UDP"\} [1-9]/)
})
