import { encode } from '@openvnet/openflow'
import type { Row } from '@openvnet/schema'
import t, { type Test } from 'tap'
import { compileSite, type Guest, linesOf } from '../../../test/flow_lines.ts'
import { DPIDS } from '../../../test/world.ts'
import type { GroupDraft } from '../../engine/rule.ts'
import { output, pushVlan, setField } from '../../pipeline/actions.ts'
import { isRemoteFloodGroup, remoteFloodGroup } from '../../pipeline/group_space.ts'
import type { Way } from './egress.ts'
import { floodGroups } from './flood.ts'

const [HERE, THERE] = DPIDS
const networks = { 1: '172.16.1.0', 2: '172.16.2.0', 9: '10.0.0.0' }
const datapaths = { 1: HERE, 2: THERE }
const guests: Guest[] = [1, 2, 3].map((id) => ({
  id,
  mac: `52:54:00:00:00:0${id}`,
  addresses: { [id === 3 ? 2 : 1]: `172.16.1.${id}` },
}))
const host = (id: number, address: string, more: Partial<Guest> = {}): Guest => ({
  ...{ id: 10 + id, mac: `52:54:00:00:00:1${id}`, mode: 'host', owner_datapath_id: id },
  addresses: { 9: address },
  ...more,
})
const hosts = [host(1, '10.0.0.1'), host(2, '10.0.0.2')]
const here = new Map([
  ['if-1', 1],
  ['vnet-vxlan', 7],
])
const there = new Map([
  ['if-2', 1],
  ['if-3', 2],
  ['vnet-vxlan', 8],
])

const both = new Map([
  [HERE, here],
  [THERE, there],
])

type Site = Parameters<typeof compileSite>[1]
type Rows = Parameters<typeof compileSite>[0]

/** The overlay's flows on the first switch. */
const overlayOf = async (rows: Rows, switches: Site = both) => {
  const site = await compileSite({ networks, datapaths, ...rows }, switches)
  return linesOf(site.get(HERE)!, 'overlay')
}

const INGRESS =
  'table=tunnel_ingress, priority=200,tun_id=0x1,in_port=7 actions=load:0x1->NXM_NX_REG4[0],write_metadata:0x1/0xffffffff,goto_table:tunnel_source'
const FROM_THERE = 'table=tunnel_source, priority=200,tun_src=10.0.0.2 actions=goto_table:destination'
const TO_GUEST_2 =
  'table=overlay, priority=200,metadata=0x1/0xffffffff,dl_dst=52:54:00:00:00:02 actions=set_field:0x1->tun_id,set_field:10.0.0.2->tun_dst,output:7'
const TO_ALL =
  'table=overlay, priority=100,metadata=0x1/0xffffffff,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=set_field:0x1->tun_id,group:1107296257'
const GROUP = 'group_id=1107296257,type=all,bucket=actions=set_field:10.0.0.2->tun_dst,output:7'
/** All that the first switch knows of the guest elsewhere. */
const REACHED = [INGRESS, FROM_THERE, TO_GUEST_2, TO_ALL, GROUP]

t.test('a switch knows the guests elsewhere of its own networks, and nothing of others', async (t) => {
  t.strictSame(await overlayOf({ interfaces: [...guests, ...hosts] }), REACHED)
})

t.test('the endpoint of a switch may be said with its datapath', async (t) => {
  const spoken = { 1: { dpid: HERE, ipv4_address: '10.0.0.1' }, 2: { dpid: THERE, ipv4_address: '10.0.0.2' } }
  t.strictSame(await overlayOf({ datapaths: spoken, interfaces: guests }), REACHED)
})

t.test('no endpoint, no port for tunnels, or no guest there: no way', async (t) => {
  t.strictSame(await overlayOf({ interfaces: [...guests, hosts[0]!] }), [INGRESS])
  const without = new Map([...both, [THERE, new Map([['if-2', 1]])]])
  t.strictSame(await overlayOf({ interfaces: [...guests, ...hosts] }, without), [INGRESS])
  const other = new Map([
    ...both,
    [HERE, new Map([...here, ['vnet-gre', 6]].slice(0, 1) as [string, number][])],
  ])
  t.strictSame(await overlayOf({ interfaces: [...guests, ...hosts] }, other), [])
  const alone = new Map([...both, [THERE, new Map([['vnet-vxlan', 8]])]])
  t.strictSame(await overlayOf({ interfaces: [...guests, ...hosts] }, alone), [])
})

t.test(
  'a network whose id is no key goes through no tunnel: cut off, it would be that of another',
  async (t) => {
    const flowsOf = (id: number) => {
      const interfaces = guests.slice(0, 2).map((guest) => ({ ...guest, addresses: { [id]: '172.16.1.1' } }))
      return overlayOf({
        networks: { ...networks, [id]: '172.16.1.0' },
        interfaces: [...interfaces, ...hosts],
      })
    }
    t.match((await flowsOf(0x7f_ffff))[0], /tun_id=0x7fffff,/)
    t.strictSame(await flowsOf(0x80_0001), [])
  },
)

