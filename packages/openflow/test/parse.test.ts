/** Reading text: the reverse of printing it, what `ovs-ofctl` reads, and where what is wrong is wrong. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  canonicalInstructions,
  canonicalMatch,
  type FlowMod,
  FlowSyntaxError,
  formatActions,
  formatFlow,
  formatMatch,
  formatMessage,
  OFP_NO_BUFFER,
  OFPG,
  OFPP,
  type ParsedFlow,
  parseActions,
  parseFlow,
  parseMatch,
} from '@openvnet/openflow'
import fc from 'fast-check'
import t from 'tap'
import { startOpenVswitch, withoutOpenVswitch } from './open-vswitch.ts'
import { saneFlowMod } from './sane.ts'

const skip = withoutOpenVswitch

/** What text can say of a flow, canonically. */
const said = (flow: ParsedFlow): ParsedFlow => ({
  table_id: flow.table_id,
  priority: flow.priority,
  cookie: flow.cookie,
  idle_timeout: flow.idle_timeout,
  hard_timeout: flow.hard_timeout,
  flags: flow.flags,
  match: canonicalMatch(flow.match),
  instructions: canonicalInstructions(flow.instructions),
})

/** Actions that have their text in common with others, which are what is read. */
const TWINS: ReadonlySet<string> = new Set([
  'copy_field',
  'resubmit',
  'output_reg2',
  'output_reg',
  'controller',
  'controller2',
  'reg_load2',
  'sample2',
  'sample3',
  'sample4',
])
const hasTwin = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false
  if ('alias' in value && value.alias !== undefined) return true
  if ('type' in value && TWINS.has(String(value.type))) return true
  if ('type' in value && value.type === 'resubmit_table' && 'table' in value && value.table === 255)
    return true
  return Object.values(value).some(hasTwin)
}

const flowMod = (line: string): FlowMod => ({
  type: 'flow_mod',
  xid: 1,
  cookie_mask: 0n,
  command: 0,
  buffer_id: OFP_NO_BUFFER,
  out_port: OFPP.ANY,
  out_group: OFPG.ANY,
  ...parseFlow(line),
})

t.test('a flow is read as it was written', async () => {
  fc.assert(
    fc.property(saneFlowMod, (flow) => {
      const text = formatFlow(flow, { cookie: true })
      const parsed = parseFlow(text)
      assert.equal(formatFlow(parsed, { cookie: true }), text)
      if (!hasTwin(flow)) assert.deepEqual(said(parsed), said(flow), text)
    }),
    { numRuns: 2000 },
  )
})

t.test('also with names', async (t) => {
  const tables = ['classify', 'port_security', 'arp']
  const names = {
    tableName: (table: number) => tables[table],
    portName: (port: number) => (port === 5 ? 'if, "5"' : port === 6 ? 'veth6' : undefined),
  }
  const numbers = {
    tableNumber: (name: string) => (tables.includes(name) ? tables.indexOf(name) : undefined),
    portNumber: (name: string) => (name === 'if, "5"' ? 5 : name === 'veth6' ? 6 : undefined),
  }
  const flow = parseFlow(
    'table=1,in_port=5,actions=output:6,resubmit(5,2),resubmit(,0),CONTROLLER:99,write_actions(output:5),goto_table:2',
  )
  const text = formatFlow(flow, names)
  t.equal(
    text,
    'table=port_security, in_port="if, "5"" actions=output:veth6,resubmit("if, "5"",arp),resubmit(,classify),CONTROLLER:99,write_actions(output:"if, "5""),goto_table:arp'.replaceAll(
      '"if, "5""',
      '"if, \\"5\\""',
    ),
  )
  t.same(parseFlow(text, numbers), flow)
  t.same(parseActions('veth6', numbers), [{ type: 'output', port: 6, max_len: 0 }])
})

