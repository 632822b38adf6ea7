/** Random messages beyond the flow: ports, meters, queues, tables, monitors, and Open vSwitch's own. */
import type { Instruction, Message, MeterBand, MultipartReply, MultipartRequest } from '@openvnet/openflow'
import fc from 'fast-check'
import { anyMatch, literal, record, u8, u16, u32, u48, u64 } from './arbitrary-field.ts'

const bytes = fc.uint8Array({ maxLength: 40 })
const few = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(arbitrary, { maxLength: 3 })
const either = <const T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

type M<T extends Message['type']> = Extract<Message, { readonly type: T }>
/** The keys that a message of this type always has, beside the common ones. */
export type Needed<T> = Exclude<
  { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T],
  'type' | 'xid'
>
const of = <T extends Message['type']>(
  type: T,
  model: { [K in Needed<M<T>>]: fc.Arbitrary<M<T>[K]> },
): fc.Arbitrary<M<T>> =>
  record({ type: literal(type), xid: u32, ...model } as never) as unknown as fc.Arbitrary<M<T>>
const bare = <T extends Message['type']>(...types: readonly T[]): fc.Arbitrary<Message> =>
  fc.tuple(u32, either(...types)).map(([xid, type]) => ({ type, xid }) as unknown as Message)

const experimenterProperty = record({
  type: literal('experimenter'),
  experimenter: u32,
  exp_type: u32,
  data: bytes,
})
/** A property that is not known, of a type that no list has. */
const unknownProperty = record({
  type: literal('unknown'),
  property_type: fc.integer({ min: 100, max: 200 }),
  data: bytes,
})

const rates = { rate: u32, burst_size: u32 }
export const band: fc.Arbitrary<MeterBand> = fc.oneof(
  record<MeterBand>({ type: literal('drop'), ...rates }),
  record<MeterBand>({ type: literal('dscp_remark'), ...rates, prec_level: u8 }),
  record<MeterBand>({ type: literal('experimenter'), ...rates, experimenter: u32, data: bytes }),
  record<MeterBand>({ type: literal('unknown'), ...rates, band_type: literal(77), data: bytes }),
)
const meterMod = of('meter_mod', { command: u16, flags: u16, meter_id: u32, bands: few(band) })
const portMod = of('port_mod', { port_no: u32, hw_addr: u48, config: u32, mask: u32, advertise: u32 })
const groupMod = of('group_mod', { command: u16, group_type: u8, group_id: u32, buckets: literal([]) })

const queueProperty = fc.oneof(
  record({ type: either('min_rate', 'max_rate'), rate: u16 }),
  record({ type: literal('experimenter'), experimenter: u32, data: bytes }),
  record({ type: literal('unknown'), property_type: literal(9), data: bytes }),
)
/** The message as it is, or with properties, which are absent where there are none. */
export const withProperties = (messages: fc.Arbitrary<Message>): fc.Arbitrary<Message> =>
  fc
    .tuple(messages, few(fc.oneof(experimenterProperty, unknownProperty)))
    .map(([message, properties]) =>
      properties.length === 0 ? message : ({ ...message, properties } as Message),
    )

const queue = record({ queue_id: u32, port: u32, properties: few(queueProperty) })

const masks = fc.tuple(u32, u32)
const asyncMasks = { packet_in_mask: masks, port_status_mask: masks, flow_removed_mask: masks }

const basic: readonly fc.Arbitrary<Message>[] = [
  portMod,
  of('table_mod', { table_id: u8, config: u32 }),
  meterMod,
  of('queue_get_config_request', { port: u32 }),
  of('queue_get_config_reply', { port: u32, queues: few(queue) }),
  bare(
    'get_async_request',
    'flow_monitor_paused',
    'flow_monitor_resumed',
    'nxt_flow_age',
    'nxt_tlv_table_request',
  ),
  of('get_async_reply', asyncMasks),
  of('set_async', asyncMasks),
  withProperties(of('role_status', { role: u32, reason: u8, generation_id: u64 })),
  of('requestforward', {
    request: fc.oneof(groupMod, meterMod, of('unknown', { message_type: literal(99), data: bytes })),
  }),
  of('flow_monitor_cancel', { monitor_id: u32 }),
  withProperties(
    fc.tuple(u32, u16, portMod).map(
      ([bundle_id, flags, message]): Message => ({
        type: 'bundle_add_message',
        xid: message.xid,
        bundle_id,
        flags,
        message,
      }),
    ),
  ),
]

