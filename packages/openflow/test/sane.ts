/** Random messages that Open vSwitch accepts: fields with their prerequisites, actions that fit the match. */
import {
  type Action,
  FIELDS,
  type FieldName,
  type FlowMod,
  type Instruction,
  type Match,
  type MatchField,
  type Message,
  OFP_NO_BUFFER,
  OFPG,
  OFPP,
} from '@openvnet/openflow'
import fc from 'fast-check'
import { fieldOf, u16, u64 } from './arbitrary.ts'
import { saneCt, saneOpenVswitchAction } from './sane-action.ts'
import { saneOther } from './sane-message.ts'
import { exact, PROFILES, type Profile, REGISTERS } from './sane-profile.ts'

/** Whole values only: diff-flows takes `yes` and `not_later` from a switch and from text for different flows. */
const fragment: fc.Arbitrary<MatchField> = fc.constantFrom(0, 1, 3).map((value) => exact('ip_frag', value))

/** ovs-ofctl prints other masks of IPv6 addresses but does not read all of them. */
const ipv6Prefix = (field: FieldName): fc.Arbitrary<MatchField> =>
  fc
    .tuple(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), fc.integer({ min: 1, max: 128 }))
    .map(([value, length]) => {
      const mask = ((1n << BigInt(length)) - 1n) << BigInt(128 - length)
      return { field, value: value & mask, mask }
    })

function matchField(name: FieldName): fc.Arbitrary<MatchField> {
  if (name === 'ip_frag') return fragment
  return FIELDS[name].kind === 'ipv6' ? ipv6Prefix(name) : fieldOf(name)
}

/** A profile's match with some more of its fields, in any order that keeps prerequisites first. */
function matchOf(kind: Profile): fc.Arbitrary<Match> {
  return fc
    .subarray([...kind.match], { maxLength: 6 })
    .chain((names) => fc.tuple(...names.map(matchField)))
    .map((fields) => [...kind.base, ...(fields as MatchField[])])
}

/** A tag must say that it is there; Open vSwitch knows ARP operations up to 255. */
const setValue = (name: FieldName): fc.Arbitrary<MatchField> =>
  fieldOf(name, false).map((field) => {
    if (field.field === 'vlan_vid') return { ...field, value: (field.value as number) | 0x1000 }
    if (field.field === 'arp_op') return { ...field, value: (field.value as number) & 0xff }
    return field
  })

const bitsOf = (name: FieldName): number =>
  name === 'vlan_vid' ? 12 : name === 'arp_op' ? 8 : FIELDS[name].bits
const subfield = (name: FieldName, most: number) =>
  fc
    .integer({ min: 0, max: bitsOf(name) - 1 })
    .chain((offset) =>
      fc
        .integer({ min: 1, max: Math.min(most, bitsOf(name) - offset) })
        .map((bits) => ({ field: name, offset, bits })),
    )

function actionOf(kind: Profile): fc.Arbitrary<Action> {
  const settable = fc.constantFrom(...kind.set)
  const register = fc.constantFrom(...REGISTERS)
  return fc.oneof(
    fc
      .constantFrom(1, 2, 3, OFPP.LOCAL, OFPP.IN_PORT, OFPP.NORMAL, OFPP.FLOOD, OFPP.ALL)
      .map((port): Action => ({ type: 'output', port, max_len: 0 })),
    u16.map((max_len): Action => ({ type: 'output', port: OFPP.CONTROLLER, max_len })),
    fc.constant<Action>({ type: 'group', group_id: 1 }),
    fc.nat(1000).map((queue_id): Action => ({ type: 'set_queue', queue_id })),
    settable.chain(setValue).map((field): Action => ({ type: 'set_field', field })),
    settable
      .chain((name) => subfield(name, 64))
      .chain((dst) =>
        fc
          .bigInt({ min: 0n, max: (1n << BigInt(dst.bits)) - 1n })
          .map((value): Action => ({ type: 'reg_load', dst, value })),
      ),
    fc
      .tuple(settable, register)
      .chain(([a, b]) => fc.tuple(subfield(a, 32), subfield(b, 32)))
      .map(([a, b]): Action => {
        const bits = Math.min(a.bits, b.bits)
        return { type: 'reg_move', src: { ...a, bits }, dst: { ...b, bits } }
      }),
    settable.chain((name) => subfield(name, 64)).map((src): Action => ({ type: 'stack_push', src })),
    register.chain((name) => subfield(name, 32)).map((dst): Action => ({ type: 'stack_pop', dst })),
    { weight: 4, arbitrary: saneOpenVswitchAction },
    fc
      .tuple(fc.constantFrom(0xfff8, 1, 2, 0xfffe), fc.constantFrom(4, 9, 255))
      // ovs-ofctl prints `resubmit(,)` but does not read it.
      .filter(([in_port, table]) => in_port !== 0xfff8 || table !== 255)
      .map(([in_port, table]): Action => ({ type: 'resubmit_table', in_port, table })),
    ...(kind.set.includes('ipv4_src') ? [saneCt] : []),
    ...(kind.set.includes('nw_ttl')
      ? [
          fc.constant<Action>({ type: 'dec_nw_ttl' }),
          fc.nat(255).map((ttl): Action => ({ type: 'set_nw_ttl', ttl })),
          fc.constant<Action>({ type: 'dec_ttl_cnt_ids', controller_ids: [1, 2] }),
        ]
      : []),
  )
}

