/** Open vSwitch's actions as `ovs-ofctl dump-flows` prints them (`lib/ofp-actions.c`). */
import { NX_IN_PORT, OFPR, OFPTT } from '../constants.ts'
import { SPELLING } from '../field-spelling.ts'
import type { Action, Ct } from '../types/action.ts'
import type {
  BundleAction,
  BundleLoad,
  Controller2,
  ControllerAction,
  Encap,
  Multipath,
  Nat,
  OpenVswitchAction,
  RegLoad2,
  Sample,
  Sample2,
  Sample4,
  Subfield,
} from '../types/open-vswitch-action.ts'
import { formatIpv4, formatIpv6 } from './address.ts'
import { formatSetValue } from './field-value.ts'
import { formatLearn } from './learn.ts'
import { formatPort, formatTable, type TextNames, wide } from './names.ts'
import { bytesToHex, hex, paddedHex } from './number.ts'
import { formatSubfield } from './subfield.ts'

const HASH_FIELDS = [
  'eth_src',
  'symmetric_l4',
  'symmetric_l3l4',
  'symmetric_l3l4+udp',
  'nw_src',
  'nw_dst',
  'symmetric_l3',
] as const
const MULTIPATH_ALGORITHMS = ['modulo_n', 'hash_threshold', 'hrw', 'iter_hash'] as const
const BUNDLE_ALGORITHMS = ['active_backup', 'hrw'] as const
const REASONS = ['no_match', 'action', 'invalid_ttl', 'action_set', 'group', 'packet_out'] as const
const named = (names: readonly string[], number: number): string => names[number] ?? String(number)

type Kind = Exclude<OpenVswitchAction['type'], 'nat'>
type Formatters = {
  readonly [K in Kind]: (action: Extract<OpenVswitchAction, { readonly type: K }>, names: TextNames) => string
}

const FORMATTERS: Formatters = {
  reg_move: ({ src, dst }) => `move:${formatSubfield(src)}->${formatSubfield(dst)}`,
  copy_field: ({ src, dst }) => `move:${formatSubfield(src)}->${formatSubfield(dst)}`,
  reg_load: ({ dst, value }) => `load:${hex(value)}->${formatSubfield(dst)}`,
  reg_load2: formatLoad2,
  stack_push: ({ src }) => `push:${formatSubfield(src)}`,
  stack_pop: ({ dst }) => `pop:${formatSubfield(dst)}`,
  resubmit: ({ in_port }, names) => formatResubmit(in_port, OFPTT.ALL, false, names),
  resubmit_table: ({ in_port, table }, names) => formatResubmit(in_port, table, false, names),
  resubmit_table_ct: ({ in_port, table }, names) => formatResubmit(in_port, table, true, names),
  set_tunnel: ({ tun_id }) => `set_tunnel:${hex(tun_id)}`,
  set_tunnel64: ({ tun_id }) => `set_tunnel64:${hex(tun_id)}`,
  pop_queue: () => 'pop_queue',
  exit: () => 'exit',
  ct_clear: () => 'ct_clear',
  dec_nsh_ttl: () => 'dec_nsh_ttl',
  note: ({ note }) => `note:${dotted(note)}`,
  multipath: formatMultipath,
  bundle: formatBundle,
  bundle_load: formatBundle,
  output_reg: ({ src }) => `output:${formatSubfield(src)}`,
  output_reg2: ({ src }) => `output:${formatSubfield(src)}`,
  output_trunc: ({ port, max_len }, names) =>
    `output(port=${formatPort(wide(port), names)},max_len=${max_len})`,
  dec_ttl_cnt_ids: ({ controller_ids }) => `dec_ttl(${controller_ids.join(',')})`,
  fin_timeout: ({ fin_idle_timeout, fin_hard_timeout }) =>
    `fin_timeout(${list([
      ['idle_timeout=', fin_idle_timeout],
      ['hard_timeout=', fin_hard_timeout],
    ])})`,
  controller: formatController,
  controller2: formatController2,
  sample: formatSample,
  sample2: formatSample,
  sample3: formatSample,
  sample4: formatSample,
  conjunction: ({ clause, n_clauses, id }) => `conjunction(${id},${clause + 1}/${n_clauses})`,
  encap: formatEncap,
  decap: ({ new_pkt_type }) =>
    new_pkt_type === NEXT_PROTOCOL ? 'decap()' : `decap(packet_type(${packetType(new_pkt_type)}))`,
  check_pkt_larger: ({ pkt_len, dst }) => `check_pkt_larger(${pkt_len})->${formatSubfield(dst)}`,
  delete_field: ({ field }) => `delete_field:${SPELLING[field].name}`,
  learn: formatLearn,
  learn2: formatLearn,
}

