/**
 * What routers tell: traceroute, errors and resets, large pings, and that a guest that asks too much is nobody else's
 * trouble. On real Open vSwitch, with the programs of the system.
 */
import {
  buildEthernet,
  buildIpv4,
  buildUdp,
  ETH_TYPE,
  ICMP_TYPE,
  type Icmp,
  IP_PROTO,
  type Ipv4,
  type Ipv4Fields,
  parseEthernet,
  parseIcmp,
  parseIpv4,
  toIpv4,
  toMac,
} from '@openvnet/controller/packet'
import t from 'tap'
import { sleep, until } from '../lab/wait.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0, walkthrough } from '../scenarios/walkthrough.ts'

const [NS1, NS3] = ['172.16.1.1', '172.16.2.3']
const LEG = { near: '172.16.1.254', far: '172.16.2.254', mac: '52:54:00:74:00:00' }
const NS1_MAC = '52:54:00:0d:84:01'
/** Packets that a guest may have answered at once, and in a second: `PUNT_KINDS`. */
const [BURST, RATE] = [100, 50]

const world = await LabWorld.running(walkthrough)
t.teardown(() => world.close())
const ns1 = world.guest('ns1')

const punts = async (): Promise<Readonly<Record<string, number>>> => {
  const datapath = (await world.site.datapath(BR0.dpid)) as unknown as {
    punts?: Record<string, Record<string, number>>
  }
  return datapath.punts?.['icmp_error'] ?? {}
}

const udpTo = (dst: string, more: Partial<Ipv4Fields> = {}): Uint8Array => {
  const ends = { src: toIpv4(NS1), dst: toIpv4(dst) }
  const payload = buildUdp({ src: 40_000, dst: 9, payload: new Uint8Array(600).fill(0x5a) }, ends)
  return frame(buildIpv4({ ...ends, protocol: IP_PROTO.udp, payload, dont_fragment: false, ...more }))
}

const frame = (payload: Uint8Array): Uint8Array =>
  buildEthernet({ dst: toMac(LEG.mac), src: toMac(NS1_MAC), eth_type: ETH_TYPE.ipv4, payload })

/** Sends frames and says what IPv4 packets come back; a checksum that is wrong makes a packet none. */
const answersTo = async (...frames: readonly Uint8Array[]): Promise<readonly Ipv4[]> => {
  const ears = await ns1.listen()
  await ns1.send(...frames)
  await sleep(150)
  return (await ears.stop()).flatMap((packet) => parseIpv4(parseEthernet(packet.frame)!.payload) ?? [])
}

const errorIn = ({ payload }: Ipv4): Icmp => parseIcmp(payload)!

const HOPS = /^ *(\d+) {2}(.*)$/
/** What traceroute shows: for each hop the address and how often it answered. */
const traceroute = async (to: string, ...words: string[]): Promise<string[]> => {
  const text = await ns1.namespace.run(['traceroute', '-n', '-w', '2', '-m', '5', ...words, to])
  return text.split('\n').flatMap((line) => {
    const [, hop, rest] = HOPS.exec(line) ?? []
    return hop === undefined ? [] : [`${hop} ${rest!.replaceAll(/ *[\d.]+ ms/g, ' ms')}`]
  })
}

for (const [how, ...words] of [['UDP'], ['ICMP', '-I'], ['TCP', '-T', '-p', '80']] as const) {
  t.test(`traceroute by ${how} shows each hop once, each probe answered`, async (t) => {
    t.strictSame(await traceroute(NS3, ...words), [`1 ${LEG.near} ms ms ms`, `2 ${NS3} ms ms ms`])
    t.strictSame(await traceroute(LEG.far, ...words), [`1 ${LEG.far} ms ms ms`], 'an address of the router')
    t.strictSame(
      (await traceroute('172.16.2.99', ...words)).slice(0, 1),
      [`1 ${LEG.near} ms ms ms`],
      'nobody there, and the way there is shown',
    )
  })
}

t.test('pings of any size to any address of the router', async (t) => {
  for (const to of [LEG.near, LEG.far]) {
    for (const size of [0, 1, 1472, 1473, 2000, 8000, 65_507]) {
      const { received, sent } = await ns1.ping(to, { size, count: 2, interval: 0.05 })
      t.equal(received, sent, `${size} octets to ${to}`)
    }
  }
})

