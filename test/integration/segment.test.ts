/**
 * Segments on real Open vSwitch, over three hosts: guests with only a MAC address, networks in the segment with a router,
 * a gateway to a foreign network for guests of its host and of others, and a physical segment in a VLAN.
 */
import t, { type Test } from 'tap'
import type { Guest } from '../lab/guest.ts'
import { sleep, until } from '../lab/wait.ts'
import { buildFrame } from '../scenarios/frame.ts'
import { dpidOf, HOST_NAMES, type HostName, OverlaySite } from './overlay_site.ts'

const BRIDGE = 'br0'
/** Time in which a frame is surely through. */
const SETTLE_MS = 150

interface Member {
  readonly name: string
  readonly host: HostName
  readonly port: string
  readonly mac: string
  readonly addresses: readonly string[]
  readonly routes?: readonly string[]
}

const member = (name: string, host: HostName, last: number, ...addresses: string[]): Member => ({
  ...{ name, host, port: `if-${name}`, mac: `02:00:00:00:06:0${last}`, addresses },
})

/** Nobody has leases for the addresses 10.9.… and 172.16.1.50: their guests have chosen them. */
const MEMBERS: readonly Member[] = [
  member('free1', 'a', 1, '10.9.0.1/24', '172.16.1.50/24'),
  member('free2', 'b', 2, '10.9.0.2/24'),
  { ...member('one', 'a', 3, '172.16.1.11/24'), routes: ['172.16.2.0/24 via 172.16.1.1'] },
  { ...member('two', 'c', 4, '172.16.2.12/24'), routes: ['172.16.1.0/24 via 172.16.2.1'] },
  { ...member('foreign', 'b', 5, '10.9.0.200/24', '172.16.1.200/24'), port: 'street' },
  member('walled', 'a', 6, '10.8.0.1/24'),
]

const world = await OverlaySite.create([])
t.teardown(() => world.close())
const { rest } = world.site

const guests = new Map<string, Guest>()
for (const { host, ...guest } of MEMBERS) {
  guests.set(guest.name, await world.hosts[host].guest({ ...guest, bridge: BRIDGE, ipv6: true }))
}
const guest = (name: string): Guest => guests.get(name)!
const macOf = (name: string): string => guest(name).mac
/** RFC 4291 appendix A, of the MAC addresses above. */
const linkLocal = (name: string): string => `fe80::ff:fe00:60${macOf(name).at(-1)}%eth0`

const street = async (): Promise<Guest> => {
  const host = world.hosts.a
  await host.namespace.ip('link add wall type veth peer name alley', 'link set wall up', 'link set alley up')
  await host.bridge({ name: 'br-street', failMode: 'standalone' })
  await host.addPort('br-street', 'alley')
  await host.addPort(BRIDGE, 'wall')
  const passer = await host.guest({
    ...{ port: 'passer', mac: '02:00:00:00:06:0f', addresses: ['10.8.0.200/24'], bridge: 'br-street' },
  })
  await host.vsctl('set', 'Port', 'passer', 'tag=100')
  return passer
}
const passer = await street()

await rest.post('segments', { uuid: 'seg-lab', mode: 'virtual' })
await rest.post('segments', { uuid: 'seg-wall', mode: 'physical', vlan_id: 100 })
for (const n of [1, 2]) {
  const uuid = `nw-${n}`
  await rest.post('networks', { uuid, ipv4_network: `172.16.${n}.0`, segment_uuid: 'seg-lab' })
}
for (const name of ['free1', 'free2']) {
  await rest.post('interfaces', { uuid: `if-${name}`, segment_uuid: 'seg-lab', mac_address: macOf(name) })
}
for (const [name, network_uuid, ipv4_address] of [
  ['one', 'nw-1', '172.16.1.11'],
  ['two', 'nw-2', '172.16.2.12'],
] as const) {
  await rest.post('interfaces', { uuid: `if-${name}`, network_uuid, ipv4_address, mac_address: macOf(name) })
}
await rest.post('routers', { uuid: 'rt-lab' })
for (const n of [1, 2]) await rest.post(`routers/rt-lab/networks/nw-${n}`, {})
for (const host of ['a', 'b'] as const)
  await rest.post('datapaths', { uuid: `dp-${host}`, dpid: dpidOf(host) })
await rest.post('interfaces', {
  ...{
    uuid: 'if-wall',
    mode: 'patch',
    port_name: 'wall',
    owner_datapath_uuid: 'dp-a',
    segment_uuid: 'seg-wall',
  },
})
await rest.post('interfaces', { uuid: 'if-walled', segment_uuid: 'seg-wall', mac_address: macOf('walled') })