/** A tag is pushed last: behind it set_field and others would speak of another packet. */
const tagging = fc.constantFrom<readonly Action[]>(
  [],
  [
    { type: 'push_vlan', ethertype: 0x8100 },
    { type: 'set_field', field: exact('vlan_vid', 0x1007) },
  ],
  [{ type: 'push_vlan', ethertype: 0x88a8 }, { type: 'pop_vlan' }],
)

const actionsOf = (kind: Profile, maxLength = 6): fc.Arbitrary<Action[]> =>
  fc
    .tuple(
      fc.array(actionOf(kind), { maxLength }),
      kind.match.includes('vlan_pcp') ? fc.constant([]) : tagging,
    )
    .map(([actions, tags]) => [...actions, ...tags])

/** What may be in an action set. */
const writable: fc.Arbitrary<Action[]> = fc.constantFrom<Action[]>(
  [],
  [{ type: 'output', port: 2, max_len: 0 }],
  [
    { type: 'set_field', field: exact('reg3', 7) },
    { type: 'group', group_id: 1 },
  ],
)

/** Each instruction at most once, in any order; a goto leads downwards. */
function instructionsOf(kind: Profile): fc.Arbitrary<Instruction[]> {
  const optional = (arbitrary: fc.Arbitrary<Instruction>) => fc.option(arbitrary, { nil: null })
  return fc
    .tuple(
      fc.constant<Instruction>({ type: 'goto_table', table_id: 20 }).map((x): Instruction | null => x),
      optional(
        fc.tuple(u64, u64).map(([metadata, mask]) => ({
          type: 'write_metadata',
          metadata: metadata & mask,
          metadata_mask: mask,
        })),
      ),
      optional(writable.map((actions) => ({ type: 'write_actions', actions }))),
      optional(fc.constant({ type: 'clear_actions' })),
      optional(fc.constant({ type: 'meter', meter_id: 1 })),
      optional(actionsOf(kind).map((actions) => ({ type: 'apply_actions', actions }))),
    )
    .chain((all) => fc.shuffledSubarray(all.filter((one): one is Instruction => one !== null)))
}

const flowBody = fc
  .constantFrom(...PROFILES)
  .chain((kind) => fc.record({ match: matchOf(kind), instructions: instructionsOf(kind) }))

/** Flow-mods that add. */
export const saneFlowMod: fc.Arbitrary<FlowMod> = fc
  .record({
    cookie: u64.filter((cookie) => cookie !== 0xffff_ffff_ffff_ffffn),
    table_id: fc.nat(19),
    idle_timeout: fc.constantFrom(0, 0, 300),
    hard_timeout: fc.constantFrom(0, 0, 3000),
    priority: fc.constantFrom(0, 1, 100, 32768, 65535),
    flags: fc.constantFrom(0, 0, 1, 8, 16, 25),
    body: flowBody,
  })
  .map(({ body, ...rest }) => ({
    type: 'flow_mod',
    xid: 0,
    cookie_mask: 0n,
    command: 0,
    buffer_id: OFP_NO_BUFFER,
    out_port: OFPP.ANY,
    out_group: OFPG.ANY,
    ...rest,
    ...body,
  }))

const GENERAL_ACTIONS = actionsOf(PROFILES[0] as Profile, 4)
const bucket = (weight: number) =>
  GENERAL_ACTIONS.map((actions) => ({
    weight,
    watch_port: OFPP.ANY as number,
    watch_group: OFPG.ANY as number,
    actions,
  }))
