/** What does not work on a bridge as its rows say is in its status, with the line that mends it; following that mends it. */
import { FakeSwitch, fakePort } from '@openvnet/openflow/testing'
import t, { type Test } from 'tap'
import { DPID, run, until } from './one_bridge.ts'

const OTHER = '0x00000000000000a2'

const site = async (t: Test) => {
  const running = await run(t)
  const { bridge, call, status, port } = running
  for (const [number, name] of ['eth0', 'eth1', 'eth2'].entries()) bridge.setPort(fakePort(number + 1, name))
  await call('POST', `datapaths?uuid=dp-1&dpid=${DPID}`)
  /** Those of a bridge, when they are so many. */
  const warnings = async (count: number, dpid = DPID) => {
    let found: readonly string[] = []
    const read = async () => {
      found = (await status()).datapaths.find((one) => one.dpid === dpid)?.warnings ?? []
      return found.length === count
    }
    await until(`${count} warnings`, read).catch((error) => t.fail(`${error}: ${found.join('; ')}`))
    return found
  }
  const second = async () => {
    const other = new FakeSwitch({ datapathId: BigInt(OTHER), ports: [fakePort(1, 'eth0')] })
    t.teardown(() => other.disconnect())
    await other.connect({ host: '127.0.0.1', port })
  }
  return { ...running, warnings, second }
}

t.test('a second uplink of a network is said, and what to do', async (t) => {
  const { call, warnings } = await site(t)
  await call('POST', 'networks?uuid=nw-p&mode=physical&ipv4_network=192.0.2.0')
  const uplink = (uuid: string, port: string, more: string) =>
    call('POST', `interfaces?uuid=${uuid}&port_name=${port}&owner_datapath_uuid=dp-1&${more}`)
  await uplink('if-patch', 'eth0', 'mode=patch&network_uuid=nw-p')
  t.same(await warnings(0), [])
  await uplink('if-spare', 'eth1', 'mode=patch')
  await call('PUT', 'interfaces/if-spare/networks/nw-p?static=true')
  const lease = 'mac_address=52:54:00:00:00:09&network_uuid=nw-p&ipv4_address=192.0.2.9'
  await uplink('if-host', 'eth2', `mode=host&${lease}`)
  t.match(await warnings(2), [
    /^if-spare is not used as an uplink of nw-p: if-patch carries it.*; vnctl interfaces networks modify if-spare nw-p --static false$/,
    /^if-host is not used as an uplink of nw-p: if-patch carries it.*; vnctl interfaces del if-patch$/,
  ])
  await call('PUT', 'interfaces/if-spare/networks/nw-p?static=false')
  await warnings(1)
  await call('DELETE', 'interfaces/if-patch')
  t.same(await warnings(0), [], 'the host now has its uplink')
})

t.test('a second gateway of a segment is said, on its own bridge', async (t) => {
  const { call, warnings, second } = await site(t)
  await second()
  await call('POST', `datapaths?uuid=dp-2&dpid=${OTHER}`)
  await call('POST', 'segments?uuid=seg-1&mode=virtual')
  const gateway = (uuid: string, dp: string) =>
    call(
      'POST',
      `interfaces?uuid=${uuid}&mode=promiscuous&port_name=eth0&owner_datapath_uuid=${dp}&segment_uuid=seg-1`,
    )
  await gateway('if-gw1', 'dp-1')
  await gateway('if-gw2', 'dp-2')
  t.match(await warnings(1, OTHER), [
    new RegExp(`^if-gw2 is not the gateway of seg-1: if-gw1 on ${DPID} is, .*; vnctl interfaces del if-gw2$`),
  ])
  t.same(await warnings(0), [])
  await call('DELETE', 'interfaces/if-gw1')
  t.same(await warnings(0, OTHER), [])
})

t.test('a bridge that others do not know how to reach is said, when there are others', async (t) => {
  const { call, warnings, second } = await site(t)
  await second()
  await call('POST', `datapaths?uuid=dp-2&dpid=${OTHER}`)
  t.same(await warnings(0), [], 'two bridges of this machine need no tunnel')
  await call('PUT', 'datapaths/dp-2?ipv4_address=198.51.100.2')
  const unknown =
    /^no tunnel leads to it: it connects from the machine of vnetd.*; vnctl datapaths modify dp-1 --ipv4-address ADDRESS, with/
  const port = /^it has no port for tunnels/
  t.match(await warnings(2), [port, unknown])
  t.match(await warnings(1, OTHER), [port])
  await call('PUT', 'datapaths/dp-1?ipv4_address=198.51.100.1')
  t.match(await warnings(1), [port])
  await call('DELETE', 'datapaths/dp-1')
  t.match(await warnings(2), [port, new RegExp(`vnctl datapaths add --dpid ${DPID} --ipv4-address ADDRESS`)])
})