/** Lines as people write them; every one is read by `ovs-ofctl` too. */
const LINES: readonly string[] = [
  'actions=drop',
  'table=0,priority=100,ip,nw_dst=10.0.0.1,actions=output:2',
  'priority=5 in_port=LOCAL dl_src=52:54:00:00:00:01 actions=NORMAL',
  'ip,ip_src=10.0.0.1/24,actions=2',
  'ip,nw_src=10.1.2.3/255.0.255.0,actions=IN_PORT',
  'ip,tcp,tp_dst=80,actions=output:1',
  'eth_type=0x800,ip_proto=6,tcp_src=0x100/0xff00,actions=LOCAL',
  'dl_type=0x0806,nw_proto=1,nw_src=1.2.3.4,nw_dst=5.0.0.0/8,actions=flood',
  'arp,arp_op=2,arp_spa=1.2.3.4,arp_sha=52:54:00:00:00:01,actions=all',
  'icmp,icmp_type=8,icmp_code=0,actions=controller',
  'icmp6,icmp_type=135,icmpv6_code=0,actions=CONTROLLER:128',
  'ipv6,ipv6_src=fe80::/10,ipv6_dst=::1,actions=output:CONTROLLER',
  'udp6,udp_dst=53,actions=mod_tp_dst:54,1',
  'tcp,actions=mod_tp_src:99,mod_nw_src:1.2.3.4,mod_nw_dst:5.6.7.8,mod_nw_ttl:3,mod_nw_tos:36,mod_nw_ecn:1,2',
  'actions=mod_dl_src:52:54:00:00:00:01,mod_dl_dst:52:54:00:00:00:02,1',
  'actions=mod_vlan_vid:7,1',
  'actions=mod_vlan_vid:7,mod_vlan_pcp:3,1',
  'dl_vlan=5,actions=mod_vlan_vid:7,1',
  'dl_vlan=5,dl_vlan_pcp=3,actions=strip_vlan,1',
  'dl_vlan_pcp=3,actions=pop_vlan,1',
  'vlan_vid=0x1005/0x1fff,actions=1',
  'vlan_tci=0x1000/0x1000,actions=1',
  'vlan_tci=0,actions=1',
  'dl_vlan=0xffff,actions=push_vlan:0x8100,set_field:4103->vlan_vid,1',
  'ip,nw_tos=36,nw_ecn=2,nw_ttl=64,nw_frag=later,actions=1',
  'ip,ip_dscp=9,ip_frag=no,actions=dec_ttl,1',
  'reg0=5,reg1=0x10/0xf0,metadata=7/0xff,tun_id=0x5,actions=1',
  'reg2=0xff/0x0f,tunnel_id=9,actions=1',
  'cookie=0x12,idle_timeout=5,hard_timeout=6,send_flow_rem,check_overlap,reset_counts,actions=1',
  'actions=move:NXM_NX_REG0[0..7]->NXM_NX_REG1[8..15],load:5->NXM_NX_REG2[],push:NXM_NX_REG3[1],pop:NXM_NX_REG4[0]',
  'actions=move:reg0[0..7]->reg1[8..15],load:0x5->reg2,push:reg3[1],pop:metadata[]',
  'actions=set_field:5->reg0,set_field:0x6->metadata,set_field:52:54:00:00:00:01->eth_dst,set_field:7->tun_id',
  'ip,actions=set_field:1.2.3.4->ip_dst,set_field:1.2.3.5->nw_src',
  'actions=resubmit(1,2),resubmit(,3),resubmit(4),resubmit:5,resubmit(LOCAL,9)',
  'actions=group:7,set_queue:3,2',
  'actions=meter:1,1,clear_actions,write_actions(set_field:1->reg0,output:2),write_metadata:0x5/0xff,goto_table:3',
  'actions=goto_table:4',
  'ct_state=+trk-new+est,ct_zone=5,ct_mark=0x1/0xf,ct_label=0x1,ip,actions=1',
  'tcp,tcp_flags=+syn-ack,actions=1',
  'tcp,tcp_flags=0x2/0x2,actions=1',
  'icmp6,icmp_type=135,icmp_code=0,nd_target=fe80::1,nd_sll=52:54:00:00:00:01,actions=1',
  'ipv6,ipv6_label=0x12345,actions=1',
  'mpls,mpls_label=5,mpls_tc=1,mpls_bos=1,actions=pop_mpls:0x0800,1',
  'sctp,tp_dst=80,actions=mod_tp_dst:81,1',
  'xreg0=0x500000006,pkt_mark=7,conj_id=9,actions=1',
  'tun_src=1.2.3.4,tun_dst=5.0.0.0/8,tun_id=7,actions=1',
  'actions=push_mpls:0x8847,set_mpls_ttl(5),dec_mpls_ttl,1',
  'actions=pop_queue,exit',
  'actions=note:01.02.03,conjunction(5,1/2)',
  'actions=ct_clear',
  'actions=conjunction(5,2/3),conjunction(6,1/2)',
  'ip,actions=dec_ttl(1,2),output:NXM_NX_REG0[0..15],output(port=1,max_len=100)',
  'tcp,actions=fin_timeout(idle_timeout=5,hard_timeout=6),1',
  'actions=controller(reason=no_match,max_len=128,id=3)',
  'actions=controller(userdata=01.02.03,pause),controller(max_len=64,id=5,userdata=0a,meter_id=7)',
  'actions=sample(probability=12,collector_set_id=3,obs_domain_id=4,obs_point_id=5),1',
  'actions=sample(probability=12,collector_set_id=3,obs_domain_id=4,obs_point_id=5,sampling_port=1,egress),1',
  'actions=multipath(symmetric_l4,50,modulo_n,4,0,NXM_NX_REG0[0..7]),1',
  'actions=bundle(eth_src,0,hrw,ofport,members:1,2)',
  'actions=bundle_load(nw_src,7,active_backup,ofport,NXM_NX_REG1[],members:1,2),1',
  'actions=check_pkt_larger(1500)->NXM_NX_REG0[3],1',
  'actions=clone(set_field:1->reg0,output:2),3',
  'ip,actions=ct(commit,zone=5,table=3,nat(src=10.0.0.1-10.0.0.9:1-100,random))',
  'ip,actions=ct(commit,force,zone=NXM_NX_REG0[0..15],exec(set_field:0x1->ct_mark))',
  'tcp,actions=ct(commit,nat),ct(commit,table=4,zone=9,nat(dst=10.0.0.1)),ct(commit,nat(src))',
  'tcp,actions=ct(commit,alg=ftp)',
  'tcp6,actions=ct(commit,nat(dst=[fe80::1]-[fe80::9]:80)),ct(commit,nat(src=fe80::1))',
  'ct_state=+trk+est,tcp,actions=resubmit(,5,ct),resubmit(1,6,ct)',
  'actions=set_field:1.2.3.4->tun_dst,move:NXM_NX_XXREG0[0..31]->NXM_NX_REG5[],1',
  'actions=learn(table=1,idle_timeout=5,hard_timeout=6,priority=7,cookie=0x8,NXM_OF_VLAN_TCI[0..11],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],load:NXM_OF_IN_PORT[]->NXM_NX_REG0[0..15],output:NXM_OF_IN_PORT[])',
  'actions=learn(table=2,eth_type=0x800,load:0x5->NXM_NX_REG1[],NXM_NX_REG2[0..7]=0x9,send_flow_rem,delete_learned,limit=9,result_dst=NXM_NX_REG0[0])',
  'arp,actions=learn(NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_NX_REG0[])',
  'table=3, n_packets=4, n_bytes=400, duration=3.5s, idle_age=3, priority=1,ip actions=output:1',
]