for (const host of HOST_NAMES) {
  await world.connect(host, 'ipv4')
  await world.addTunnelPort(host, 'vxlan')
}
await world.converged()
await world.acquaint('ipv4')

const reaches = (from: Guest, to: string) =>
  until(`${from.port} reaches ${to}`, async () => {
    const result = await from.ping(to, { count: 3, interval: 0.05 })
    return result.received === 3 && result
  })

const once = async (t: Test, from: string, to: string, why: string): Promise<void> => {
  t.equal((await reaches(guest(from), to)).duplicates, 0, why)
}

const silent = async (t: Test, from: string, to: string, why: string): Promise<void> => {
  t.equal((await guest(from).ping(to, { count: 2, interval: 0.1 })).received, 0, why)
}

/** Who gets a frame, each as often as it does; copies of it that each host sends through tunnels. */
const observe = async (from: string, frame: Uint8Array) => {
  const isIt = (got: Uint8Array) => Buffer.from(got).subarray(0, frame.length).equals(frame)
  const tunnels = await Promise.all(HOST_NAMES.map((host) => world.tunnelled(host, 'vxlan')))
  const ears = await Promise.all(
    [...guests].map(async ([name, each]) => ({ name, ear: await each.listen() })),
  )
  await guest(from).send(frame)
  await sleep(SETTLE_MS)
  const inner = Buffer.from(frame)
  const crossed = tunnels.map(
    (capture) => capture.frames.filter((outer) => Buffer.from(outer).includes(inner)).length,
  )
  const keys = tunnels.flatMap(({ frames }) =>
    // Ethernet 14, IPv4 20, UDP 8, and of VXLAN the flags.
    frames
      .filter((outer) => Buffer.from(outer).includes(inner))
      .map((outer) => Buffer.from(outer).readUIntBE(46, 3)),
  )
  const heard = ears.flatMap(({ name, ear }) => ear.frames.filter(isIt).map(() => name))
  await Promise.all([...tunnels, ...ears.map(({ ear }) => ear)].map((capture) => capture.stop()))
  return { heard: heard.sort(), crossed, keys: [...new Set(keys)] }
}

const ask = (from: string, spa: string, tpa: string, sha = macOf(from)): Uint8Array =>
  buildFrame({
    ...{ eth_src: macOf(from), eth_dst: 'ff:ff:ff:ff:ff:ff' },
    arp: { op: 1, sha, spa, tha: '00:00:00:00:00:00', tpa },
  })
const call = (from: string, src: string, dst: string, to?: string, eth_src = macOf(from)): Uint8Array =>
  buildFrame({
    ...{ eth_src, eth_dst: to === undefined ? 'ff:ff:ff:ff:ff:ff' : macOf(to) },
    echo: { src, dst, ttl: 64 },
  })

t.test('guests with only a MAC address speak whatever they like, over hosts', async (t) => {
  await once(t, 'free1', '10.9.0.2', 'IPv4 addresses that they chose')
  await once(t, 'free2', linkLocal('free1'), 'IPv6')
  await once(t, 'free1', '172.16.1.11', 'to a guest with a lease')
  await once(t, 'one', '172.16.1.50', 'and back: nobody has a lease for it, so it is asked for')
  await silent(t, 'one', '10.9.0.1', 'who has a lease speaks in its network')
})

t.test('networks in the segment are one layer-2 domain, and a router joins them', async (t) => {
  const { heard, crossed, keys } = await observe('one', call('one', '172.16.1.11', '172.16.1.255'))
  t.strictSame(heard, ['free1', 'free2', 'two'], 'a broadcast reaches each in the segment once')
  t.strictSame(
    [crossed, keys],
    [[2, 0, 0], [0x80_0001]],
    'once to each other host, with the key of the segment',
  )
  await once(t, 'one', '172.16.2.12', 'through the router')
  await once(t, 'free1', '172.16.1.1', 'the router answers who has no lease')
})

