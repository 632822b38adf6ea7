/**
 * Random messages. `anyMessage` has everything that the types allow; `saneMessage` only what Open vSwitch accepts:
 * fields with their prerequisites, actions that fit the match.
 */
import type { Action, Bucket, Instruction, Match, Message } from '@openvnet/openflow'
import fc from 'fast-check'
import { anyActions } from './arbitrary-action.ts'
import { anyMatch, literal, padded, record, u8, u16, u32, u48, u64 } from './arbitrary-field.ts'
import { type Needed, otherMessage, withProperties } from './arbitrary-message.ts'

export { fieldOf, u8, u16, u32, u64 } from './arbitrary-field.ts'

const bytes = fc.uint8Array({ maxLength: 80 })
const name = (max: number): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(`^[a-z][a-z0-9-]{0,${max - 1}}$`))
const anyInstruction: fc.Arbitrary<Instruction> = fc.oneof(
  record<Instruction>({ type: literal('goto_table'), table_id: u8 }),
  record<Instruction>({ type: literal('write_metadata'), metadata: u64, metadata_mask: u64 }),
  record<Instruction>({ type: literal('write_actions'), actions: anyActions }),
  record<Instruction>({ type: literal('apply_actions'), actions: anyActions }),
  literal<Instruction>({ type: 'clear_actions' }),
  record<Instruction>({ type: literal('meter'), meter_id: u32 }),
  record<Instruction>({ type: literal('experimenter'), experimenter: u32, data: padded(8) }),
  record<Instruction>({ type: literal('unknown'), instruction_type: literal(77), data: padded(4) }),
)
const anyInstructions = fc.array(anyInstruction, { maxLength: 4 })

const bucketsOf = (actions: fc.Arbitrary<readonly Action[]>): fc.Arbitrary<Bucket[]> =>
  fc.array(record<Bucket>({ weight: u16, watch_port: u32, watch_group: u32, actions }), { maxLength: 4 })

const port = record<Extract<Message, { type: 'port_status' }>['port']>({
  port_no: u32,
  hw_addr: u48,
  name: name(15),
  config: u32,
  state: u32,
  curr: u32,
  advertised: u32,
  supported: u32,
  peer: u32,
  curr_speed: u32,
  max_speed: u32,
})

type M<T extends Message['type']> = Extract<Message, { readonly type: T }>
const of = <T extends Message['type']>(
  type: T,
  model: { [K in Needed<M<T>>]: fc.Arbitrary<M<T>[K]> },
): fc.Arbitrary<Message> =>
  record({ type: literal(type), xid: u32, ...model } as never) as unknown as fc.Arbitrary<Message>

const filter = (type: 'flow' | 'aggregate', match: fc.Arbitrary<Match>) =>
  record<Extract<M<'multipart_request'>['body'], { type: 'flow' | 'aggregate' }>>({
    type: literal(type) as never,
    table_id: u8,
    out_port: u32,
    out_group: u32,
    cookie: u64,
    cookie_mask: u64,
    match,
  })

const flowStats = record<Extract<M<'multipart_reply'>['body'], { type: 'flow' }>['flows'][number]>({
  table_id: u8,
  duration_sec: u32,
  duration_nsec: u32,
  priority: u16,
  idle_timeout: u16,
  hard_timeout: u16,
  flags: u16,
  cookie: u64,
  packet_count: u64,
  byte_count: u64,
  match: anyMatch,
  instructions: anyInstructions,
})
const portStats = record<Extract<M<'multipart_reply'>['body'], { type: 'port_stats' }>['ports'][number]>({
  port_no: u32,
  rx_packets: u64,
  tx_packets: u64,
  rx_bytes: u64,
  tx_bytes: u64,
  rx_dropped: u64,
  tx_dropped: u64,
  rx_errors: u64,
  tx_errors: u64,
  rx_frame_err: u64,
  rx_over_err: u64,
  rx_crc_err: u64,
  collisions: u64,
  duration_sec: u32,
  duration_nsec: fc.integer({ min: 0, max: 999_999_999 }),
})
const tableStats = record<Extract<M<'multipart_reply'>['body'], { type: 'table' }>['tables'][number]>({
  table_id: u8,
  active_count: u32,
  lookup_count: u64,
  matched_count: u64,
})
const groupDesc = record<Extract<M<'multipart_reply'>['body'], { type: 'group_desc' }>['groups'][number]>({
  group_type: u8,
  group_id: u32,
  buckets: bucketsOf(anyActions),
})