t.test(
  'errors say what is wrong, from the leg on the side of the sender, and quote the packet',
  async (t) => {
    const cases = [
      { name: 'TTL', sent: udpTo(NS3, { ttl: 1 }), type: ICMP_TYPE.time_exceeded, code: 0, from: LEG.near },
      { name: 'TTL 0', sent: udpTo(NS3, { ttl: 0 }), type: ICMP_TYPE.time_exceeded, code: 0, from: LEG.near },
      { name: 'net', sent: udpTo('10.9.9.9'), type: ICMP_TYPE.unreachable, code: 0, from: LEG.near },
      { name: 'host', sent: udpTo('172.16.2.99'), type: ICMP_TYPE.unreachable, code: 1, from: LEG.near },
      { name: 'port', sent: udpTo(LEG.far), type: ICMP_TYPE.unreachable, code: 3, from: LEG.far },
      {
        name: 'protocol',
        sent: udpTo(LEG.near, { protocol: 132 }),
        type: ICMP_TYPE.unreachable,
        code: 2,
        from: LEG.near,
      },
    ]
    for (const { name, sent, type, code, from } of cases) {
      const answers = await answersTo(sent)
      t.equal(answers.length, 1, `${name}: one answer`)
      const [answer] = answers
      if (answer === undefined) continue
      t.match(answer, { src: toIpv4(from), dst: toIpv4(NS1), ttl: 64, dscp: 48 }, name)
      const error = errorIn(answer)
      t.match(error, { type, code, rest: 0 })
      t.equal(answer.payload.length + 20, 576, 'as much as fits into 576 octets')
      const original = sent.subarray(14)
      // A router need not undo what it did to the TTL and with it the checksum of the header (RFC 1812 §4.3.2.3).
      t.same(error.payload.subarray(0, 8), original.subarray(0, 8))
      t.same(error.payload.subarray(12), original.subarray(12, 548))
    }
  },
)

t.test('TCP to the router is reset; what must not be answered is not', async (t) => {
  const refused = await ns1.namespace.attempt([
    'perl',
    '-MIO::Socket::INET',
    '-e',
    `
    my $s = IO::Socket::INET->new(PeerAddr => "${LEG.near}:22", Timeout => 5); print $s ? "open" : "$!"`,
  ])
  t.equal(refused.stdout, 'Connection refused')
  t.strictSame(await answersTo(udpTo('224.0.0.5', { ttl: 1 })), [], 'multicast')
  t.strictSame(await answersTo(udpTo('172.16.2.255')), [], 'all of a network')
  t.strictSame(await answersTo(udpTo('255.255.255.255', { ttl: 1 })), [], 'everybody')
  t.strictSame(await answersTo(udpTo(NS3, { ttl: 1, fragment_offset: 800 })), [], 'a later fragment')
  const error = Uint8Array.of(3, 1, 0xfc, 0xfe, 0, 0, 0, 0)
  t.strictSame(
    await answersTo(udpTo(NS3, { ttl: 1, protocol: IP_PROTO.icmp, payload: error })),
    [],
    'an error',
  )
  t.strictSame(
    await answersTo(udpTo(NS3, { ttl: 1, src: toIpv4('127.0.0.1') })),
    [],
    'a source that is nobody',
  )
})

t.test('a flood of one guest is limited in the switch, and takes nothing from another', async (t) => {
  const before = (await punts())['answered'] ?? 0
  const flood = Array.from({ length: 200 }, () => udpTo(NS3, { ttl: 1 }))
  const began = performance.now()
  let done = false
  const flooding = (async () => {
    for (let round = 0; round < 15; round += 1) await ns1.send(...flood)
    done = true
  })()
  const other = world.guest('ns3')
  let answered = 0
  let asked = 0
  while (!done) {
    const text = await other.namespace.run(['traceroute', '-n', '-q', '1', '-w', '2', '-m', '1', NS1])
    asked += 1
    if (text.includes(LEG.far)) answered += 1
  }
  await flooding
  const seconds = (performance.now() - began) / 1000
  t.ok(asked > 0, `${asked} times`)
  t.equal(answered, asked, 'the other guest is answered each time')
  await until('the report', async () => ((await punts())['answered'] ?? 0) > before)
  await sleep(2500)
  const passed = ((await punts())['answered'] ?? 0) - before - asked
  t.ok(passed >= BURST / 2, `${passed} of 3000 were answered`)
  t.ok(passed <= BURST + RATE * (seconds + 2), `${passed} in ${seconds.toFixed(1)} s`)
})

t.test('a restart sends nothing: meters and flows are as they were', async (t) => {
  await world.site.restart('SIGKILL')
  await world.site.converged(BR0.dpid)
  const status = (await world.site.datapath(BR0.dpid)) as unknown as Record<string, unknown>
  t.match(status, { flow_mods_sent: 0, meter_mods_sent: 0, group_mods_sent: 0, refused: 0, last_error: null })
  t.equal(status['meters'], 4, 'one for each guest that has a router')
})