const ended = (id: number, more: Partial<Row<'datapath'>> = {}) => ({
  ...{ dpid: id === 1 ? HERE : THERE, ipv4_address: `10.0.0.${id}` },
  ...more,
})

t.test('IPv4 goes before IPv6, and a family that one of both lacks is none', async (t) => {
  const to = async (mine: Partial<Row<'datapath'>>, theirs: Partial<Row<'datapath'>>) => {
    const rows = { datapaths: { 1: ended(1, mine), 2: ended(2, theirs) }, interfaces: guests }
    return (await overlayOf(rows)).at(-1)!.replace(/.*bucket=actions=/, '')
  }
  const [ipv6, also] = [{ ipv6_address: 'fd00::1' }, { ipv6_address: 'fd00::2' }]
  t.equal(await to(ipv6, also), 'set_field:10.0.0.2->tun_dst,output:7')
  t.equal(await to({ ...ipv6, ipv4_address: null }, also), 'set_field:fd00::2->tun_ipv6_dst,output:7')
  t.equal(await to({}, { ...also, ipv4_address: null }), INGRESS)
})

const ALL_PORTS = ['vnet-vxlan', 'vnet-geneve', 'vnet-gre'].map((name, index) => [name, 7 + index] as const)
const all = new Map([
  [HERE, new Map([['if-1', 1], ...ALL_PORTS])],
  [THERE, new Map([['if-2', 1], ...ALL_PORTS])],
])

t.test(
  'rows say the transport: datapaths before underlays, the first in the list where two differ',
  async (t) => {
    const out = async (mine: Said, theirs: Said, underlays: readonly Said[] = [], switches: Site = all) => {
      const topologies = underlays.map((transport) => ({ transport, datapaths: [1, 2] }))
      const datapaths = { 1: ended(1, { transport: mine }), 2: ended(2, { transport: theirs }) }
      const lines = await overlayOf({ datapaths, interfaces: guests, topologies }, switches)
      return Number(/output:(\d+)$/.exec(lines.at(-1)!)![1])
    }
    type Said = Row<'datapath'>['transport']
    t.equal(await out(null, null), 7)
    t.equal(await out('geneve', null), 8, 'one of both is enough')
    t.equal(await out(null, 'gre'), 9)
    t.equal(await out('gre', 'geneve'), 8)
    t.equal(await out('geneve', 'gre'), 8)
    t.equal(await out(null, null, ['gre', 'geneve']), 8)
    t.equal(await out('gre', null, ['geneve']), 9)
    t.equal(await out('mac2mac', null, ['gre']), 7, 'who is in no physical network with the other')
    t.equal(await out('gre', null, [], new Map([...all, [THERE, there]])), 7, 'who has no such port')
  },
)

t.test('an underlay says nothing of hosts that are not in it', async (t) => {
  const datapaths = { 1: ended(1), 2: ended(2) }
  const topologies = [{ transport: 'gre' as const, datapaths: [1] }]
  const lines = await overlayOf({ datapaths, interfaces: guests, topologies }, all)
  t.match(lines.at(-1), /output:7$/)
})

t.test('two switches use the first kind of tunnel for which both have a port', async (t) => {
  const more = new Map([...both, [HERE, new Map([...here, ['vnet-geneve', 5]])]])
  const geneve = new Map([
    ...more,
    [
      THERE,
      new Map([
        ['if-2', 1],
        ['vnet-geneve', 3],
      ]),
    ],
  ])
  const lines = await overlayOf({ interfaces: [...guests, ...hosts] }, geneve)
  t.match(lines.slice(0, 2), [/in_port=7/, /in_port=5/], 'what comes is taken from each')
  t.match(lines.slice(3), [/output:5$/, /group:/, /output:5$/])
  t.match((await overlayOf({ interfaces: [...guests, ...hosts] }, more)).at(-1), /output:7$/)
})

t.test('a switch that only routes into a network sends to it, and gets nothing from it', async (t) => {
  const legs: Guest[] = [
    { id: 21, mac: '52:54:00:00:00:21', mode: 'simulated', addresses: { 1: '172.16.1.254' } },
    { id: 22, mac: '52:54:00:00:00:22', mode: 'simulated', addresses: { 2: '172.16.2.254' } },
  ]
  const routes = [
    { interface_id: 21, network_id: 1, destination: '172.16.1.0', prefix: 24 },
    { interface_id: 22, network_id: 2, destination: '172.16.2.0', prefix: 24 },
  ]
  const rows = { interfaces: [guests[0]!, guests[2]!, ...legs, ...hosts], routes }
  t.strictSame(await overlayOf(rows), [
    INGRESS,
    FROM_THERE,
    'table=overlay, priority=200,metadata=0x2/0xffffffff,dl_dst=52:54:00:00:00:03 actions=set_field:0x2->tun_id,set_field:10.0.0.2->tun_dst,output:7',
  ])
})

