/**
 * Segments on real Open vSwitch, over three hosts: the scenario of segments, what guests with only a MAC address say by
 * their own IP stacks, a gateway that comes and goes, and a physical segment in a VLAN.
 */
import t, { type Test } from 'tap'
import type { Guest } from '../lab/guest.ts'
import { until } from '../lab/wait.ts'
import { checkForReal } from '../scenarios/for_real.ts'
import { GUESTS, SEGMENTS } from '../scenarios/segments.ts'
import { HOST_NAMES, OverlaySite } from './overlay_site.ts'
import { record } from './recorded_underlay.ts'

const BRIDGE = 'br0'
const MAC_OF_WALLED = '02:00:00:00:06:06'

const world = await OverlaySite.create(GUESTS)
t.teardown(() => world.close())
const { rest } = world.site
const guest = (name: string): Guest => world.guest(name)

await world.write(SEGMENTS.writes)
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

const silent = async (t: Test, from: Guest, to: string, why: string): Promise<void> => {
  t.equal((await from.ping(to, { count: 2, interval: 0.1 })).received, 0, why)
}

t.test(SEGMENTS.name, async (t) => {
  t.same(await checkForReal(SEGMENTS, world.guests, () => record(world, SEGMENTS)), [])
})

/** Lets the kernel speak IPv6, with the address that follows from the MAC address (RFC 4291 appendix A). */
const speakIpv6 = async ({ namespace, mac }: Guest): Promise<string> => {
  await namespace.run(['sh', '-c', 'echo 0 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6'])
  return `fe80::ff:fe00:60${mac.at(-1)}%eth0`
}

t.test('guests with only a MAC address speak whatever they like, over hosts', async (t) => {
  await guest('free1').namespace.ip('address add 10.9.0.1/24 dev eth0')
  await once(t, 'free1', '10.9.0.2', 'with IPv4 addresses that they chose')
  await once(t, 'free1', '172.16.1.11', 'to a guest with a lease')
  await once(t, 'one', '172.16.1.50', 'and back: nobody has a lease for it, so it is asked for')
  await once(t, 'free1', '10.9.0.200', 'to a foreigner behind the gateway of another host')
  await once(t, 'foreign', '10.9.0.1', 'and back')
  await once(t, 'free2', '10.9.0.200', 'and to one on the same host')
  const [address] = [await speakIpv6(guest('free1')), await speakIpv6(guest('foreign'))]
  await speakIpv6(guest('free2'))
  await once(t, 'free2', address, 'with IPv6')
  await once(t, 'foreign', address, 'from outside too')
  await silent(t, guest('one'), '10.9.0.1', 'who has a lease speaks in its network')
})

t.test('they hear of the routers of IPv6 in the segment, and make their addresses', async (t) => {
  await rest.call('PUT', 'networks/nw-1', { ipv6_network: 'fd00:60::' })
  const [one, two] = ['fd00:60::ff:fe00:601', 'fd00:60::ff:fe00:602']
  for (const [name, address] of [
    ['free1', one],
    ['free2', two],
  ] as const)
    await until(`${name} has ${address}`, async () =>
      (await guest(name).addresses6()).some((each) => each.address === address && each.tentative !== true),
    )
  await once(t, 'free1', two, 'over hosts')
  const text = await guest('free2').namespace.run(['rdisc6', '-1', '-w', '3000', 'eth0'])
  t.match(text, /Prefix\s*:\s*fd00:60::\/64[\s\S]*Autonomous address conf\.\s*:\s*Yes/, 'who asks is told')
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

/** A VLAN outside of a host, with somebody in it; the way there is the port `wall` of the bridge. */
const outside = async (): Promise<Guest> => {
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

t.test('a physical segment leaves by the uplink, in its VLAN', async (t) => {
  const passer = await outside()
  const walled = await world.hosts.a.guest({
    ...{ port: 'if-walled', mac: MAC_OF_WALLED, addresses: ['10.8.0.1/24'], bridge: BRIDGE },
  })
  await world.write([
    { path: 'segments', body: { uuid: 'seg-wall', mode: 'physical', vlan_id: 100 } },
    { path: 'datapaths', body: { uuid: 'dp-a', dpid: '0x00000000000000aa' } },
    {
      path: 'interfaces',
      body: {
        ...{ uuid: 'if-wall', mode: 'patch', port_name: 'wall' },
        ...{ owner_datapath_uuid: 'dp-a', segment_uuid: 'seg-wall' },
      },
    },
    {
      path: 'interfaces',
      body: { uuid: 'if-walled', segment_uuid: 'seg-wall', mac_address: MAC_OF_WALLED },
    },
  ])
  await world.converged()
  t.equal((await reaches(walled, '10.8.0.200')).duplicates, 0, 'a guest with only a MAC address gets out')
  t.equal((await reaches(passer, '10.8.0.1')).duplicates, 0, 'and is reached')
  await rest.call('PUT', 'segments/seg-wall', { vlan_id: 101 })
  await world.converged()
  await silent(t, walled, '10.8.0.200', 'in another VLAN there is nobody')
})

t.test('what goes leaves nothing', async (t) => {
  await rest.delete('interfaces/if-street')
  await world.converged()
  await silent(t, guest('free1'), '10.9.0.200', 'no gateway')
  await rest.post('interfaces', {
    ...{ uuid: 'if-street', mode: 'promiscuous', port_name: 'street', owner_datapath_uuid: 'dp-b' },
  })
  await rest.call('PUT', 'interfaces/if-street/segments/seg-lab', { static: true })
  await world.converged()
  await once(t, 'free1', '10.9.0.200', 'a gateway that is associated')
  await rest.delete('segments/seg-lab')
  await world.converged()
  for (const host of HOST_NAMES) {
    const flows = await world.hosts[host].flows(BRIDGE)
    const rest = flows.filter(({ match, actions }) => `${match} ${actions}`.includes('0x80000001'))
    t.strictSame(rest, [], `on ${host}`)
  }
})