/** What `ovs-ofctl` makes of lines, as it prints flow-mods; without the transaction ids, which count on. */
function theirs(lines: readonly string[]): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'openflow-parse-'))
  const file = join(directory, 'flows')
  writeFileSync(file, `${lines.join('\n')}\n`)
  try {
    const output = execFileSync('ovs-ofctl', ['-O', 'OpenFlow13', 'parse-flows', file], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return output.split('\n').flatMap((line) => /\(xid=0x[0-9a-f]+\): (.*)/.exec(line)?.[1] ?? [])
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const ours = (line: string): string => formatMessage(flowMod(line)).replace(/^.*?\(xid=0x1\): /, '')

t.test('ovs-ofctl reads the same', { skip }, async (t) => {
  const read = theirs(LINES)
  t.equal(read.length, LINES.length)
  for (const [index, line] of LINES.entries()) t.equal(ours(line), read[index], line)
})

t.test('ovs-ofctl reads our text as we do', { skip }, async (t) => {
  const lines = fc
    .sample(saneFlowMod, { numRuns: 1000, seed: 3 })
    .map((flow) => ({ ...flow, instructions: canonicalInstructions(flow.instructions) }))
    .map((flow) => formatFlow(flow, { cookie: true }).replace(' actions=', ',actions='))
  const read = theirs(lines)
  t.equal(read.length, lines.length)
  const different = lines.filter((line, index) => ours(line) !== read[index])
  for (const line of different.slice(0, 10)) t.equal(ours(line), read[lines.indexOf(line)], line)
  t.equal(different.length, 0)
})

t.test(
  'a dump of ovs-vswitchd reads as what was added, and diff-flows sees no difference',
  { skip },
  async (t) => {
    const openVswitch = await startOpenVswitch()
    const directory = mkdtempSync(join(tmpdir(), 'openflow-dump-'))
    t.teardown(async () => {
      await openVswitch.stop()
      rmSync(directory, { recursive: true })
    })
    const bridge = `unix:${openVswitch.management}`
    openVswitch.ofctl('add-group', bridge, 'group_id=1,type=all,bucket=actions=output:2')
    openVswitch.ofctl('add-meter', bridge, 'meter=1,kbps,band=type=drop,rate=1000')
    const key = ({ table_id, priority, match }: ParsedFlow) =>
      formatFlow({ table_id, priority, match: canonicalMatch(match), instructions: [] })
    const flows = new Map(
      fc.sample(saneFlowMod, { numRuns: 500, seed: 11 }).map((flow) => [key(flow), said(flow)]),
    )
    const file = join(directory, 'flows')
    const write = (all: Iterable<ParsedFlow>): void =>
      writeFileSync(
        file,
        [...all]
          .map((flow) => formatFlow(flow, { cookie: true }).replace(' actions=', ',actions='))
          .join('\n'),
      )
    write(flows.values())
    openVswitch.ofctl('add-flows', bridge, file)
    const dumped = openVswitch
      .ofctl('--names', 'dump-flows', bridge)
      .split('\n')
      .filter((line) => line.includes('actions='))
      .map((line) => parseFlow(line, { portNumber: (name) => ({ p1: 1, p2: 2, p3: 3 })[name] }))
    const byText = (a: ParsedFlow, b: ParsedFlow): number => (key(a) < key(b) ? -1 : 1)
    t.equal(dumped.length, flows.size)
    const text = (flow: ParsedFlow): string => formatFlow(said(flow), { cookie: true })
    assert.deepEqual(dumped.map(text).sort(), [...flows.values()].map(text).sort())
    const alone = (all: Iterable<ParsedFlow>) => [...all].filter((flow) => !hasTwin(flow)).sort(byText)
    assert.deepEqual(alone(dumped).map(said), alone(flows.values()))
    write(dumped)
    t.equal(openVswitch.ofctl('diff-flows', bridge, file), '')
  },
)

/** What is wrong, the place in the text, and what is said of it. */
const WRONG: readonly (readonly [text: string, position: number, expected: RegExp])[] = [
  ['', 0, /^actions=$/],
  ['ip', 2, /^actions=$/],
  ['actions', 0, /^actions=$/],
  ['ipx,actions=1', 0, /^a field, a protocol or actions=$/],
  ['constructor,actions=1', 0, /^a field/],
  ['constructor=1,actions=1', 0, /^a field/],
  ['table=300,actions=1', 6, /^a number of 8 bits$/],
  ['table=x,actions=1', 6, /^a table$/],
  ['table=1,table=2,actions=1', 8, /^table only once$/],
  ['table,actions=1', 0, /^table=$/],
  ['priority=65536,actions=1', 9, /^a number of 16 bits$/],
  ['priority=-1,actions=1', 9, /^a number of 16 bits$/],
  ['priority=010,actions=1', 9, /^a number of 16 bits$/],
  ['cookie=0x12345678123456789,actions=1', 7, /^a number of 64 bits$/],
  ['dl_src=52:54,actions=1', 7, /^a MAC address$/],
  ['ip,nw_dst=10.0.0,actions=1', 10, /^an IPv4 address$/],
  ['ip,nw_dst=10.0.0.0/33,actions=1', 19, /^a prefix of at most 32 bits$/],
  ['ipv6,ipv6_dst=fe80,actions=1', 14, /^an IPv6 address$/],
  ['in_port=eth9,actions=1', 8, /^a port$/],
  ['in_port=1/1,actions=1', 8, /^no mask: in_port takes none$/],
  ['ip,tcp,reg0=1,reg0=2,actions=1', 14, /^reg0 only once$/],
  ['ip,arp,actions=1', 3, /^eth_type only once$/],
  ['nw_dst=10.0.0.1,actions=1', 0, /eth_type=0x800 or .* with nw_dst$/],
  ['ip,tp_dst=1,actions=1', 3, / with tp_dst$/],
  ['icmp_type=1,actions=1', 0, / with icmp_type$/],
  ['dl_vlan=4096,actions=1', 8, /^a number of 12 bits$/],
  ['vlan_tci=0x2000/0x2000,actions=1', 16, /^all bits of the priority/],
  ['ip,nw_tos=3,actions=1', 10, /^a multiple of 4/],
  ['ip,nw_frag=maybe,actions=1', 11, /^no, yes, first/],
  ['oxm_0x12340002=00,actions=1', 15, /^the 2 bytes/],
  ['oxm_0x12340001=0,actions=1', 15, /^pairs of/],
  ['=5,actions=1', 0, /^a name$/],
  ['actions=resubmit(1', 18, /^a \) for the \( at 16$/],
  ['in_port="a,actions=1', 8, /^a closing "$/],
  ['actions=output:', 15, /^a port$/],
  ['actions=jump', 8, /^an action$/],
  ['actions=output:1,toString', 17, /^an action$/],
  ['actions=1,drop', 10, /^an action$/],
  ['actions=set_field:1', 19, /^-> and a field$/],
  ['actions=set_field:1->reg99', 21, /^a field$/],
  ['actions=set_field:0x100000000->reg0', 18, /^a number of 32 bits$/],
  ['actions=load:16->NXM_NX_REG0[0..3]', 13, /^a number of 4 bits$/],
  ['actions=load:1->NXM_NX_REG0[32]', 28, /^bits of 0\.\.31 and \]$/],
  ['actions=load:1->NXM_NX_REG0[5..4]', 28, /^bits of/],
  ['actions=load:1->ipv6_src[]', 16, /^at most 64 bits$/],
  ['actions=move:reg0[0..3]->reg1[]', 25, /^4 bits, as the source has$/],
  ['actions=resubmit(1,2,3,4)', 21, /^\)$/],
  ['actions=resubmit(99999,2)', 17, /^a port of 16 bits$/],
  ['actions=mod_tp_dst:5', 8, /^a match of tcp, udp or sctp/],
  ['actions=goto_table:1,goto_table:2', 21, /^goto_table only once$/],
  ['actions=write_actions(goto_table:1)', 22, /^an action$/],
  ['actions=pop_vlan()x', 18, /^a comma$/],
  ['ct_state=+trk-no,ip,actions=1', 9, /^names of bits/],
  ['actions=ct(commit,zone=x)', 23, /^a number of 16 bits$/],
  ['actions=ct(comit)', 11, /^commit, force/],
  ['actions=ct(nat(to=1.2.3.4))', 15, /^src, dst/],
  ['actions=ct(nat(src=1.2.3))', 19, /^an address/],
  ['actions=learn(table=1,foo=1)', 22, /^a field, load:/],
  ['actions=learn(load:1->reg99)', 22, /^a field$/],
  ['actions=conjunction(1,3/2)', 22, /^a clause/],
  ['actions=check_pkt_larger(9)', 27, /^-> and a bit$/],
  ['actions=controller(userdata=0)', 28, /^pairs of/],
  ['actions=bundle(eth_src,0,hrw,other,members:1)', 29, /^ofport$/],
  [`actions=${'clone('.repeat(40)}1${')'.repeat(40)}`, 110, /^at most 16 levels/],
]

t.test('what is wrong is a FlowSyntaxError with its place', async (t) => {
  for (const [text, position, expected] of WRONG) {
    t.throws(() => parseFlow(text), { name: 'FlowSyntaxError', position, expected }, text)
  }
  const error = new FlowSyntaxError({ text: 'x', at: 3 }, 'a port')
  t.equal(error.message, 'expected a port instead of "x" (character 3)')
  t.throws(() => parseMatch('ip,actions=1'), { name: 'FlowSyntaxError', position: 3 })
  t.throws(() => parseActions('goto_table:3'), {
    name: 'FlowSyntaxError',
    position: 0,
    expected: 'an action',
  })
})

t.test('whatever the text, it is read or a FlowSyntaxError', async () => {
  const words = fc.constantFrom(
    ...'ip tcp reg0= actions= output: ( ) , " 5 0x / -> [ ] .. set_field: : load: resubmit( nw_dst= NXM_NX_REG0 \\ unknown( drop'.split(
      ' ',
    ),
  )
  const text = fc.oneof(
    fc.array(words, { maxLength: 15 }).map((parts) => parts.join('')),
    fc.string(),
    fc.tuple(saneFlowMod, fc.nat(), fc.string({ maxLength: 2 })).map(([flow, at, put]) => {
      const line = formatFlow(flow)
      const place = at % line.length
      return line.slice(0, place) + put + line.slice(place + 1)
    }),
  )
  fc.assert(
    fc.property(text, (line) => {
      try {
        const flow = parseFlow(line)
        assert.deepEqual(said(parseFlow(formatFlow(flow, { cookie: true }))), said(flow))
      } catch (error) {
        assert.ok(error instanceof FlowSyntaxError, String(error))
        assert.ok(error.position >= 0 && error.position <= line.length)
      }
    }),
    { numRuns: 3000 },
  )
})

t.test('what ovs-ofctl would write in another way for OpenFlow 1.3 stays as it is', async (t) => {
  const text = 'set_tunnel:0x5,set_tunnel64:0x6,set_tunnel64:0x123456789,set_field:0x5/0xff->reg0'
  t.equal(formatActions(parseActions(text)), text)
  t.same(parseActions('set_field:0x5/0xff->reg0'), [
    { type: 'reg_load2', field: { field: 'reg0', value: 5, mask: 0xff } },
  ])
  for (const other of [
    'push_pbb:0x88e7',
    'pop_pbb',
    'copy_ttl_out',
    'delete_field:tun_metadata3',
    'nat(src)',
  ])
    t.equal(formatActions(parseActions(other)), other)
})

t.test('a match and a list of actions alone', async (t) => {
  t.same(parseMatch(''), [])
  t.equal(formatMatch(parseMatch('tcp nw_dst=10.0.0.9/8')), 'tcp,nw_dst=10.0.0.0/8')
  t.same(parseActions(''), [])
  t.same(parseActions('drop'), [])
  t.equal(formatActions(parseActions('NORMAL, 3')), 'NORMAL,output:3')
})
