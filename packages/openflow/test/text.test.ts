/** What people read: addresses, names, canonical forms, and the fields whose text is special. */
import {
  type Action,
  canonicalInstructions,
  canonicalMatch,
  errorName,
  type FieldName,
  type FieldValue,
  formatActions,
  formatFlow,
  formatInstructions,
  formatIpv4,
  formatIpv6,
  formatMac,
  formatMatch,
  formatMessage,
  type Match,
  type MatchField,
  OFPP,
  parseIpv4,
  parseIpv6,
  parseMac,
} from '@openvnet/openflow'
import fc from 'fast-check'
import t from 'tap'

const field = (name: FieldName, value: FieldValue, mask: FieldValue | null = null): MatchField => ({
  field: name,
  value,
  mask,
})

t.test('addresses are read as they are written', async (t) => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (mac) => parseMac(formatMac(mac)) === mac))
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (ip) => parseIpv4(formatIpv4(ip)) === ip))
  const words = fc.array(fc.constantFrom(0n, 0n, 1n, 0xffffn, 0xabcn), { minLength: 8, maxLength: 8 })
  const ipv6 = words.map((parts) => parts.reduce<bigint>((address, word) => (address << 16n) | word, 0n))
  fc.assert(fc.property(ipv6, (ip) => parseIpv6(formatIpv6(ip)) === ip))
  t.equal(formatMac(0x5254000d8401), '52:54:00:0d:84:01')
  t.equal(parseMac('52-54-00-0D-84-01'), 0x5254000d8401)
  t.equal(formatIpv4(0xac1001fe), '172.16.1.254')
  t.equal(formatIpv6(0xfe80n << 112n), 'fe80::')
  t.equal(formatIpv6((0x20010db8n << 96n) | (1n << 48n) | 1n), '2001:db8::1:0:0:1')
  t.equal(formatIpv6(0xffff01020304n), '::ffff:1.2.3.4')
  t.equal(parseIpv6('::ffff:1.2.3.4'), 0xffff01020304n)
})

t.test('what is no address is null', async (t) => {
  for (const text of ['', '52:54:00:0d:84', '52:54:00:0d:84:0g', '52:54:00:0d:84:01:02', '5254000d8401']) {
    t.equal(parseMac(text), null, text)
  }
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.-4',
    '1.2.3.4 ',
    '0x1.2.3.4',
  ]) {
    t.equal(parseIpv4(text), null, text)
  }
  for (const text of [
    '',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7::8:9',
    '::1.2.3.256',
    '1.2.3.4',
  ]) {
    t.equal(parseIpv6(text), null, text)
  }
})

const arpFlow = {
  table_id: 3,
  priority: 100,
  cookie: 0x2an,
  idle_timeout: 0,
  hard_timeout: 0,
  flags: 0,
  match: [field('eth_type', 0x0806), field('in_port', 5), field('reg0', 1)],
  instructions: [
    { type: 'goto_table', table_id: 4 },
    {
      type: 'apply_actions',
      actions: [
        { type: 'set_field', field: field('eth_src', 0x525400740000) },
        { type: 'output', port: 5, max_len: 0 },
        { type: 'resubmit_table', in_port: 0xfff8, table: 4 },
      ],
    },
  ],
} as const

t.test('a flow reads with names or without', async (t) => {
  t.equal(
    formatFlow(arpFlow),
    'table=3, priority=100,arp,reg0=0x1,in_port=5 actions=set_field:52:54:00:74:00:00->eth_src,output:5,resubmit(,4),goto_table:4',
  )
  const tables: Record<number, string> = { 3: 'port_security', 4: 'arp' }
  const named = formatFlow(arpFlow, {
    cookie: true,
    tableName: (table) => tables[table],
    portName: (port) => (port === 5 ? 'if-veth1' : undefined),
  })
  t.equal(
    named,
    'cookie=0x2a, table=port_security, priority=100,arp,reg0=0x1,in_port="if-veth1" ' +
      'actions=set_field:52:54:00:74:00:00->eth_src,output:"if-veth1",resubmit(,arp),goto_table:arp',
  )
  const bare = { ...arpFlow, priority: 32768, match: [], instructions: [], flags: 3, idle_timeout: 5 }
  t.equal(formatFlow(bare), 'table=3, idle_timeout=5, send_flow_rem check_overlap actions=drop')
})

