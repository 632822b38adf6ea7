/**
 * There is a vector for everything that the tables of this package name: each message, multipart body in both
 * directions, action, instruction, band, property, field (whole, in a mask and by each of its codes) and command.
 */
import {
  type AsyncConfigProperty,
  type BundleControl,
  type ControllerProperty,
  type CtFlushProperty,
  type CtTupleProperty,
  FIELDS,
  type FieldSpec,
  type FlowUpdate,
  type Hello,
  type LeftoverAction,
  type MeterBand,
  NX_BD_ALG,
  NX_HASH_FIELDS,
  NX_MP_ALG,
  NXAST,
  NXPIF,
  NXPINT,
  NXT,
  NXTTMC,
  OFPACPT,
  OFPAT,
  OFPBCT,
  OFPCR,
  OFPFC,
  OFPGC,
  OFPGT,
  OFPIT,
  OFPMC,
  OFPMP,
  OFPPR,
  OFPR,
  OFPRR,
  OFPT,
  OFPTFPT,
  ONFACT,
  ONFMP,
  ONFT,
  type QueueProperty,
  SPELLING,
} from '@openvnet/openflow'
import t, { type Test } from 'tap'
import { readVectors, vectorFiles } from './golden-vectors.ts'

/** What was seen: kinds of objects and values of numbers by where they are (`band`, `flow_mod.command`). */
const seen = new Map<string, Set<string>>()

function see(where: string, what: string): void {
  const set = seen.get(where) ?? new Set()
  seen.set(where, set.add(what))
}

type Plain = Readonly<Record<string, unknown>>

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

/** `where` is the name of the property that holds it, with the type of the object that has the property before it. */
function visit(value: unknown, where: string): void {
  if (Array.isArray(value)) {
    for (const each of value) visit(each, where)
  } else if (isPlain(value)) {
    visitObject(value, where)
  } else if (typeof value === 'number') {
    see(where, String(value))
  }
}

function visitObject(value: Plain, where: string): void {
  const { type, field } = value
  if (typeof field === 'string') seeField(value, field)
  if (typeof type === 'string') see(where, type)
  for (const [key, inner] of Object.entries(value)) {
    visit(inner, key === 'actions' ? key : `${typeof type === 'string' ? type : where}.${key}`)
  }
}

function seeField(value: Plain, field: string): void {
  const isPlace = 'bits' in value
  if (!isPlace) see((value['mask'] ?? null) === null ? 'field' : 'masked field', field)
  if (value['alias'] !== undefined) see(isPlace ? 'alias in an action' : 'alias in a match', field)
  if (value['alias'] !== undefined) see('alias', String(value['alias']))
}

for (const { message } of vectorFiles.flatMap(readVectors)) visit(message, 'message')

const lower = (table: Readonly<Record<string, number>>, prefix = ''): string[] =>
  Object.keys(table).map((name) => `${prefix}${name.toLowerCase()}`)
const numbers = (table: Readonly<Record<string, number>>): string[] => Object.values(table).map(String)
/** All kinds of a union: one that is left out, or too many, does not compile. */
const kinds = <K extends string>(of: Readonly<Record<K, true>>): string[] => Object.keys(of)

function hasAll(t: Test, where: string, expected: readonly string[]): void {
  const there = seen.get(where) ?? new Set()
  const missing = expected.filter((each) => !there.has(each))
  t.same(missing, [], `${where}: ${expected.length} kinds`)
}

t.test('a vector for every message', async (t) => {
  hasAll(t, 'message', [...lower(OFPT), ...lower(NXT, 'nxt_'), ...lower(ONFT), 'unknown'])
  hasAll(
    t,
    'hello.elements',
    kinds<Hello['elements'][number]['type']>({ versionbitmap: true, unknown: true }),
  )
})

t.test('a vector for every multipart body, asked for and answered', async (t) => {
  const bodies = [...lower(OFPMP), ...lower(ONFMP), 'unknown']
  hasAll(t, 'multipart_request.body', bodies)
  hasAll(t, 'multipart_reply.body', bodies)
  hasAll(t, 'multipart_reply.flags', ['0', '1'])
  hasAll(
    t,
    'flow_monitor.updates',
    kinds<FlowUpdate['type']>({ added: true, deleted: true, modified: true, abbrev: true, unknown: true }),
  )
})

const LEFTOVER: Readonly<Record<LeftoverAction['type'], true>> = {
  set_vlan_vid: true,
  set_vlan_pcp: true,
  set_dl_src: true,
  set_dl_dst: true,
  set_nw_src: true,
  set_nw_dst: true,
  set_nw_tos: true,
  set_nw_ecn: true,
  set_tp_src: true,
  set_tp_dst: true,
  set_mpls_label: true,
  set_mpls_tc: true,
}

