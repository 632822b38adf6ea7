/**
 * What underlays and overlays imply gets through to the flows, live: which address stands for a network on each host
 * (`mac_address` of `datapath_network`), and whether hosts send without encapsulation at all; and nothing of it stays.
 */
import type { Snapshot } from '@openvnet/feed'
import { formatFlow, formatGroup } from '@openvnet/openflow'
import { FakeSwitch, fakePort } from '@openvnet/openflow/testing'
import t, { type Test } from 'tap'
import { DPID, run, until } from './one_bridge.ts'

const OTHER = '0x00000000000000a2'
const RANGE = '52:54:00:aa'

const linesOf = ({ flows, groups }: FakeSwitch): string =>
  [...flows.map((flow) => formatFlow(flow)), ...[...groups.values()].map((group) => formatGroup(group))]
    .sort()
    .join('\n')

/** Two hosts in one physical network, each with a guest of nw-1. */
const site = async (t: Test) => {
  const { bridge, call, port } = await run(t)
  bridge.setPort(fakePort(1, 'eth0'))
  const other = new FakeSwitch({
    datapathId: BigInt(OTHER),
    ports: [fakePort(1, 'eth0'), fakePort(8, 'tap8')],
  })
  t.teardown(() => other.disconnect())
  await other.connect({ host: '127.0.0.1', port })
  const guest = 'mac_address=52:54:00:00:00:02&network_uuid=nw-1&ipv4_address=10.0.0.2'
  await call('POST', `interfaces?uuid=if-2&port_number=8&${guest}`)
  await call('POST', 'networks?uuid=nw-p&mode=physical&ipv4_network=192.0.2.0')
  for (const [n, dpid] of [DPID, OTHER].entries()) {
    await call('POST', `datapaths?uuid=dp-${n}&dpid=${dpid}`)
    const lease = `mac_address=52:54:00:00:01:0${n}&network_uuid=nw-p&ipv4_address=192.0.2.${n + 1}`
    const host = `mode=host&port_name=eth0&owner_datapath_uuid=dp-${n}`
    await call('POST', `interfaces?uuid=if-host${n}&${host}&${lease}`)
  }
  await call('POST', 'mac_range_groups?uuid=mrg-1')
  const range = `begin_mac_address=${RANGE}:00:00&end_mac_address=${RANGE}:00:ff`
  await call('POST', `mac_range_groups/mrg-1/mac_ranges?${range}`)
  await call('GET', 'wait?timeout=10')
  /** That of each host's row for nw-1. */
  const addresses = async (): Promise<(string | undefined)[]> => {
    const { rows } = (await call('GET', 'snapshot')).body as Snapshot
    return rows.datapath.map(
      ({ id }) => rows.datapath_network.find(({ datapath_id }) => datapath_id === id)?.mac_address,
    )
  }
  const lines = () => [bridge, other].map(linesOf)
  return { call, addresses, lines }
}

/** Whether each takes in what is sent to its own address, and sends what is for all to that of the other. */
const isPlain = ([one = '', two = '']: string[], [first = '', second = '']: string[]): boolean =>
  [
    [one, first, second],
    [two, second, first],
  ].every(
    ([lines = '', own = '', others = '']) =>
      new RegExp(`dl_dst=${own} `).test(lines) && new RegExp(`set_field:${others}->eth_dst`).test(lines),
  )

/** What is for all goes to such an address where nothing encapsulates it. */
const PLAIN = /set_field:(f2|06):[\da-f:]+->eth_dst/

const MADE = ['f2:00:01:00:00:01', 'f2:00:02:00:00:01']

t.test(
  'members, layers and MAC range groups of topologies come through to the flows and go again',
  async (t) => {
    const { call, addresses, lines } = await site(t)
    const before = lines()
    const follows = async (what: string, expected: (string | undefined)[], of: RegExp) => {
      t.ok(
        expected.every((address) => address !== undefined && of.test(address)),
        `${what}: ${expected}`,
      )
      await until(what, () => isPlain(lines(), expected as string[]))
    }
    await call('POST', 'topologies?uuid=topo-u&mode=simple_underlay&transport=mac2mac')
    await call('POST', 'topologies?uuid=topo-o&mode=simple_overlay')
    for (const n of [0, 1])
      await call('POST', `topologies/topo-u/datapaths/dp-${n}?interface_uuid=if-host${n}`)
    await follows('without rows addresses are made', MADE, /^f2:/)

    await call('POST', 'topologies/topo-o/networks/nw-1')
    await call('POST', 'topologies/topo-o/underlays/topo-u')
    const allocated = await addresses()
    await follows('a layer brings rows', allocated, /^06:/)
    t.notMatch(lines().join('\n'), /f2:00:0/, 'made ones are gone')

    await call('POST', 'topologies/topo-u/mac_range_groups/mrg-1')
    await follows('a group gives addresses', await addresses(), new RegExp(`^${RANGE}:00:`))
    for (const address of allocated) t.notMatch(lines().join('\n'), address)
    await call('DELETE', 'topologies/topo-u/mac_range_groups/mrg-1')
    await follows('without the group they are as before', await addresses(), /^06:/)
    t.notMatch(lines().join('\n'), RANGE)

    await call('DELETE', 'topologies/topo-o/underlays/topo-u')
    t.same(await addresses(), [undefined, undefined])
    await follows('without the layer they are made again', MADE, /^f2:/)
    await call('POST', 'topologies/topo-o/underlays/topo-u')
    await follows('and allocated', await addresses(), /^06:/)
    await call('DELETE', 'topologies/topo-o/networks/nw-1')
    await follows('without the network they are made', MADE, /^f2:/)
    await call('POST', 'topologies/topo-o/networks/nw-1')

    await call('DELETE', 'topologies/topo-u/datapaths/dp-1')
    t.equal((await addresses())[1], undefined)
    await until('no way without encapsulation', () => !PLAIN.test(lines().join('\n')))
    await call('POST', 'topologies/topo-u/datapaths/dp-1?interface_uuid=if-host1')
    await follows('it is back', await addresses(), /^06:/)
    await call('PUT', 'topologies/topo-u?transport=vxlan')
    await until('another transport', () => !PLAIN.test(lines().join('\n')))
    await call('PUT', 'topologies/topo-u?transport=mac2mac')
    await follows('and this one again', await addresses(), /^06:/)

    await call('DELETE', 'topologies/topo-o')
    await call('DELETE', 'topologies/topo-u')
    await until('all flows are as they were', () => lines().every((text, n) => text === before[n]))
    t.same(await addresses(), [undefined, undefined], 'and no rows are left')
  },
)