t.test('nobody uses the address of somebody else', async (t) => {
  const attempts: readonly (readonly [why: string, frame: Uint8Array])[] = [
    ['ARP that says a leased address', ask('free1', '172.16.2.12', '10.9.0.2')],
    ['ARP that says the MAC address of another', ask('free1', '10.9.0.1', '10.9.0.2', macOf('two'))],
    ['a packet from a leased address', call('free1', '172.16.1.11', '10.9.0.2', 'free2')],
    ['a frame from the MAC address of another', call('free1', '10.9.0.1', '10.9.0.2', 'free2', macOf('two'))],
  ]
  for (const [why, frame] of attempts) {
    t.strictSame(await observe('free1', frame), { heard: [], crossed: [0, 0, 0], keys: [] }, why)
  }
  const known = await observe('free1', ask('free1', '10.9.0.1', '172.16.2.12'))
  t.strictSame(
    [known.heard, known.crossed],
    [[], [0, 0, 0]],
    'who has a lease is not asked for: the switch answers',
  )
  const unknown = await observe('free1', ask('free1', '10.9.0.1', '172.16.1.99'))
  t.strictSame(unknown.heard, ['free2', 'one', 'two'], 'everybody is asked for others')
})

t.test('a gateway to a foreign network', async (t) => {
  await silent(t, 'free1', '10.9.0.200', 'without it nobody there is reached')
  await rest.post('interfaces', {
    ...{ uuid: 'if-street', mode: 'promiscuous', port_name: 'street', owner_datapath_uuid: 'dp-b' },
  })
  await rest.call('PUT', 'interfaces/if-street/segments/seg-lab', { static: true })
  await world.converged()
  await once(t, 'free2', '10.9.0.200', 'by a guest of its host')
  await once(t, 'free1', '10.9.0.200', 'by a guest of another host')
  await once(t, 'foreign', '10.9.0.1', 'and the other way')
  await once(t, 'foreign', linkLocal('free1'), 'IPv6')
  await once(t, 'one', '172.16.1.200', 'by who has a lease')
  await once(t, 'foreign', '172.16.1.11', 'who is asked for by a foreigner')

  const inwards = await observe('foreign', call('foreign', '10.9.0.200', '10.9.0.255'))
  t.strictSame(
    inwards.heard,
    ['free1', 'free2', 'one', 'two'],
    'a broadcast from there reaches each once, and not there',
  )
  t.strictSame(inwards.crossed, [0, 2, 0])
  const outwards = await observe('free1', call('free1', '10.9.0.1', '10.9.0.255'))
  t.strictSame(outwards.heard, ['foreign', 'free2', 'one', 'two'])
  t.strictSame(outwards.crossed, [2, 0, 0])
  const known = await observe('free1', call('free1', '10.9.0.1', '172.16.2.12', 'two'))
  t.strictSame([known.heard, known.crossed], [['two'], [1, 0, 0]], 'what is for a guest does not leave')

  const lies: readonly (readonly [why: string, frame: Uint8Array])[] = [
    ['as a guest', call('foreign', '10.9.0.200', '10.9.0.1', 'free1', macOf('two'))],
    ['with a leased address', call('foreign', '172.16.2.12', '10.9.0.1', 'free1')],
    ['ARP with a leased address', ask('foreign', '172.16.1.11', '10.9.0.1')],
  ]
  for (const [why, frame] of lies)
    t.strictSame((await observe('foreign', frame)).heard, [], `nobody comes in ${why}`)
})

t.test('vnetd is killed: nothing had to be learned, so nothing is lost or sent', async (t) => {
  const ping = guest('free1').pingStart('10.9.0.200', { interval: 0.02 })
  await ping.reaches(5)
  await world.restart()
  await world.converged()
  await ping.reaches(ping.answers + 10)
  t.strictSame((await ping.stop()).lost, [])
  const { datapaths } = await world.site.status()
  t.strictSame(
    datapaths.map(({ flow_mods_sent }) => flow_mods_sent),
    [0, 0, 0],
  )
})

t.test('a physical segment leaves by the uplink, in its VLAN', async (t) => {
  await once(t, 'walled', '10.8.0.200', 'a guest with only a MAC address reaches what is outside')
  t.equal((await reaches(passer, '10.8.0.1')).duplicates, 0, 'and is reached')
  await rest.call('PUT', 'segments/seg-wall', { vlan_id: 101 })
  await world.converged()
  await silent(t, 'walled', '10.8.0.200', 'in another VLAN there is nobody')
})

t.test('what goes leaves nothing', async (t) => {
  await rest.delete('interfaces/if-street')
  await world.converged()
  await silent(t, 'free1', '10.9.0.200', 'no gateway')
  await rest.delete('segments/seg-lab')
  for (const name of ['free1', 'free2', 'one', 'two']) await rest.delete(`interfaces/if-${name}`)
  await world.converged()
  for (const host of HOST_NAMES) {
    const flows = await world.hosts[host].flows(BRIDGE)
    const rest = flows.filter(({ match, actions }) => `${match} ${actions}`.includes('0x80000001'))
    t.strictSame(rest, [], `on ${host}`)
  }
})
