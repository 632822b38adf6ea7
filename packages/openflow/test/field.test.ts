/** Fields and the actions that name them: spellings, what is refused, prerequisites, how deep actions may nest. */
import {
  type Action,
  ALL_FLOWS,
  DecodeError,
  decode,
  EncodeError,
  encode,
  FIELDS,
  type FieldName,
  type FieldSpec,
  type FieldValue,
  fieldOf,
  flowMod,
  type Match,
  type MatchField,
  missingPrerequisite,
  OFP_NO_BUFFER,
  OFPFC,
  OFPG,
  OFPP,
  OFPTT,
  type OxmField,
  type PacketIn,
  type PacketOut,
  parseFlow,
  SPELLING,
} from '@openvnet/openflow'
import t from 'tap'

const field = (name: FieldName, value: FieldValue, mask: FieldValue | null = null): OxmField => ({
  field: name,
  value,
  mask,
})
const packetIn = (match: Match): PacketIn => ({
  type: 'packet_in',
  xid: 1,
  buffer_id: 0xffffffff,
  total_len: 0,
  reason: 0,
  table_id: 0,
  cookie: 0n,
  match,
  data: new Uint8Array(0),
})
const packetOut = (actions: readonly Action[]): PacketOut => ({
  type: 'packet_out',
  xid: 1,
  buffer_id: 0xffffffff,
  in_port: 1,
  actions,
  data: new Uint8Array(0),
})

/** A packet-in with these TLVs. */
function withTlvs(hex: string): Uint8Array {
  const tlvs = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  const bytes = Buffer.alloc(24 + ((4 + tlvs.length + 7) & ~7) + 2)
  bytes.set([4, 10])
  bytes.writeUInt16BE(bytes.length, 2)
  bytes.writeUInt16BE(1, 24)
  bytes.writeUInt16BE(4 + tlvs.length, 26)
  bytes.set(tlvs, 28)
  return bytes
}
const matchOf = (hex: string): Match => (decode(withTlvs(hex)) as PacketIn).match

t.test('the spelling on the wire is kept', async (t) => {
  const spellings: [string, MatchField][] = [
    ['80000806 525400000001', field('eth_src', 0x525400000001)],
    ['00000406 525400000001', { ...field('eth_src', 0x525400000001), alias: 'NXM_OF_ETH_SRC' }],
    ['00012008 0000000000000005', { ...field('tunnel_id', 5n), alias: 'NXM_NX_TUN_ID' }],
    ['ffff5406 4f4e4600 0012', field('tcp_flags', 0x12)],
    ['ffff5508 4f4e4600 0012 0016', field('tcp_flags', 0x12, 0x16)],
    ['80005402 0012', { ...field('tcp_flags', 0x12), alias: 'OXM_OF_TCP_FLAGS' }],
    ['00014402 0012', { ...field('tcp_flags', 0x12), alias: 'NXM_NX_TCP_FLAGS' }],
    ['ffff0008 00002320 00000007', { ...field('dp_hash', 7), alias: 'NXOXM_ET_DP_HASH' }],
    ['80010008 0000000100000002', field('xreg0', 0x1_0000_0002n)],
    ['80004a03 010203', field('pbb_isid', 0x010203)],
    ['00015001 05', field('tun_metadata0', Uint8Array.of(5))],
    ['0001cf04 0005 0007', field('tun_metadata63', Uint8Array.of(0, 5), Uint8Array.of(0, 7))],
    ['00013c01 40', field('mpls_ttl', 0x40)],
    [
      '00013c08 0000000000000001',
      { field: 'unknown', header: 0x00013c08, data: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1) },
    ],
    [
      'ffff0206 01020304 0506',
      { field: 'unknown', header: 0xffff0206, data: Uint8Array.of(1, 2, 3, 4, 5, 6) },
    ],
  ]
  for (const [hex, expected] of spellings) {
    t.same(matchOf(hex), [expected], hex)
    t.same(Buffer.from(encode(decode(withTlvs(hex)))), Buffer.from(withTlvs(hex)), `${hex} encodes`)
  }
})

t.test('a field of a match has the type that its value has', async (t) => {
  const match: Match = [
    { field: 'unknown', header: 0x80001e04, data: new Uint8Array(4) },
    { field: 'in_port', value: 7, mask: null },
    { field: 'metadata', value: 1n, mask: 3n },
    { field: 'ipv6_src', value: 1n << 120n, mask: null },
    { field: 'tun_metadata0', value: Uint8Array.of(1), mask: null },
  ]
  const port: number | undefined = fieldOf(match, 'in_port')?.value
  const mask: bigint | null | undefined = fieldOf(match, 'metadata')?.mask
  const address: bigint | undefined = fieldOf(match, 'ipv6_src')?.value
  const bytes: Uint8Array | undefined = fieldOf(match, 'tun_metadata0')?.value
  t.same([port, mask, address, bytes], [7, 3n, 1n << 120n, Uint8Array.of(1)])
  t.equal(fieldOf(match, 'eth_src'), undefined)
})

