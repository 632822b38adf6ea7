import t from 'tap'
import { compile, linesOf } from '../../../test/flow_lines.ts'

const networks = { 1: '172.16.1.0', 2: '172.16.1.0' }
const guest = { id: 1, mac: '52:54:00:00:00:01', addresses: { 1: '172.16.1.1' } }
const away = { id: 2, mac: '52:54:00:00:00:02', addresses: { 1: '172.16.1.2' } }
const leg = { id: 8, mode: 'simulated' as const, mac: '52:54:00:74:00:00', addresses: { 1: '172.16.1.254' } }

const reply = (mac: string, ip: string) =>
  `actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],set_field:${mac}->eth_src,set_field:2->arp_op,` +
  `move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],set_field:${mac}->arp_sha,set_field:${ip}->arp_spa,move:NXM_NX_REG0[]->NXM_NX_REG1[],load:0->NXM_OF_IN_PORT[],goto_table:output`

t.test('every address of the network is answered for, the own one only to others', async (t) => {
  t.strictSame(linesOf(await compile({ networks, interfaces: [guest, away, leg] }, 1), 'arp'), [
    'table=arp, priority=400,arp,reg0=0x1,metadata=0x1/0xffffffff,arp_tpa=172.16.1.1,arp_op=1 actions=goto_table:bridging',
    `table=arp, priority=200,arp,metadata=0x1/0xffffffff,arp_tpa=172.16.1.1,arp_op=1 ${reply('52:54:00:00:00:01', '172.16.1.1')}`,
    `table=arp, priority=200,arp,metadata=0x1/0xffffffff,arp_tpa=172.16.1.2,arp_op=1 ${reply('52:54:00:00:00:02', '172.16.1.2')}`,
    `table=arp, priority=200,arp,metadata=0x1/0xffffffff,arp_tpa=172.16.1.254,arp_op=1 ${reply('52:54:00:74:00:00', '172.16.1.254')}`,
  ])
})

t.test('the same address in another network is another question', async (t) => {
  const other = { id: 2, mac: '52:54:00:00:00:01', addresses: { 2: '172.16.1.1' } }
  const answers = linesOf(await compile({ networks, interfaces: [guest, other] }, 2), 'arp').slice(2)
  t.match(answers, [
    /metadata=0x1\/0xffffffff,arp_tpa=172.16.1.1/,
    /metadata=0x2\/0xffffffff,arp_tpa=172.16.1.1/,
  ])
})

t.test('nobody to ask, no answers', async (t) => {
  t.strictSame(linesOf(await compile({ networks, interfaces: [leg] }, 0), 'arp'), [])
})

t.test('a leg that is pinned to another bridge does not answer here', async (t) => {
  const lines = linesOf(
    await compile({ networks, interfaces: [guest, { ...leg, owner_datapath_id: 7 }] }, 1),
    'arp',
  )
  t.notMatch(lines.join('\n'), '172.16.1.254')
})