const packetIn2 = {
  properties: few(
    fc.oneof(
      record({ type: literal('packet'), data: bytes }),
      record({ type: literal('full_len'), full_len: u32 }),
      record({ type: literal('buffer_id'), buffer_id: u32 }),
      record({ type: literal('table_id'), table_id: u8 }),
      record({ type: literal('cookie'), cookie: u64 }),
      record({ type: literal('reason'), reason: u8 }),
      record({ type: literal('metadata'), metadata: anyMatch }),
      record({ type: literal('userdata'), userdata: bytes }),
      record({ type: literal('continuation'), continuation: bytes }),
      unknownProperty,
    ),
  ),
}
const u128 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n })
const tuple = few(
  fc.oneof(
    record({ type: either('src', 'dst'), address: u128 }),
    record({ type: either('src_port', 'dst_port', 'icmp_id'), value: u16 }),
    record({ type: either('icmp_type', 'icmp_code'), value: u8 }),
    unknownProperty,
  ),
)
const ctProperty = fc.oneof(
  record({ type: either('orig_tuple', 'reply_tuple'), tuple }),
  record({ type: literal('zone'), zone_id: u16 }),
  record({ type: either('mark', 'mark_mask'), mark: u32 }),
  record({ type: either('labels', 'labels_mask'), labels: u128 }),
  unknownProperty,
)
const tlvMap = record({ option_class: u16, option_type: u8, option_len: u8, index: u16 })

const nicira: readonly fc.Arbitrary<Message>[] = [
  of('nxt_role_request', { role: u32 }),
  of('nxt_role_reply', { role: u32 }),
  of('nxt_flow_mod_table_id', { set: u8 }),
  of('nxt_set_packet_in_format', { format: u32 }),
  of('nxt_packet_in', {
    buffer_id: u32,
    total_len: u16,
    reason: u8,
    table_id: u8,
    cookie: u64,
    match: anyMatch,
    data: bytes,
  }),
  of('nxt_set_async_config', asyncMasks),
  of('nxt_set_controller_id', { controller_id: u16 }),
  of('nxt_packet_in2', packetIn2),
  of('nxt_resume', packetIn2),
  of('nxt_set_async_config2', {
    properties: few(
      fc.oneof(
        record({ type: literal('mask'), target: fc.integer({ min: 0, max: 11 }), mask: u32 }),
        unknownProperty,
      ),
    ),
  }),
  of('nxt_tlv_table_mod', { command: u16, maps: few(tlvMap) }),
  of('nxt_tlv_table_reply', { max_option_space: u32, max_fields: u16, maps: few(tlvMap) }),
  of('nxt_ct_flush_zone', { zone_id: u16 }),
  of('nxt_ct_flush', { ip_proto: u8, properties: few(ctProperty) }),
]

const featureId = record({ id: u16, data: bytes })
const oxmId = fc.oneof(
  record({ header: fc.integer({ min: 0, max: 0xfffeffff }), experimenter: literal(null) }),
  record({ header: fc.integer({ min: 0xffff0000, max: 0xffffffff }), experimenter: u32 }),
)
const tableProperty = fc.oneof(
  record({ type: either('instructions', 'instructions_miss'), instruction_ids: few(featureId) }),
  record({ type: either('next_tables', 'next_tables_miss'), next_table_ids: few(u8) }),
  record({
    type: either('write_actions', 'write_actions_miss', 'apply_actions', 'apply_actions_miss'),
    action_ids: few(featureId),
  }),
  record({
    type: either('match', 'wildcards', 'write_setfield', 'apply_setfield', 'apply_setfield_miss'),
    oxm_ids: few(oxmId),
  }),
  record({
    type: either('experimenter', 'experimenter_miss'),
    experimenter: u32,
    exp_type: u32,
    data: bytes,
  }),
  unknownProperty,
)
const tableFeatures = record({
  table_id: u8,
  name: fc.stringMatching(/^[a-z0-9]{0,31}$/),
  metadata_match: u64,
  metadata_write: u64,
  config: u32,
  max_entries: u32,
  properties: fc.array(tableProperty, { maxLength: 6 }),
})
const tableFeaturesBody = record({ type: literal('table_features'), tables: few(tableFeatures) })
const experimenterBody = record({
  type: literal('experimenter'),
  experimenter: fc.integer({ min: 0, max: 0xffff }),
  exp_type: u32,
  data: bytes,
})
const time = { duration_sec: u32, duration_nsec: fc.integer({ min: 0, max: 999_999_999 }) }
const four = fc.tuple(u32, u32, u32, u32)
const counters = { packet_count: u64, byte_count: u64 }

