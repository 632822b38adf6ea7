/** Random messages beyond the flow that Open vSwitch accepts, for the agreement of our text with its. */
import {
  type FlowMod,
  type Message,
  type MeterBand,
  type MultipartReply,
  type MultipartRequest,
  OFP_NO_BUFFER,
  OFPG,
  OFPM,
  OFPP,
} from '@openvnet/openflow'
import fc from 'fast-check'
import { u8, u16, u32, u64 } from './arbitrary.ts'

const xid = 0
const few = <T>(arbitrary: fc.Arbitrary<T>, minLength = 0): fc.Arbitrary<T[]> =>
  fc.array(arbitrary, { minLength, maxLength: 3 })
const either = <const T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model) as never
const message = (
  type: Message['type'],
  model: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Message> => fc.record(model).map((fields) => ({ type, xid, ...fields }) as unknown as Message)
const reply = (body: fc.Arbitrary<unknown>): fc.Arbitrary<Message> =>
  body.map((one) => ({ type: 'multipart_reply', xid, flags: 0, body: one as MultipartReply['body'] }))
const request = (body: fc.Arbitrary<unknown>): fc.Arbitrary<Message> =>
  body.map((one) => ({ type: 'multipart_request', xid, flags: 0, body: one as MultipartRequest['body'] }))

const port = fc.oneof(fc.integer({ min: 1, max: 0xfeff }), either(OFPP.LOCAL))
const meterId = fc.oneof(fc.integer({ min: 1, max: 1000 }), either(OFPM.CONTROLLER, OFPM.SLOWPATH))
const band: fc.Arbitrary<MeterBand> = fc.oneof(
  record<MeterBand>({ type: either('drop'), rate: u32, burst_size: u32 }),
  record<MeterBand>({ type: either('dscp_remark'), rate: u32, burst_size: u32, prec_level: u8 }),
)
const meterFlags = either(1, 2, 5, 6, 9, 13)
const time = { duration_sec: fc.nat(1_000_000), duration_nsec: either(0, 7_000_000, 123_456_789) }
const mac = fc.integer({ min: 0, max: 2 ** 48 - 1 })
const configBits = fc.integer({ min: 0, max: 0x7f }).map((bits) => bits & 0x65)

const meters: readonly fc.Arbitrary<Message>[] = [
  message('meter_mod', { command: either(0, 1, 2), flags: meterFlags, meter_id: meterId, bands: few(band) }),
  reply(
    record({
      type: either('meter_config'),
      meters: few(record({ flags: meterFlags, meter_id: meterId, bands: few(band) })),
    }),
  ),
  reply(
    record({
      type: either('meter'),
      meters: few(
        record({
          meter_id: meterId,
          flow_count: u32,
          packet_in_count: u64,
          byte_in_count: u64,
          ...time,
          band_stats: few(record({ packet_band_count: u64, byte_band_count: u64 })),
        }),
      ),
    }),
  ),
  reply(
    record({
      type: either('meter_features'),
      max_meter: u32,
      band_types: either(0, 2, 4, 6),
      capabilities: fc.nat(15),
      max_bands: u8,
      max_color: u8,
    }),
  ),
  request(record({ type: either('meter', 'meter_config'), meter_id: fc.oneof(meterId, either(OFPM.ALL)) })),
]

const rate = record({ type: either('min_rate', 'max_rate'), rate: fc.nat(2000) })
const queues: readonly fc.Arbitrary<Message>[] = [
  message('queue_get_config_request', { port: fc.oneof(fc.nat(99), either(OFPP.ANY)) }),
  fc.tuple(port, fc.uniqueArray(fc.nat(99), { maxLength: 4 }), rate).map(([one, ids, property]): Message => {
    const queues = ids.map((queue_id) => ({ queue_id, port: one, properties: [property] }))
    return { type: 'queue_get_config_reply', xid, port: one, queues }
  }),
  request(record({ type: either('queue'), port_no: port, queue_id: either(0, 7, 0xffffffff) })),
  reply(
    record({
      type: either('queue'),
      queues: few(
        record({ port_no: port, queue_id: u16, tx_bytes: u64, tx_packets: u64, tx_errors: u64, ...time }),
      ),
    }),
  ),
]

const four = fc.tuple(u32, u32, u32, u32)
const groups: readonly fc.Arbitrary<Message>[] = [
  request(record({ type: either('group'), group_id: either(1, 77, OFPG.ALL) })),
  reply(
    record({
      type: either('group'),
      groups: few(
        record({
          group_id: u16,
          ref_count: u16,
          packet_count: u64,
          byte_count: u64,
          ...time,
          bucket_stats: few(record({ packet_count: u64, byte_count: u64 })),
        }),
      ),
    }),
  ),
  reply(
    record({
      type: either('group_features'),
      types: fc.nat(15),
      capabilities: fc.nat(15),
      max_groups: four,
      actions: four,
    }),
  ),
]

const small = fc.nat(7)
const asyncMasks = {
  packet_in_mask: fc.tuple(small, small),
  port_status_mask: fc.tuple(small, small),
  flow_removed_mask: fc.tuple(fc.nat(63), fc.nat(63)),
}
const tlvMap = record({
  option_class: u16,
  option_type: u8,
  option_len: fc.integer({ min: 1, max: 31 }).map((words) => words * 4),
  index: fc.nat(63),
})
const v4 = u32.map((address) => 0xffff_0000_0000n | BigInt(address))
const ctTuple = fc.tuple(v4, v4, u16, u16).map(([src, dst, from, to]) => [
  { type: 'src', address: src },
  { type: 'dst', address: dst },
  { type: 'src_port', value: from },
  { type: 'dst_port', value: to },
])

const settings: readonly fc.Arbitrary<Message>[] = [
  message('port_mod', { port_no: port, hw_addr: mac, config: configBits, mask: configBits, advertise: u16 }),
  message('table_mod', { table_id: u8, config: either(0) }),
  message('get_async_reply', asyncMasks),
  message('set_async', asyncMasks),
  message('nxt_set_async_config', asyncMasks),
  message('role_status', { role: either(1, 2, 3), reason: either(0, 1, 2), generation_id: u64 }),
  message('flow_monitor_cancel', { monitor_id: u32 }),
  message('nxt_role_request', { role: either(0, 1, 2) }),
  message('nxt_set_packet_in_format', { format: either(0, 1, 2) }),
  message('nxt_set_controller_id', { controller_id: u16 }),
  message('nxt_tlv_table_mod', { command: either(0, 1), maps: few(tlvMap, 1) }),
  message('nxt_tlv_table_reply', { max_option_space: u32, max_fields: either(64), maps: few(tlvMap) }),
  message('nxt_ct_flush_zone', { zone_id: u16 }),
  fc.tuple(ctTuple, ctTuple, u16).map(
    ([orig, reply, zone_id]) =>
      ({
        type: 'nxt_ct_flush',
        xid,
        ip_proto: 6,
        properties: [
          { type: 'orig_tuple', tuple: orig },
          { type: 'reply_tuple', tuple: reply },
          { type: 'zone', zone_id },
        ],
      }) as Message,
  ),
]

/** Monitors and their updates, of flows that Open vSwitch accepts. */
const monitors = (flows: fc.Arbitrary<FlowMod>): readonly fc.Arbitrary<Message>[] => [
  request(
    fc
      .tuple(flows, fc.integer({ min: 1, max: 63 }), either(OFPP.ANY, 2), either(0, 3, 255))
      .map(([{ match }, flags, out_port, table_id]) => ({
        type: 'flow_monitor',
        // A monitor of nothing is refused.
        monitors: [{ monitor_id: 5, flags: flags | 2, out_port, table_id, match }],
      })),
  ),
  reply(
    few(fc.tuple(flows, either('added', 'deleted', 'modified'), fc.nat(5))).map((updates) => ({
      type: 'flow_monitor',
      updates: updates.map(([flow, type, reason]) => ({
        type,
        reason: type === 'deleted' ? reason : 0,
        priority: flow.priority,
        idle_timeout: flow.idle_timeout,
        hard_timeout: flow.hard_timeout,
        table_id: flow.table_id,
        cookie: flow.cookie,
        match: flow.match,
        instructions: flow.instructions,
      })),
    })),
  ),
]

const packetIn2 = fc.tuple(u8, u64, fc.nat(2), u32).map(
  ([table_id, cookie, reason, reg]): Message => ({
    type: 'nxt_packet_in2',
    xid,
    properties: [
      { type: 'packet', data: new Uint8Array(14) },
      { type: 'buffer_id', buffer_id: OFP_NO_BUFFER },
      { type: 'table_id', table_id },
      { type: 'cookie', cookie },
      { type: 'reason', reason },
      {
        type: 'metadata',
        metadata: [
          { field: 'in_port', value: 7, mask: null },
          { field: 'reg4', value: reg, mask: null },
        ],
      },
    ],
  }),
)

export const saneOther = (flows: fc.Arbitrary<FlowMod>): fc.Arbitrary<Message> =>
  fc.oneof(...meters, ...queues, ...groups, ...settings, ...monitors(flows), packetIn2)
