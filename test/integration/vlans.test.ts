/**
 * VLANs of guests on real Open vSwitch: trunks with sub-interfaces, and tags that stay on frames through a transparent
 * network. The guests of a VLAN are behind a switch of their own, which puts the tag on and takes it off.
 */
import t from 'tap'
import type { Guest } from '../lab/guest.ts'
import { until } from '../lab/wait.ts'
import { dpidOf, type HostName, OverlaySite } from './overlay_site.ts'

const world = await OverlaySite.create([])
t.teardown(() => world.close())
const { rest } = world.site

/** A switch of somebody else, behind a port of ours. */
const street = async (host: HostName, port: string): Promise<string> => {
  const bridge = `s-${port}`
  const { namespace } = world.hosts[host]
  await namespace.ip(`link add ${port} type veth peer name x-${port}`, `link set ${port} up`)
  await namespace.ip(`link set x-${port} up`)
  await world.hosts[host].bridge({ name: bridge, failMode: 'standalone' })
  await world.hosts[host].addPort(bridge, `x-${port}`)
  await world.hosts[host].addPort('br0', port)
  return bridge
}

const macOf = (name: string): string =>
  `02:00:00:00:${[...Buffer.from(name.padEnd(2, '0').slice(-2))].map((octet) => octet.toString(16)).join(':')}`

/** A guest, and its row. @param bridge behind which it is in a VLAN, if it is in one */
const guest = async (
  host: HostName,
  name: string,
  place: {
    readonly network: string
    readonly address: string
    readonly bridge?: string
    readonly tag?: number
  },
  row: Readonly<Record<string, unknown>> = {},
): Promise<Guest> => {
  const { network, address, bridge = 'br0', tag } = place
  const port = bridge === 'br0' ? `if-${name}` : `g-${name}`
  const made = await world.hosts[host].guest({
    ...{ name, port, mac: macOf(name), addresses: [`${address}/24`], bridge },
    routes: [`default via ${address.replace(/\d+$/, '254')}`],
  })
  if (tag !== undefined) await world.hosts[host].vsctl('set', 'Port', port, `tag=${tag}`)
  await rest.post('interfaces', {
    ...{ uuid: `if-${name}`, network_uuid: network, mac_address: macOf(name), ipv4_address: address },
    ...row,
  })
  return made
}

const reaches = async (from: Guest, address: string): Promise<boolean> =>
  (await from.ping(address, { count: 3, interval: 0.05 })).received === 3
const comesToReach = (what: string, from: Guest, address: string) =>
  until(what, async () => await reaches(from, address))

for (const uuid of ['nw-10', 'nw-20', 'nw-untagged']) {
  await rest.post('networks', { uuid, ipv4_network: `10.${uuid === 'nw-untagged' ? 1 : uuid.slice(3)}.0.0` })
}
await rest.post('networks', { uuid: 'nw-tags', ipv4_network: '10.5.0.0', vlan_transparent: true })
await rest.post('routers', { uuid: 'rt-1', networks: 'nw-10=10.10.0.254,nw-20=10.20.0.254' })
const trunk = await street('a', 'if-trunk')
const untagged = await guest('a', 'trunk', { network: 'nw-untagged', address: '10.1.0.1', bridge: trunk })
const inTrunk = (name: string, network: string, address: string, tag: number) =>
  guest(
    'a',
    name,
    { network, address, bridge: trunk, tag },
    { trunk_interface_uuid: 'if-trunk', vlan_id: tag },
  )
const s10 = await inTrunk('s10', 'nw-10', '10.10.0.1', 100)
const s20 = await inTrunk('s20', 'nw-20', '10.20.0.1', 200)
const s30 = await inTrunk('s30', 'nw-10', '10.10.0.3', 300)
const here = await guest('a', 'a4', { network: 'nw-10', address: '10.10.0.4' })
await guest('b', 'b5', { network: 'nw-10', address: '10.10.0.5' })
await guest('b', 'b6', { network: 'nw-untagged', address: '10.1.0.6' })
const tagsA = await guest('a', 'ta', {
  ...{ network: 'nw-tags', address: '10.5.0.1', bridge: await street('a', 'if-ta'), tag: 5 },
})
const tagsB = await guest('b', 'tb', {
  ...{ network: 'nw-tags', address: '10.5.0.2', bridge: await street('b', 'if-tb'), tag: 5 },
})
/** Machines behind a port of host b, where VLAN 70 is nw-10 and what has no tag is nw-20. */
const edge = await street('b', 'edge')
await rest.post('datapaths', { uuid: 'dp-b', dpid: dpidOf('b') })
await rest.post('interfaces', {
  ...{ uuid: 'if-edge', mode: 'edge', port_name: 'edge', owner_datapath_uuid: 'dp-b' },
})
await rest.post('translations', { uuid: 'tr-1', interface_uuid: 'if-edge', mode: 'vnet_edge' })
for (const [network_uuid, vlan_id] of [
  ['nw-10', 70],
  ['nw-20', undefined],
]) {
  await rest.post('vlan_translations', { translation_uuid: 'tr-1', network_uuid, vlan_id })
}
const behind = (name: string, network: string, address: string, tag?: number) =>
  guest(
    'b',
    name,
    { network, address, bridge: edge, ...(tag === undefined ? {} : { tag }) },
    { trunk_interface_uuid: 'if-edge' },
  )