export function formatOpenVswitchAction(
  action: Extract<OpenVswitchAction, { readonly type: Kind }>,
  names: TextNames,
): string {
  const format = FORMATTERS[action.type] as (action: OpenVswitchAction, names: TextNames) => string
  return format(action, names)
}

/** What is not 0, with its name. */
const list = (parts: readonly (readonly [name: string, value: number])[]): string =>
  parts
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => `${name}${value}`)
    .join(',')

const dotted = (bytes: Uint8Array): string => bytesToHex(bytes).replace(/(..)(?=.)/g, '$1.')

function formatLoad2({ field }: RegLoad2, names: TextNames): string {
  if (field.field === 'unknown')
    return `set_field:${bytesToHex(field.data)}->oxm_${paddedHex(field.header, 8)}`
  return `set_field:${formatSetValue(field, names)}->${SPELLING[field.field].name}`
}

function formatResubmit(in_port: number, table: number, withCt: boolean, names: TextNames): string {
  const port = in_port === NX_IN_PORT ? '' : formatPort(wide(in_port), names)
  if (table === OFPTT.ALL && port !== '' && !withCt) return `resubmit:${port}`
  const tableText = table === OFPTT.ALL ? '' : formatTable(table, names)
  return `resubmit(${port},${tableText}${withCt ? ',ct' : ''})`
}

function formatMultipath(action: Multipath): string {
  const { fields, basis, algorithm, max_link, arg, dst } = action
  const how = `${named(HASH_FIELDS, fields)},${basis},${named(MULTIPATH_ALGORITHMS, algorithm)}`
  return `multipath(${how},${max_link + 1},${arg},${formatSubfield(dst)})`
}

function formatBundle(action: BundleAction | BundleLoad, names: TextNames): string {
  const { fields, basis, algorithm, ports } = action
  const how = `${named(HASH_FIELDS, fields)},${basis},${named(BUNDLE_ALGORITHMS, algorithm)},ofport`
  const dst = action.type === 'bundle' ? '' : `,${formatSubfield(action.dst)}`
  const members = ports.map((port) => formatPort(wide(port), names)).join(',')
  return `${action.type}(${how}${dst},members:${members})`
}

function formatController({ max_len, controller_id, reason }: ControllerAction): string {
  return controllerText({ max_len, controller_id, reason, more: [] })
}

function controllerText(what: {
  readonly max_len: number
  readonly controller_id: number
  readonly reason: number
  readonly more: readonly string[]
}): string {
  const { max_len, controller_id, reason, more } = what
  if (reason === OFPR.ACTION && controller_id === 0 && more.length === 0) return `CONTROLLER:${max_len}`
  const parts = [
    ...(reason === OFPR.ACTION ? [] : [`reason=${named(REASONS, reason)}`]),
    ...(max_len === 0xffff ? [] : [`max_len=${max_len}`]),
    ...(controller_id === 0 ? [] : [`id=${controller_id}`]),
    ...more,
  ]
  return `controller(${parts.join(',')})`
}

function formatController2({ properties }: Controller2): string {
  const what = { max_len: 0xffff, controller_id: 0, reason: OFPR.ACTION as number }
  let userdata: string[] = []
  let pause: string[] = []
  let meter: string[] = []
  for (const property of properties) {
    if (property.type === 'max_len') what.max_len = property.max_len
    if (property.type === 'controller_id') what.controller_id = property.controller_id
    if (property.type === 'reason') what.reason = property.reason
    if (property.type === 'userdata' && property.userdata.length > 0)
      userdata = [`userdata=${dotted(property.userdata)}`]
    if (property.type === 'pause') pause = ['pause']
    if (property.type === 'meter_id') meter = [`meter_id=${property.meter_id}`]
  }
  return controllerText({ ...what, more: [...userdata, ...pause, ...meter] })
}

const DIRECTIONS = ['', ',ingress', ',egress'] as const

function formatSample(action: Sample | Sample2 | Sample4, names: TextNames): string {
  const id = (value: number | Subfield): string =>
    typeof value === 'number' ? String(value) : formatSubfield(value)
  const parts = [
    `probability=${action.probability}`,
    `collector_set_id=${action.collector_set_id}`,
    `obs_domain_id=${id(action.obs_domain_id)}`,
    `obs_point_id=${id(action.obs_point_id)}`,
  ]
  if (action.type === 'sample') return `sample(${parts.join(',')})`
  if (action.sampling_port !== 0xffff)
    parts.push(`sampling_port=${formatPort(wide(action.sampling_port), names)}`)
  return `sample(${parts.join(',')}${DIRECTIONS[action.direction] ?? ''})`
}