t.test('a flow-mod says what is usual, and what it is told', async (t) => {
  const usual = { out_port: OFPP.ANY, out_group: OFPG.ANY, buffer_id: OFP_NO_BUFFER, cookie_mask: 0n }
  const flow = parseFlow('table=3,priority=7,cookie=5,idle_timeout=9,send_flow_rem,ip,actions=output:2')
  t.same(flowMod(flow), { type: 'flow_mod', command: OFPFC.ADD, ...usual, ...flow })
  const dumped = { ...flow, duration_sec: 1, duration_nsec: 2, packet_count: 3n, byte_count: 4n }
  t.same(flowMod(dumped), flowMod(flow), 'counters of a dump are no part of it')
  const deletion = flowMod(flow, { command: OFPFC.DELETE_STRICT, cookie_mask: 0xffn, xid: 8 })
  t.same(deletion, { ...flowMod(flow), command: OFPFC.DELETE_STRICT, cookie_mask: 0xffn, xid: 8 })
  t.same(decode(encode({ ...deletion, xid: 8 })), deletion)
  const bare = { table_id: 0, priority: 1, match: [], instructions: [] }
  t.match(flowMod(bare), { cookie: 0n, idle_timeout: 0, hard_timeout: 0, flags: 0 })
  const { buffer_id: _, ...filters } = usual
  t.same(ALL_FLOWS, { table_id: OFPTT.ALL, ...filters, cookie: 0n, match: [] })
})

t.test('every field has one name and one code', async (t) => {
  const codes = Object.values(FIELDS).map(
    (spec: FieldSpec) => `${spec.class} ${spec.number} ${spec.experimenter}`,
  )
  t.equal(new Set(codes).size, codes.length)
  const names = Object.values(SPELLING).map((spelling) => spelling.action)
  t.equal(new Set(names).size, names.length)
  for (const [name, spec] of Object.entries(FIELDS) as [string, FieldSpec][]) {
    const before = Object.keys(FIELDS).slice(0, Object.keys(FIELDS).indexOf(name))
    for (const needed of Object.keys(spec.needs ?? {})) t.ok(before.includes(needed), `${name}: ${needed}`)
  }
})

t.test('what no field can be is refused', async (t) => {
  const wrong: Record<string, [hex: string, code: string]> = {
    'too short': ['80000a01 08', 'length'],
    'half of a mask': ['80000303 010203', 'length'],
    'a value outside of its mask': ['0001010800000003 00000001', 'value'],
    'more bits than the field has': ['80000c02 2000', 'value'],
    'a mask where none may be': ['80000b04 0800 ff00', 'value'],
    twice: ['80000a02 0800 80000a02 0806', 'value'],
    'twice, in two spellings': ['80000a02 0800 00000602 0800', 'value'],
    'twice, unknown': ['12340001 00 12340001 01', 'value'],
    'an experimenter field without experimenter': ['ffff5402 0012', 'length'],
    'an experimenter field with a short mask': ['ffff5507 4f4e4600 001200', 'length'],
    'tunnel metadata of no bytes': ['00015000', 'length'],
    'tunnel metadata with half of a mask': ['00015103 010203', 'length'],
  }
  for (const [what, [hex, code]] of Object.entries(wrong)) {
    t.throws(() => decode(withTlvs(hex)), { name: 'DecodeError', code }, what)
  }
  t.same(matchOf('80000b04 0800 ffff'), [field('eth_type', 0x0800, 0xffff)], 'a mask of all')
})

t.test('what has no bytes is not encoded', async (t) => {
  const matches: Record<string, Match> = {
    'a mask where none may be': [field('eth_type', 0, 0xff)],
    'an alias of another field': [{ ...field('eth_src', 1), alias: 'NXM_OF_ETH_DST' }],
    'tunnel metadata that is a number': [field('tun_metadata0', 1)],
    'tunnel metadata that is too long': [field('tun_metadata0', new Uint8Array(125))],
  }
  for (const [what, match] of Object.entries(matches)) {
    t.throws(() => encode(packetIn(match)), EncodeError, what)
  }
  const actions: Record<string, Action> = {
    'a note of 7 bytes': { type: 'note', note: new Uint8Array(7) },
    'an experimenter field in a load': {
      type: 'reg_load',
      dst: { field: 'nsh_c1', offset: 0, bits: 8 },
      value: 1n,
    },
    'a zone of 8 bits': {
      type: 'ct',
      flags: 0,
      zone: { field: 'reg0', offset: 0, bits: 8 },
      recirc_table: 255,
      alg: 0,
      actions: [],
    },
    'a load of 65 bits': { type: 'output_reg', src: { field: 'xxreg0', offset: 0, bits: 65 }, max_len: 0 },
    'bits beyond the mapped option': {
      type: 'stack_push',
      src: { field: 'tun_metadata0', offset: 0, bits: 33, bytes: 4 },
    },
    'an action that there is not': { type: 'fly' } as unknown as Action,
  }
  for (const [what, action] of Object.entries(actions)) {
    t.throws(() => encode(packetOut([action])), EncodeError, what)
  }
})

