/**
 * How hosts reach each other, as rows say it, on real Open vSwitch: a change moves traffic at once, and two hosts in one physical
 * network need no tunnel. What crosses the underlay is counted at the links of the hosts.
 */
import t from 'tap'
import { until } from '../lab/wait.ts'
import { buildFrame } from '../scenarios/frame.ts'
import { dpidOf, HOST_NAMES, type HostName, MEMBERS, OverlaySite } from './overlay_site.ts'

const world = await OverlaySite.create()
t.teardown(() => world.close())
const { rest } = world.site

const memberOf = (name: string) => MEMBERS.find((each) => each.name === name)!
const reaches = (from: string, to: string) =>
  until(`${from} reaches ${to}`, async () => {
    const result = await world.guest(from).ping(memberOf(to).address, { count: 5, interval: 0.02 })
    return result.received === 5 && result.duplicates === 0
  })

await world.describe()
for (const host of HOST_NAMES) {
  const { ipv4, ipv6 } = world.addresses[host]
  await rest.post('datapaths', {
    uuid: `dp-${host}`,
    dpid: dpidOf(host),
    ipv4_address: ipv4,
    ipv6_address: ipv6,
  })
  await world.connect(host, 'ipv4')
  for (const type of ['vxlan', 'geneve', 'gre'] as const) await world.addTunnelPort(host, type)
}
await world.converged()
await world.acquaint('ipv4')

/** By what the pings of a guest get to another host: `plain` where nothing encapsulates them. */
const transportOf = async (from: string, to: string): Promise<string> => {
  await reaches(from, to)
  const capture = await world.sent(memberOf(from).host)
  await world.guest(from).ping(memberOf(to).address, { count: 1 })
  const { kinds } = await capture.stop()
  return [...new Set(kinds)].join()
}
const transports = async () => [
  await transportOf('red1', 'red3'),
  await transportOf('red1', 'red4'),
  await transportOf('red3', 'red4'),
]

t.test('datapaths and underlays say the transport, live', async (t) => {
  const put = async (path: string, body: object) => {
    await rest.call('PUT', path, body)
    await world.converged()
  }
  t.strictSame(await transports(), ['vxlan', 'vxlan', 'vxlan'])
  await put('datapaths/dp-a', { transport: 'geneve' })
  t.strictSame(await transports(), ['geneve', 'geneve', 'vxlan'])
  await put('datapaths/dp-c', { transport: 'gre' })
  t.strictSame(await transports(), ['geneve', 'geneve', 'gre'])
  await put('datapaths/dp-a', { transport: null })
  await put('datapaths/dp-c', { transport: null, ipv4_address: null })
  await world.acquaint('ipv6')
  t.strictSame(await transports(), ['vxlan', 'vxlan over IPv6', 'vxlan over IPv6'])
  await put('datapaths/dp-c', { ipv4_address: world.addresses.c.ipv4 })
})

/** Two subnets of their own for what goes without tunnels: a and b are in one of them. */
const lanOf = (host: HostName): number => (host === 'c' ? 2 : 1)
const addressIn = (host: HostName): string => `10.254.${lanOf(host)}.${HOST_NAMES.indexOf(host) + 1}`

t.test('two hosts in one physical network send without encapsulation, others through a tunnel', async (t) => {
  for (const lan of [1, 2]) {
    await rest.post('networks', { uuid: `nw-lan${lan}`, ipv4_network: `10.254.${lan}.0`, mode: 'physical' })
  }
  await rest.post('topologies', { uuid: 'topo-u', mode: 'simple_underlay', transport: 'mac2mac' })
  for (const host of HOST_NAMES) {
    const mac_address = await world.joinLan(host, `${addressIn(host)}/24`)
    await rest.post('interfaces', {
      ...{ uuid: `if-host${host}`, mode: 'host', port_name: 'plain', owner_datapath_uuid: `dp-${host}` },
      ...{ network_uuid: `nw-lan${lanOf(host)}`, mac_address, ipv4_address: addressIn(host) },
    })
    await rest.post(`topologies/topo-u/datapaths/dp-${host}`, { interface_uuid: `if-host${host}` })
  }
  await world.converged()
  t.strictSame(await transports(), ['plain', 'vxlan', 'vxlan'])

  await t.test('a broadcast reaches each guest once, and crosses once to each host', async (t) => {
    const { mac, address } = memberOf('red3')
    const echo = { src: address, dst: '172.16.0.255', ttl: 64 }
    const multicast = { eth_src: mac, eth_dst: '01:00:5e:01:02:03', echo: { ...echo, dst: '239.129.2.3' } }
    for (const spec of [{ eth_src: mac, eth_dst: 'ff:ff:ff:ff:ff:ff', echo }, multicast]) {
      const frame = buildFrame(spec)
      const { heard, kinds, frames } = await world.hears(frame, 'b', () => world.guest('red3').send(frame))
      t.strictSame(heard, ['red1', 'red2', 'red4'], `to ${spec.eth_dst}`)
      t.strictSame(kinds.toSorted(), ['plain', 'vxlan'])
      const plain = frames.find((each) => each.length === frame.length)!
      t.equal(Buffer.from(plain).toString('hex', 0, 6), 'f20001000001', 'to the first datapath and network')
    }
  })

  await t.test('who is no guest of the network on another host is not heard', async (t) => {
    const { address } = memberOf('red3')
    const echo = { src: address, dst: memberOf('red1').address, ttl: 64 }
    const forged = ['f2:00:01:00:00:01', memberOf('red1').mac].map((eth_dst) =>
      buildFrame({ eth_src: '02:00:00:00:00:66', eth_dst, echo }),
    )
    const payload = forged[0]!.subarray(14)
    const { heard } = await world.hears(payload, 'b', () => world.sendIntoLan('a', forged))
    t.strictSame(heard, [])
    const known = buildFrame({ eth_src: memberOf('red3').mac, eth_dst: memberOf('red1').mac, echo })
    const { heard: accepted } = await world.hears(payload, 'b', () => world.sendIntoLan('a', [known]))
    t.strictSame(accepted, ['red1'], 'as the guest on the other host it is')
  })

  await t.test('the hosts themselves are in the physical network as before', async (t) => {
    const { namespace } = world.hosts.a
    const answer = await until('b answers', () =>
      namespace.run(['ping', '-c2', '-i0.1', '-W1', addressIn('b')]).catch(() => false as const),
    )
    t.match(answer, '2 received')
  })

  await t.test('it ends with the row that asks for it', async (t) => {
    await rest.call('PUT', 'topologies/topo-u', { transport: 'gre' })
    await world.converged()
    t.strictSame(await transports(), ['gre', 'gre', 'gre'])
    const flows = await world.hosts.a.flows('br0')
    t.strictSame(
      flows.filter(({ table, priority }) => (table === 2 || table === 3) && priority > 0),
      [],
    )
  })
})