t.test('a vector for every action and instruction', async (t) => {
  const standard = lower(OFPAT).filter((name) => name !== 'experimenter')
  hasAll(t, 'actions', [...standard, ...lower(NXAST), ...lower(ONFACT), ...kinds(LEFTOVER), 'unknown'])
  hasAll(t, 'flow_mod.instructions', [...lower(OFPIT), 'unknown'])
  hasAll(
    t,
    'controller2.properties',
    kinds<ControllerProperty['type']>({
      max_len: true,
      controller_id: true,
      reason: true,
      userdata: true,
      pause: true,
      meter_id: true,
      unknown: true,
    }),
  )
  hasAll(t, 'learn.specs.dst', ['match', 'load', 'output'])
})

t.test('a vector for every band and property', async (t) => {
  hasAll(
    t,
    'meter_mod.bands',
    kinds<MeterBand['type']>({ drop: true, dscp_remark: true, experimenter: true, unknown: true }),
  )
  hasAll(
    t,
    'queue_get_config_reply.queues.properties',
    kinds<QueueProperty['type']>({ min_rate: true, max_rate: true, experimenter: true, unknown: true }),
  )
  hasAll(t, 'table_features.tables.properties', [...lower(OFPTFPT), 'unknown'])
  hasAll(t, 'nxt_packet_in2.properties', [...lower(NXPINT), 'unknown'])
  hasAll(
    t,
    'nxt_set_async_config2.properties',
    kinds<AsyncConfigProperty['type']>({ mask: true, unknown: true }),
  )
  hasAll(t, 'mask.target', numbers(OFPACPT))
  hasAll(
    t,
    'bundle_control.properties',
    kinds<NonNullable<BundleControl['properties']>[number]['type']>({ experimenter: true, unknown: true }),
  )
})

t.test('a vector for every property by which tracked connections are flushed', async (t) => {
  hasAll(
    t,
    'nxt_ct_flush.properties',
    kinds<CtFlushProperty['type']>({
      orig_tuple: true,
      reply_tuple: true,
      zone: true,
      mark: true,
      mark_mask: true,
      labels: true,
      labels_mask: true,
      unknown: true,
    }),
  )
  hasAll(
    t,
    'orig_tuple.tuple',
    kinds<CtTupleProperty['type']>({
      src: true,
      dst: true,
      src_port: true,
      dst_port: true,
      icmp_id: true,
      icmp_type: true,
      icmp_code: true,
      unknown: true,
    }),
  )
})

/** Codes beside the one of the field table and the one of actions. */
const OTHER_CODES = ['OXM_OF_TCP_FLAGS', 'OXM_OF_ACTSET_OUTPUT', 'NXOXM_ET_DP_HASH']

t.test('a vector for every field, in a mask too, and by each of its codes', async (t) => {
  const fields: readonly (readonly [string, FieldSpec])[] = Object.entries(FIELDS)
  const names = fields.map(([name]) => name)
  const hasTwoCodes = fields.filter(([name, spec]) => {
    const [oxmClass, number] = SPELLING[name as keyof typeof SPELLING].code
    return oxmClass !== spec.class || number !== spec.number
  })
  hasAll(t, 'field', [...names, 'unknown'])
  hasAll(
    t,
    'masked field',
    fields.filter(([, { maskable }]) => maskable).map(([name]) => name),
  )
  hasAll(
    t,
    'alias in a match',
    hasTwoCodes.map(([name]) => name),
  )
  hasAll(
    t,
    'alias in an action',
    hasTwoCodes.map(([name]) => name),
  )
  hasAll(t, 'alias', OTHER_CODES)
})

t.test('a vector for every command, reason and role', async (t) => {
  hasAll(t, 'flow_mod.command', numbers(OFPFC))
  hasAll(t, 'group_mod.command', numbers(OFPGC))
  hasAll(t, 'group_mod.group_type', numbers(OFPGT))
  hasAll(t, 'meter_mod.command', numbers(OFPMC))
  hasAll(t, 'role_request.role', numbers(OFPCR))
  hasAll(t, 'packet_in.reason', numbers(OFPR))
  hasAll(t, 'flow_removed.reason', numbers(OFPRR))
  hasAll(t, 'port_status.reason', numbers(OFPPR))
  hasAll(t, 'bundle_control.control', numbers(OFPBCT))
  hasAll(t, 'nxt_tlv_table_mod.command', numbers(NXTTMC))
  hasAll(t, 'nxt_set_packet_in_format.format', numbers(NXPIF))
  hasAll(t, 'multipath.fields', numbers(NX_HASH_FIELDS))
  hasAll(t, 'multipath.algorithm', numbers(NX_MP_ALG))
  hasAll(t, 'bundle.algorithm', numbers(NX_BD_ALG))
})
