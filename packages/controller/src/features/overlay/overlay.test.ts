import t from 'tap'
import { compileSite, type Guest, linesOf } from '../../../test/flow_lines.ts'
import { DPIDS } from '../../../test/world.ts'

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
  'table=tunnel_ingress, priority=200,tun_id=0x1,in_port=7 actions=load:0x1->NXM_NX_REG4[0],write_metadata:0x1/0xffffffff,goto_table:destination'
const TO_GUEST_2 =
  'table=overlay, priority=200,metadata=0x1/0xffffffff,dl_dst=52:54:00:00:00:02 actions=set_field:0x1->tun_id,set_field:10.0.0.2->tun_dst,output:7'
const TO_ALL =
  'table=overlay, priority=100,metadata=0x1/0xffffffff,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=set_field:0x1->tun_id,set_field:10.0.0.2->tun_dst,output:7'

t.test('a switch knows the guests elsewhere of its own networks, and nothing of others', async (t) => {
  t.strictSame(await overlayOf({ interfaces: [...guests, ...hosts] }), [INGRESS, TO_GUEST_2, TO_ALL])
})

t.test('the endpoint of a switch may be said with its datapath', async (t) => {
  const spoken = { ...datapaths, 2: { dpid: THERE, ipv4_address: '10.0.0.2' } }
  t.strictSame(await overlayOf({ datapaths: spoken, interfaces: guests }), [INGRESS, TO_GUEST_2, TO_ALL])
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
  t.match(lines.slice(2), [/output:5$/, /output:5$/])
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
    'actions=set_field:0x1->tun_id,set_field:::->tun_ipv6_dst,set_field:10.0.0.2->tun_dst,output:7,set_field:0.0.0.0->tun_dst,set_field:fd00::3->tun_ipv6_dst,output:7',
  )
})

t.test('a switch is reached where it connected from, if nothing else is said of it', async (t) => {
  const compiled = async (mine: string, theirs: string, rows: Rows = { interfaces: guests }) => {
    const addresses = { [HERE]: mine, [THERE]: theirs }
    const site = await compileSite({ networks, datapaths, ...rows }, both, addresses)
    return linesOf(site.get(HERE)!, 'overlay')
  }
  t.strictSame(await compiled('::ffff:10.0.0.1', '::ffff:10.0.0.2'), [INGRESS, TO_GUEST_2, TO_ALL])
  t.match(await compiled('fd00::1', 'fd00::2'), [INGRESS, /fd00::2->tun_ipv6_dst/, /fd00::2/])
  t.strictSame(await compiled('10.0.0.1', '127.0.0.1'), [INGRESS], 'not over the loopback')
  t.strictSame(await compiled('10.0.0.1', '10.0.0.1'), [INGRESS], 'not to another bridge of the same host')
  t.strictSame(await compiled('10.0.0.1', 'fd00::2'), [INGRESS], 'not where the family is another')
  const said = { interfaces: [...guests, ...hosts] }
  t.strictSame(await compiled('10.9.9.1', '10.9.9.2', said), [INGRESS, TO_GUEST_2, TO_ALL])
})