const multipartRequest = of('multipart_request', {
  flags: fc.constantFrom(0, 1),
  body: fc.oneof(
    fc.constantFrom('desc', 'table', 'group_desc', 'port_desc').map((type) => ({ type }) as never),
    filter('flow', anyMatch),
    filter('aggregate', anyMatch),
    record({ type: literal('port_stats'), port_no: u32 }),
    record({ type: literal('unknown'), multipart_type: fc.constantFrom(20, 99, 0xfffe), data: bytes }),
  ) as fc.Arbitrary<M<'multipart_request'>['body']>,
})
const multipartReply = of('multipart_reply', {
  flags: fc.constantFrom(0, 1),
  body: fc.oneof(
    record({
      type: literal('desc'),
      mfr_desc: name(255),
      hw_desc: name(40),
      sw_desc: literal('ünïcode'),
      serial_num: name(31),
      dp_desc: literal(''),
    }),
    record({ type: literal('flow'), flows: fc.array(flowStats, { maxLength: 4 }) }),
    record({ type: literal('aggregate'), packet_count: u64, byte_count: u64, flow_count: u32 }),
    record({ type: literal('table'), tables: fc.array(tableStats, { maxLength: 4 }) }),
    record({ type: literal('port_stats'), ports: fc.array(portStats, { maxLength: 3 }) }),
    record({ type: literal('group_desc'), groups: fc.array(groupDesc, { maxLength: 3 }) }),
    record({ type: literal('port_desc'), ports: fc.array(port, { maxLength: 3 }) }),
    record({ type: literal('unknown'), multipart_type: fc.constantFrom(20, 99, 0xfffe), data: bytes }),
  ) as fc.Arbitrary<M<'multipart_reply'>['body']>,
})

const flowMod = (match: fc.Arbitrary<Match>, instructions: fc.Arbitrary<readonly Instruction[]>) =>
  of('flow_mod', {
    cookie: u64,
    cookie_mask: u64,
    table_id: u8,
    command: u8,
    idle_timeout: u16,
    hard_timeout: u16,
    priority: u16,
    buffer_id: u32,
    out_port: u32,
    out_group: u32,
    flags: u16,
    match,
    instructions,
  })
const groupMod = of('group_mod', {
  command: u16,
  group_type: u8,
  group_id: u32,
  buckets: bucketsOf(anyActions),
})
const packetOut = of('packet_out', { buffer_id: u32, in_port: u32, actions: anyActions, data: bytes })
const unknownMessage = of('unknown', { message_type: fc.constantFrom(30, 99, 200), data: bytes })

/** Encode writes the outer xid into the message of a bundle: give it the same to begin with. */
const bundleAdd = (messages: fc.Arbitrary<Message>): fc.Arbitrary<Message> =>
  fc.tuple(u32, u16, messages).map(([bundle_id, flags, message]) => ({
    type: 'bundle_add_message',
    xid: message.xid,
    bundle_id,
    flags,
    message: message as M<'flow_mod'>,
  }))

export const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  of('hello', {
    version: u8,
    elements: fc.array(
      fc.oneof(
        fc.uniqueArray(fc.integer({ min: 0, max: 70 }), { minLength: 1 }).map((versions) => ({
          type: 'versionbitmap' as const,
          versions: versions.sort((a, b) => a - b),
        })),
        record({ type: literal('unknown'), element_type: literal(9), data: bytes }),
      ),
      { maxLength: 3 },
    ) as fc.Arbitrary<M<'hello'>['elements']>,
  }),
  of('error', { version: u8, error_type: u8, code: u16, experimenter: literal(null), data: bytes }),
  of('error', {
    version: literal(4),
    error_type: literal(0xffff),
    code: u16,
    experimenter: u32,
    data: bytes,
  }),
  of('echo_request', { data: bytes }),
  of('echo_reply', { data: bytes }),
  of('experimenter', { experimenter: u32, exp_type: fc.constantFrom(1, 2302, 1870), data: bytes }),
  fc
    .tuple(u32, fc.constantFrom('features_request', 'get_config_request', 'barrier_request', 'barrier_reply'))
    .map(([xid, type]) => ({ type, xid }) as Message),
  of('features_reply', {
    datapath_id: u64,
    n_buffers: u32,
    n_tables: u8,
    auxiliary_id: u8,
    capabilities: u32,
    reserved: u32,
  }),
  of('get_config_reply', { flags: u16, miss_send_len: u16 }),
  of('set_config', { flags: u16, miss_send_len: u16 }),
  of('packet_in', {
    buffer_id: u32,
    total_len: u16,
    reason: u8,
    table_id: u8,
    cookie: u64,
    match: anyMatch,
    data: bytes,
  }),
  packetOut,
  of('flow_removed', {
    cookie: u64,
    priority: u16,
    reason: u8,
    table_id: u8,
    duration_sec: u32,
    duration_nsec: u32,
    idle_timeout: u16,
    hard_timeout: u16,
    packet_count: u64,
    byte_count: u64,
    match: anyMatch,
  }),
  of('port_status', { reason: u8, port }),
  { weight: 5, arbitrary: flowMod(anyMatch, anyInstructions) },
  groupMod,
  of('role_request', { role: u32, generation_id: u64 }),
  of('role_reply', { role: u32, generation_id: u64 }),
  multipartRequest,
  { weight: 5, arbitrary: multipartReply },
  withProperties(of('bundle_control', { bundle_id: u32, control: u16, flags: u16 })),
  withProperties(
    bundleAdd(fc.oneof(flowMod(anyMatch, anyInstructions), groupMod, packetOut, unknownMessage)),
  ),
  { weight: 12, arbitrary: otherMessage(anyInstructions) },
  unknownMessage,
)