t.test('a broadcast goes once to each other switch, whatever the family of its address', async (t) => {
  const third = '0x0000000000000003'
  const rows = {
    datapaths: { ...datapaths, 3: third },
    interfaces: [
      ...[...guests.slice(0, 2), { id: 4, mac: '52:54:00:00:00:04', addresses: { 1: '172.16.1.4' } }],
      ...[host(1, '10.0.0.1'), host(2, '10.0.0.2'), host(3, 'fd00::3')],
      host(1, 'fd00::1', { id: 20 }),
    ],
  }
  const lines = await overlayOf(
    rows,
    new Map([
      ...both,
      [
        third,
        new Map([
          ['if-4', 1],
          ['vnet-vxlan', 2],
        ]),
      ],
    ]),
  )
  t.match(
    lines.at(-1),
    'type=all,bucket=actions=set_field:10.0.0.2->tun_dst,output:7,bucket=actions=set_field:fd00::3->tun_ipv6_dst,output:7',
  )
})

const idsTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
const dpidOf = (id: number) => `0x${id.toString(16).padStart(16, '0')}`
const addressOf = (id: number) => `10.1.${id >> 8}.${id & 255}`

/** That the first group sends to each of so many switches once, by parts that fit into messages. */
const checkParts = (t: Test, [top, ...parts]: readonly GroupDraft[], count: number): void => {
  t.strictSame(
    top!.buckets.map(({ actions }) => actions),
    parts.map(({ group_id }) => [{ type: 'group', group_id }]),
  )
  t.ok(parts.every(({ group_id }) => isRemoteFloodGroup(group_id)))
  const sizes = parts.map((group) => encode({ type: 'group_mod', xid: 1, command: 0, ...group }).length)
  t.ok(Math.max(...sizes) < 0x1_0000, `messages of ${sizes.join(', ')} octets`)
  const actions = parts.flatMap(({ buckets }) => buckets.map((bucket) => JSON.stringify(bucket.actions)))
  t.strictSame([actions.length, new Set(actions).size], [count, count])
}

t.test('what is for a thousand hosts fits into messages, and goes once to each', async (t) => {
  const way = (id: number): Way => ({
    text: '',
    // The longest that there is.
    steps: [setField('eth_dst', 0xf2_0000_0000_00 + id), pushVlan(100), output(id)],
  })
  const groups = floodGroups(
    0x7f_ffff,
    'nw',
    idsTo(1000).map((id) => [dpidOf(id), way(id)]),
  )
  checkParts(t, groups, 1000)
})

t.test(
  'a network of many hosts floods through a group of groups; one host more changes one part',
  async (t) => {
    const groupsOf = async (count: number) => {
      const ids = idsTo(count)
      const site = await compileSite(
        {
          networks: { 1: '172.16.1.0' },
          interfaces: ids.map((id) => ({ id, mac: null, addresses: { 1: `172.16.1.${id}` } })),
        },
        new Map(ids.map((id) => [dpidOf(id), new Map(Object.entries({ [`if-${id}`]: 1, 'vnet-vxlan': 2 }))])),
        Object.fromEntries(ids.map((id) => [dpidOf(id), addressOf(id)])),
      )
      return [...site.get(dpidOf(1))!.groups.values()].filter(({ group_id }) => isRemoteFloodGroup(group_id))
    }
    const [before, after] = [await groupsOf(140), await groupsOf(141)]
    checkParts(t, before, 139)
    const changed = after.filter(({ value }, index) => value !== before[index]!.value)
    t.strictSame(
      changed.map(({ group_id }) => group_id),
      [remoteFloodGroup(1, 1 + (141 % 3))],
    )
  },
)

t.test('a switch is reached where it connected from, if nothing else is said of it', async (t) => {
  const compiled = async (mine: string, theirs: string, rows: Rows = { interfaces: guests }) => {
    const addresses = { [HERE]: mine, [THERE]: theirs }
    const site = await compileSite({ networks, datapaths, ...rows }, both, addresses)
    return linesOf(site.get(HERE)!, 'overlay')
  }
  t.strictSame(await compiled('::ffff:10.0.0.1', '::ffff:10.0.0.2'), REACHED)
  t.match(await compiled('fd00::1', 'fd00::2'), [
    INGRESS,
    'table=tunnel_source, priority=200,tun_ipv6_src=fd00::2 actions=goto_table:destination',
    /fd00::2->tun_ipv6_dst/,
    /group:/,
    /fd00::2/,
  ])
  t.strictSame(await compiled('10.0.0.1', '127.0.0.1'), [INGRESS], 'not over the loopback')
  t.strictSame(await compiled('10.0.0.1', '10.0.0.1'), [INGRESS], 'not to another bridge of the same host')
  t.strictSame(await compiled('10.0.0.1', 'fd00::2'), [INGRESS], 'not where the family is another')
  const said = { interfaces: [...guests, ...hosts] }
  t.strictSame(
    await compiled('10.9.9.1', '10.9.9.2', said),
    [INGRESS, FROM_THERE, FROM_THERE.replace('10.0.0.2', '10.9.9.2'), TO_GUEST_2, TO_ALL, GROUP],
    'it may send from all that is known of it',
  )
})