const metal1 = await behind('m1', 'nw-10', '10.10.0.11', 70)
const metal2 = await behind('m2', 'nw-10', '10.10.0.12', 70)
const plain = await behind('m3', 'nw-20', '10.20.0.13')

for (const host of ['a', 'b'] as const) {
  await world.connect(host, 'ipv4')
  await world.addTunnelPort(host, 'vxlan')
}
for (const host of ['a', 'b'] as const) await world.site.converged(dpidOf(host))
await world.acquaint('ipv4')

t.test('sub-interfaces are guests like others, each in its own network', async (t) => {
  await comesToReach('a guest on another host', s10, '10.10.0.5')
  t.ok(await reaches(s10, '10.10.0.4'), 'a guest on the same host')
  t.ok(await reaches(here, '10.10.0.1'), 'and is reached')
  t.ok(await reaches(s10, '10.10.0.254'), 'the router, which answers in the VLAN')
  t.ok(await reaches(s10, '10.20.0.1'), 'a sister in another network, through the router and the same port')
  t.ok(await reaches(s10, '10.10.0.3'), 'and one in the same network')
  t.ok(await reaches(untagged, '10.1.0.6'), 'the trunk itself is untagged')
  t.notOk(await reaches(untagged, '10.10.0.4'), 'and in its own network only')
})

const isBroadcastEcho = (frame: Uint8Array) => frame[0] === 0xff && frame[12] === 8 && frame[23] === 1

t.test('a broadcast gets to each once, to those on the same port too, and not back', async (t) => {
  for (const [from, heard] of [
    [here, { s10: 2, s30: 2, s20: 0, trunk: 0 }],
    [s10, { s10: 0, s30: 2, s20: 0, trunk: 0 }],
  ] as const) {
    const ears = await Promise.all([s10, s30, s20, untagged].map((one) => one.listen()))
    await from.namespace.attempt(['ping', '-b', '-c', '2', '-i', '0.2', '-W', '1', '10.10.0.255'])
    await until('they hear it', () => ears[1]!.frames.filter(isBroadcastEcho).length >= 2)
    const counts = await Promise.all(
      ears.map(async (ear) => (await ear.stop()).filter(({ frame }) => isBroadcastEcho(frame)).length),
    )
    t.same(counts, [heard.s10, heard.s30, heard.s20, heard.trunk])
  }
})

t.test('a VLAN may change', async (t) => {
  await rest.call('PUT', 'interfaces/if-s20', { vlan_id: 201 })
  await world.site.converged(dpidOf('a'))
  t.notOk(await reaches(s20, '10.20.0.254'))
  await world.hosts.a.vsctl('set', 'Port', 'g-s20', 'tag=201')
  await comesToReach('it is there again', s20, '10.20.0.254')
})

t.test('tags go through a transparent network, with the addresses of their sender', async (t) => {
  await comesToReach('a guest in the same VLAN', tagsA, '10.5.0.2')
  await tagsA.setAddresses('10.5.0.9/24')
  t.notOk(await reaches(tagsA, '10.5.0.2'), 'a tag is no way around port security')
  await tagsA.setAddresses('10.5.0.1/24')
  await comesToReach('with its own address', tagsA, '10.5.0.2')
  await world.hosts.b.vsctl('set', 'Port', 'g-tb', 'tag=6')
  await tagsA.forgetNeighbours()
  t.notOk(await reaches(tagsA, '10.5.0.2'), 'another VLAN is another VLAN')
  await world.hosts.b.vsctl('set', 'Port', 'g-tb', 'tag=5')
  await comesToReach('the same again', tagsA, '10.5.0.2')
  await rest.call('PUT', 'networks/nw-tags', { vlan_transparent: false })
  await world.site.converged(dpidOf('a'))
  t.notOk(await reaches(tagsA, '10.5.0.2'), 'they are dropped where the network is not')
  t.notOk(await reaches(tagsB, '10.5.0.1'))
})

t.test('machines behind an edge are in the networks of their VLANs', async (t) => {
  await comesToReach('a guest on the same host', metal1, '10.10.0.5')
  await comesToReach('a guest on another host', metal1, '10.10.0.4')
  t.ok(await reaches(here, '10.10.0.12'), 'and is reached')
  t.ok(await reaches(metal1, '10.10.0.254'), 'the router')
  t.ok(
    await reaches(metal1, '10.20.0.13'),
    'a machine in another network, through the router and the same port',
  )
  t.ok(await reaches(plain, '10.20.0.254'), 'untagged too')
  t.ok(await reaches(metal1, '10.10.0.12'), 'machines in one VLAN reach each other outside')
  const ears = await Promise.all([metal1, metal2, plain].map((one) => one.listen()))
  await here.namespace.attempt(['ping', '-b', '-c', '2', '-i', '0.2', '-W', '1', '10.10.0.255'])
  await until('they hear it', () => ears[1]!.frames.filter(isBroadcastEcho).length >= 2)
  const counts = await Promise.all(
    ears.map(async (ear) => (await ear.stop()).filter(({ frame }) => isBroadcastEcho(frame)).length),
  )
  t.same(counts, [2, 2, 0], 'a broadcast gets to a VLAN once')
  await metal2.setMac('02:00:00:00:99:99')
  t.notOk(await reaches(metal2, '10.10.0.5'), 'nobody is let in who is not known')
  await rest.delete('interfaces/if-edge')
  await world.site.converged(dpidOf('b'))
  t.notOk(await reaches(metal1, '10.10.0.5'), 'no edge, nobody behind it')
})