/** The packet type that `decap` without an argument asks for. */
const NEXT_PROTOCOL = 0x0000fffe
const packetType = (type: number): string => `ns=${type >>> 16},type=${hex(type & 0xffff)}`

const ENCAP_HEADERS: ReadonlyMap<number, string> = new Map([
  [0x00000000, 'ethernet'],
  [0x0001894f, 'nsh'],
  [0x00018847, 'mpls'],
  [0x00018848, 'mpls_mc'],
])
const NSH_CLASS = 0x0004

function formatEncap({ new_pkt_type, properties }: Encap): string {
  const header = ENCAP_HEADERS.get(new_pkt_type) ?? `packet_type(${packetType(new_pkt_type)})`
  const parts = properties.map(({ class: propertyClass, type, data }) => {
    if (propertyClass === NSH_CLASS && type === 1) return `md_type=${data[0] ?? 0}`
    if (propertyClass === NSH_CLASS && type === 2) return formatNshTlv(data)
    return `class=${paddedHex(propertyClass, 4)},type=${type},${bytesToHex(data)}`
  })
  return parts.length === 0 ? `encap(${header})` : `encap(${header}(${parts.join(',')}))`
}

function formatNshTlv(data: Uint8Array): string {
  const optionClass = paddedHex((data[0] ?? 0) * 256 + (data[1] ?? 0), 4)
  return `tlv(${optionClass},${data[2] ?? 0},0x${bytesToHex(data.subarray(4, 4 + (data[3] ?? 0)))})`
}

const ALGORITHMS: ReadonlyMap<number, string> = new Map([
  [21, 'ftp'],
  [69, 'tftp'],
])

/** `ct(commit,zone=5,nat(src=10.0.0.1),exec(load:0x1->NXM_NX_CT_MARK[]))`. */
export function formatCt(
  action: Ct,
  names: TextNames,
  formatList: (actions: readonly Action[], names: TextNames) => string,
): string {
  const { flags, zone, recirc_table, alg, actions } = action
  // Only a first `nat` stands outside of `exec`.
  const [first] = actions
  const nat = first?.type === 'nat' ? first : null
  const rest = nat === null ? actions : actions.slice(1)
  const parts = [
    ...(flags & 1 ? ['commit'] : []),
    ...(flags & 2 ? ['force'] : []),
    ...(recirc_table === OFPTT.ALL ? [] : [`table=${formatTable(recirc_table, names)}`]),
    ...(zone === 0 ? [] : [`zone=${typeof zone === 'number' ? zone : formatSubfield(zone)}`]),
    ...(nat === null ? [] : [formatNat(nat)]),
    ...(rest.length === 0 ? [] : [`exec(${formatList(rest, names)})`]),
    ...(alg === 0 ? [] : [`alg=${ALGORITHMS.get(alg) ?? alg}`]),
  ]
  return `ct(${parts.join(',')})`
}

/** `nat`, `nat(src)`, `nat(src=10.0.0.1-10.0.0.9:1-100,random)`. */
export function formatNat(nat: Nat): string {
  const { flags } = nat
  if ((flags & 3) === 0) return 'nat'
  const range = formatNatRange(nat)
  const parts = [
    `${flags & 1 ? 'src' : 'dst'}${range === '' ? '' : `=${range}`}`,
    ...(flags & 4 ? ['persistent'] : []),
    ...(flags & 8 ? ['hash'] : []),
    ...(flags & 16 ? ['random'] : []),
  ]
  return `nat(${parts.join(',')})`
}

function formatNatRange(nat: Nat): string {
  const hasPorts = (nat.range_proto_min ?? 0) !== 0
  const bracketed = (value: bigint): string => (hasPorts ? `[${formatIpv6(value)}]` : formatIpv6(value))
  const v4 = span(nat.range_ipv4_min, nat.range_ipv4_max, formatIpv4)
  const address = v4 || span(nat.range_ipv6_min, nat.range_ipv6_max, bracketed)
  return `${address}${hasPorts ? `:${span(nat.range_proto_min, nat.range_proto_max, String)}` : ''}`
}

/** First and last, or only the first where there is no other last. */
function span<T extends number | bigint>(min: T | null, max: T | null, format: (value: T) => string): string {
  if (min === null) return ''
  return max === null || max === min || Number(max) === 0 ? format(min) : `${format(min)}-${format(max)}`
}