t.test('matches read as ovs-ofctl writes them', async (t) => {
  const ip = field('eth_type', 0x0800)
  const tests: [Match, string][] = [
    [[], ''],
    [[field('vlan_vid', 0)], 'vlan_tci=0x0000/0x1fff'],
    [[field('vlan_vid', 0x1000, 0x1000)], 'vlan_tci=0x1000/0x1000'],
    [[field('vlan_vid', 0x1005), field('vlan_pcp', 0)], 'dl_vlan=5,dl_vlan_pcp=0'],
    [[field('vlan_vid', 0x1000, 0x1000), field('vlan_pcp', 3)], 'dl_vlan_pcp=3'],
    [[field('vlan_vid', 5, 0xfff)], 'vlan_tci=0x0005/0x0fff'],
    [[ip, field('ip_frag', 0, 1)], 'ip,nw_frag=no'],
    [[ip, field('ip_frag', 1, 1)], 'ip,nw_frag=yes'],
    [[ip, field('ip_frag', 0, 2)], 'ip,nw_frag=not_later'],
    [[ip, field('ip_frag', 2, 2)], 'ip,nw_frag=later'],
    [[ip, field('ip_frag', 3, 3)], 'ip,nw_frag=later'],
    [[ip, field('ip_dscp', 9), field('ip_ecn', 0)], 'ip,nw_tos=36,nw_ecn=0'],
    [[ip, field('ip_proto', 2)], 'ip,nw_proto=2'],
    [[ip, field('ipv4_dst', 0x01000300, 0xff00ff00)], 'ip,nw_dst=1.0.3.0/255.0.255.0'],
    [[ip, field('ipv4_src', 0, 0x80000000)], 'ip,nw_src=0.0.0.0/1'],
    [[field('eth_type', 0x86dd), field('ipv6_src', 1n, 1n)], 'ipv6,ipv6_src=::1/::1'],
    [[field('eth_type', 0x88cc), field('metadata', 0n)], 'metadata=0,dl_type=0x88cc'],
    [[field('in_port', OFPP.LOCAL)], 'in_port=LOCAL'],
    [[field('reg3', 0, 0)], ''],
  ]
  for (const [match, text] of tests) t.equal(formatMatch(match), text)
})

t.test('actions and instructions read as ovs-ofctl writes them', async (t) => {
  const tests: [Action[], string][] = [
    [[], 'drop'],
    [[{ type: 'output', port: OFPP.CONTROLLER, max_len: 128 }], 'CONTROLLER:128'],
    [[{ type: 'resubmit_table', in_port: 0xfff8, table: 255 }], 'resubmit(,)'],
    [[{ type: 'resubmit_table', in_port: 0xfffe, table: 255 }], 'resubmit:LOCAL'],
    [
      [{ type: 'reg_load', dst: { field: 'reg0', offset: 3, bits: 1 }, value: 1n }],
      'load:0x1->NXM_NX_REG0[3]',
    ],
    [[{ type: 'set_field', field: field('vlan_vid', 0x1005) }], 'set_field:4101->vlan_vid'],
    [[{ type: 'set_field', field: field('reg0', 0) }], 'set_field:0->reg0'],
    [[{ type: 'set_nw_ttl', ttl: 3 }, { type: 'dec_nw_ttl' }], 'mod_nw_ttl:3,dec_ttl'],
  ]
  for (const [actions, text] of tests) t.equal(formatActions(actions), text)
  t.equal(formatInstructions([{ type: 'apply_actions', actions: [] }]), 'drop')
  t.equal(formatInstructions([{ type: 'write_actions', actions: [] }]), 'write_actions(drop)')
  const masked = { type: 'write_metadata', metadata: 5n, metadata_mask: 0xffn } as const
  t.equal(formatInstructions([masked, { type: 'meter', meter_id: 4 }]), 'meter:4,write_metadata:0x5/0xff')
})

t.test('canonical forms', async (t) => {
  const match: Match = [
    { field: 'unknown', header: 0x0001d504, data: Uint8Array.of(1, 2, 3, 4) },
    field('metadata', 5n, 0xffff_ffff_ffff_ffffn),
    field('reg0', 1, 3),
    field('reg1', 0, 0),
    field('vlan_vid', 0x1005, 0xffff),
    field('eth_src', 0x010000000000, 0xffffffffffff),
    field('vlan_pcp', 1),
    field('in_port', 7),
  ]
  const before = structuredClone(match)
  t.same(canonicalMatch(match), [
    field('in_port', 7),
    field('eth_src', 0x010000000000),
    field('vlan_vid', 0x1005),
    field('vlan_pcp', 1),
    field('reg0', 1, 3),
    field('metadata', 5n),
    match[0],
  ])
  t.same(match, before, 'the input is as it was')
  t.same(canonicalMatch(canonicalMatch(match)), canonicalMatch(match))
  t.same(
    canonicalInstructions([
      { type: 'goto_table', table_id: 4 },
      { type: 'apply_actions', actions: [] },
      { type: 'write_actions', actions: [] },
      { type: 'clear_actions' },
      { type: 'meter', meter_id: 1 },
    ]),
    [{ type: 'meter', meter_id: 1 }, { type: 'clear_actions' }, { type: 'goto_table', table_id: 4 }],
  )
})

t.test('errors have the names of the specification', async (t) => {
  t.equal(errorName(5, 1, null), 'OFPFMFC_TABLE_FULL')
  t.equal(errorName(13, 5, null), 'OFPTFFC_EPERM')
  t.equal(errorName(0xffff, 2313, 0x4f4e4600), 'OFPBFC_MSG_FAILED')
  t.equal(errorName(0xffff, 35, 0x2320), 'NXR_STALE')
  t.equal(errorName(77, 1, null), 'type 77 code 1')
  t.equal(errorName(0xffff, 1, 0x99), 'experimenter 0x99 code 1')
})

t.test('an error with a cut message has a text', async (t) => {
  const data = Uint8Array.of(4, 14, 0, 80, 0, 0, 0, 1, 0, 0)
  const text = formatMessage({
    type: 'error',
    xid: 1,
    version: 4,
    error_type: 5,
    code: 6,
    experimenter: null,
    data,
  })
  t.equal(
    text,
    'OFPT_ERROR (OF1.3) (xid=0x1): OFPFMFC_BAD_COMMAND\nOFPT_FLOW_MOD (OF1.3) (xid=0x1):\n(***truncated to 10 bytes from 80***)',
  )
})