const group = fc.oneof(
  fc.array(bucket(0), { maxLength: 4 }).map((buckets) => ({ group_type: 0, buckets })),
  fc.array(bucket(5), { maxLength: 4 }).map((buckets) => ({ group_type: 1, buckets })),
  bucket(0).map((one) => ({ group_type: 2, buckets: [one] })),
  fc.array(bucket(0), { maxLength: 4 }).map((buckets) => ({
    group_type: 3,
    buckets: buckets.map((one) => ({ ...one, watch_port: 2 })),
  })),
)
const groupMod = fc
  .tuple(fc.constantFrom(0, 1, 0x8000), fc.nat(1000), group)
  .map(([command, group_id, rest]): Message => ({ type: 'group_mod', xid: 0, command, group_id, ...rest }))

const flowStats = fc
  .record({
    flow: saneFlowMod,
    seconds: fc.nat(100_000),
    nanoseconds: fc.constantFrom(0, 5_000_000, 123_456_789),
    count: u64,
  })
  .map(({ flow, seconds, nanoseconds, count }) => ({
    table_id: flow.table_id,
    duration_sec: seconds,
    duration_nsec: nanoseconds,
    priority: flow.priority,
    idle_timeout: flow.idle_timeout,
    hard_timeout: flow.hard_timeout,
    flags: flow.flags,
    cookie: flow.cookie,
    packet_count: count,
    byte_count: count,
    match: flow.match,
    instructions: flow.instructions,
  }))

const otherCommands = fc
  .tuple(saneFlowMod, fc.constantFrom(1, 2, 3, 4), fc.constantFrom(OFPP.ANY, 2, OFPP.LOCAL), u64)
  .map(
    ([flow, command, out_port, cookie_mask]): Message => ({
      ...flow,
      command,
      out_port,
      cookie_mask,
      flags: flow.flags & 1,
    }),
  )

const reply = (body: Extract<Message, { type: 'multipart_reply' }>['body']): Message => ({
  type: 'multipart_reply',
  xid: 0,
  flags: 0,
  body,
})

/** Flow-mods, group-mods, dumps, and what carries a match or actions. */
export const saneMessage: fc.Arbitrary<Message> = fc.oneof(
  { weight: 10, arbitrary: saneFlowMod },
  { weight: 3, arbitrary: otherCommands },
  { weight: 3, arbitrary: groupMod },
  {
    weight: 4,
    arbitrary: fc
      .array(flowStats, { minLength: 1, maxLength: 4 })
      .map((flows) => reply({ type: 'flow', flows })),
  },
  fc
    .array(fc.tuple(fc.nat(99), group), { maxLength: 3 })
    .map((groups) =>
      reply({ type: 'group_desc', groups: groups.map(([group_id, rest]) => ({ group_id, ...rest })) }),
    ),
  fc.tuple(saneFlowMod, u64, fc.nat(2)).map(
    ([flow, cookie, reason]): Message => ({
      type: 'packet_in',
      xid: 0,
      buffer_id: OFP_NO_BUFFER,
      total_len: 14,
      reason,
      table_id: flow.table_id,
      cookie,
      // A packet has one value of each field.
      match: [exact('in_port', 7), { field: 'reg4', value: flow.priority, mask: null }],
      data: new Uint8Array(14),
    }),
  ),
  GENERAL_ACTIONS.map(
    (actions): Message => ({
      type: 'packet_out',
      xid: 0,
      buffer_id: OFP_NO_BUFFER,
      in_port: OFPP.CONTROLLER,
      actions,
      data: new Uint8Array(14),
    }),
  ),
  fc.tuple(saneFlowMod, fc.nat(5), u64).map(
    ([flow, reason, count]): Message => ({
      type: 'flow_removed',
      xid: 0,
      cookie: flow.cookie,
      priority: flow.priority,
      reason,
      table_id: flow.table_id,
      duration_sec: 5,
      duration_nsec: 7_000_000,
      idle_timeout: flow.idle_timeout,
      hard_timeout: flow.hard_timeout,
      packet_count: count,
      byte_count: count,
      match: flow.match,
    }),
  ),
  fc.tuple(saneFlowMod, fc.nat(3)).map(
    ([flow, flags]): Message => ({
      type: 'bundle_add_message',
      xid: 0,
      bundle_id: 7,
      flags,
      message: flow,
    }),
  ),
  fc.tuple(flowBody, fc.constantFrom('flow' as const, 'aggregate' as const)).map(
    ([{ match }, type]): Message => ({
      type: 'multipart_request',
      xid: 0,
      flags: 0,
      body: {
        type,
        table_id: 255,
        out_port: OFPP.ANY,
        out_group: OFPG.ANY,
        cookie: 0n,
        cookie_mask: 0n,
        match,
      },
    }),
  ),
  { weight: 8, arbitrary: saneOther(saneFlowMod) },
)