t.test('prerequisites come before', async (t) => {
  const ip = field('eth_type', 0x0800)
  const ip6 = field('eth_type', 0x86dd)
  const icmp6 = [ip6, field('ip_proto', 58)]
  const met: Match[] = [
    [],
    [ip, field('ip_proto', 6), field('tcp_src', 1), field('tcp_flags', 2)],
    [ip6, field('ip_proto', 6), field('tcp_src', 1)],
    [field('eth_type', 0x8035), field('arp_spa', 1)],
    [field('vlan_vid', 0x1000, 0x1000), field('vlan_pcp', 1)],
    [field('vlan_tci', 0x1005), field('vlan_pcp', 1)],
    [...icmp6, field('icmpv6_type', 135), field('icmpv6_code', 0), field('ipv6_nd_sll', 1)],
    [...icmp6, field('icmpv6_type', 135), field('ipv6_nd_target', 1n)],
    [ip, field('ip_frag', 1), field('ip_proto', 6), field('tcp_src', 1)],
    [field('ct_state', 1, 1), field('ct_nw_proto', 6), field('ct_tp_dst', 80)],
    [field('ct_state', 1, 1), field('ct_tp_dst', 80)],
    [field('ct_state', 0x20, 0x30), field('ct_nw_proto', 6)],
    [field('reg0', 1), { field: 'unknown', header: 0x12340000, data: new Uint8Array(0) }],
  ]
  for (const match of met) t.equal(missingPrerequisite(match), null)
  const missing: [FieldName, Match][] = [
    ['ip_proto', [field('ip_proto', 6)]],
    ['ip_proto', [field('eth_type', 0x0806), field('ip_proto', 6)]],
    ['ipv4_src', [field('ipv4_src', 6), ip]],
    ['tcp_src', [ip, field('ip_proto', 17), field('tcp_src', 1)]],
    ['vlan_pcp', [field('vlan_vid', 0), field('vlan_pcp', 1)]],
    ['ipv6_nd_tll', [...icmp6, field('icmpv6_type', 135), field('icmpv6_code', 0), field('ipv6_nd_tll', 1)]],
    [
      'ipv6_nd_target',
      [...icmp6, field('icmpv6_type', 135), field('icmpv6_code', 1), field('ipv6_nd_target', 1n)],
    ],
    ['tcp_src', [ip, field('ip_frag', 2, 2), field('ip_proto', 6), field('tcp_src', 1)]],
    ['icmpv4_type', [ip, field('ip_frag', 3), field('ip_proto', 1), field('icmpv4_type', 8)]],
    ['ct_nw_proto', [field('ct_state', 0x20, 0x20), field('ct_nw_proto', 6)]],
    ['ct_nw_src', [field('ct_state', 1, 1), field('ct_nw_src', 6)]],
    ['mpls_label', [ip, field('mpls_label', 6)]],
  ]
  for (const [name, match] of missing) t.equal(missingPrerequisite(match), name)
})

/** Clones around an `exit`, `depth` deep. */
function nested(depth: number): Action {
  let action: Action = { type: 'exit' }
  for (let level = 0; level < depth; level++) action = { type: 'clone', actions: [action] }
  return action
}

t.test('actions nest sixteen levels deep', async (t) => {
  const message = packetOut([nested(16)])
  const bytes = encode(message)
  t.same(decode(bytes), message)
  t.throws(() => encode(packetOut([nested(17)])), EncodeError)
  // One clone more around the actions.
  const deeper = Buffer.concat([
    bytes.subarray(0, 24),
    Buffer.from('ffff0000000023 20002a000000000000'.replaceAll(' ', ''), 'hex'),
    bytes.subarray(24),
  ])
  deeper.writeUInt16BE(deeper.length, 2)
  deeper.writeUInt16BE(deeper.length - 24, 16)
  deeper.writeUInt16BE(deeper.length - 24, 26)
  t.throws(() => decode(deeper), { name: 'DecodeError', code: 'value' })
})

t.test('an action that names an unknown field stays as it is', async (t) => {
  const move = 'ffff0018 00002320 0006 0010 0000 0000 12340002 00000206'.replaceAll(' ', '')
  const bytes = Buffer.from(
    `040d0030000000010000000100000001 0018 000000000000 ${move}`.replaceAll(' ', ''),
    'hex',
  )
  const message = decode(bytes) as PacketOut
  t.match(message.actions, [{ type: 'unknown', experimenter: 0x2320 }])
  t.same(Buffer.from(encode(message)), bytes)
  bytes.writeUInt32BE(0x00010004, 40)
  bytes.writeUInt16BE(33, 34)
  t.throws(() => decode(bytes), DecodeError, 'bits that the field does not have')
})