const flowUpdate = (instructions: fc.Arbitrary<readonly Instruction[]>) =>
  fc.oneof(
    record({
      type: either('added', 'deleted', 'modified'),
      reason: u16,
      priority: u16,
      idle_timeout: u16,
      hard_timeout: u16,
      table_id: u8,
      cookie: u64,
      match: anyMatch,
      instructions,
    }),
    record({ type: literal('abbrev'), xid: u32 }),
    record({ type: literal('unknown'), event: fc.integer({ min: 4, max: 0xffff }), data: bytes }),
  )

const request: fc.Arbitrary<Message> = of('multipart_request', {
  flags: either(0, 1),
  body: fc.oneof(
    either('group_features', 'meter_features').map((type) => ({ type })),
    record({ type: literal('queue'), port_no: u32, queue_id: u32 }),
    record({ type: literal('group'), group_id: u32 }),
    record({ type: either('meter', 'meter_config'), meter_id: u32 }),
    tableFeaturesBody,
    experimenterBody,
    record({
      type: literal('flow_monitor'),
      monitors: few(record({ monitor_id: u32, flags: u16, out_port: u32, table_id: u8, match: anyMatch })),
    }),
  ) as fc.Arbitrary<MultipartRequest['body']>,
})

const reply = (instructions: fc.Arbitrary<readonly Instruction[]>): fc.Arbitrary<Message> =>
  of('multipart_reply', {
    flags: either(0, 1),
    body: fc.oneof(
      record({
        type: literal('queue'),
        queues: few(
          record({ port_no: u32, queue_id: u32, tx_bytes: u64, tx_packets: u64, tx_errors: u64, ...time }),
        ),
      }),
      record({
        type: literal('group'),
        groups: few(
          record({
            group_id: u32,
            ref_count: u32,
            ...counters,
            ...time,
            bucket_stats: few(record(counters)),
          }),
        ),
      }),
      record({
        type: literal('group_features'),
        types: u32,
        capabilities: u32,
        max_groups: four,
        actions: four,
      }),
      record({
        type: literal('meter'),
        meters: few(
          record({
            meter_id: u32,
            flow_count: u32,
            packet_in_count: u64,
            byte_in_count: u64,
            ...time,
            band_stats: few(record({ packet_band_count: u64, byte_band_count: u64 })),
          }),
        ),
      }),
      record({
        type: literal('meter_config'),
        meters: few(record({ flags: u16, meter_id: u32, bands: few(band) })),
      }),
      record({
        type: literal('meter_features'),
        max_meter: u32,
        band_types: u32,
        capabilities: u32,
        max_bands: u8,
        max_color: u8,
      }),
      tableFeaturesBody,
      experimenterBody,
      record({ type: literal('flow_monitor'), updates: few(flowUpdate(instructions)) }),
    ) as fc.Arbitrary<MultipartReply['body']>,
  })

/** Everything that is here. */
export const otherMessage = (instructions: fc.Arbitrary<readonly Instruction[]>): fc.Arbitrary<Message> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.oneof(...basic) },
    { weight: 3, arbitrary: fc.oneof(...nicira) },
    { weight: 2, arbitrary: request },
    { weight: 4, arbitrary: reply(instructions) },
  )
