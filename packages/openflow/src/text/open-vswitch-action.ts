/** Open vSwitch's actions as `ovs-ofctl dump-flows` prints them (`lib/ofp-actions.c`): each by its type. */
import { NX_IN_PORT, OFPTT } from '../constants.ts'
import type { OpenVswitchAction } from '../types/open-vswitch-action.ts'
import { formatNat } from './conntrack.ts'
import { formatController, formatController2 } from './controller-action.ts'
import { formatDecap, formatEncap } from './encap.ts'
import { formatCheckPktLarger, formatDeleteField, formatLoad, formatMove, formatSet } from './field-action.ts'
import { formatLearn } from './learn.ts'
import { formatPort, formatTable, type TextNames, wide } from './names.ts'
import { dotted, hex } from './number.ts'
import { formatBundle, formatMultipath, formatSample } from './select-action.ts'
import { formatSubfield } from './subfield.ts'

type Formatters = {
  readonly [K in OpenVswitchAction['type']]: (
    action: Extract<OpenVswitchAction, { readonly type: K }>,
    names: TextNames,
  ) => string
}

const FORMATTERS: Formatters = {
  reg_move: formatMove,
  copy_field: formatMove,
  reg_load: formatLoad,
  reg_load2: ({ field }, names) => formatSet(field, names),
  stack_push: ({ src }) => `push:${formatSubfield(src)}`,
  stack_pop: ({ dst }) => `pop:${formatSubfield(dst)}`,
  check_pkt_larger: formatCheckPktLarger,
  delete_field: formatDeleteField,
  resubmit: ({ in_port }, names) => formatResubmit(in_port, OFPTT.ALL, false, names),
  resubmit_table: ({ in_port, table }, names) => formatResubmit(in_port, table, false, names),
  resubmit_table_ct: ({ in_port, table }, names) => formatResubmit(in_port, table, true, names),
  output_reg: ({ src }) => `output:${formatSubfield(src)}`,
  output_reg2: ({ src }) => `output:${formatSubfield(src)}`,
  output_trunc: ({ port, max_len }, names) =>
    `output(port=${formatPort(wide(port), names)},max_len=${max_len})`,
  controller: formatController,
  controller2: formatController2,
  multipath: formatMultipath,
  bundle: formatBundle,
  bundle_load: formatBundle,
  sample: formatSample,
  sample2: formatSample,
  sample3: formatSample,
  sample4: formatSample,
  set_tunnel: ({ tun_id }) => `set_tunnel:${hex(tun_id)}`,
  set_tunnel64: ({ tun_id }) => `set_tunnel64:${hex(tun_id)}`,
  pop_queue: ({ type }) => type,
  exit: ({ type }) => type,
  ct_clear: ({ type }) => type,
  dec_nsh_ttl: ({ type }) => type,
  note: ({ note }) => `note:${dotted(note)}`,
  dec_ttl_cnt_ids: ({ controller_ids }) => `dec_ttl(${controller_ids.join(',')})`,
  encap: formatEncap,
  decap: formatDecap,
  nat: formatNat,
  learn: formatLearn,
  learn2: formatLearn,
  conjunction: ({ clause, n_clauses, id }) => `conjunction(${id},${clause + 1}/${n_clauses})`,
  fin_timeout: ({ fin_idle_timeout, fin_hard_timeout }) =>
    `fin_timeout(${list([
      ['idle_timeout=', fin_idle_timeout],
      ['hard_timeout=', fin_hard_timeout],
    ])})`,
}

export function formatOpenVswitchAction(action: OpenVswitchAction, names: TextNames): string {
  const format = FORMATTERS[action.type] as (action: OpenVswitchAction, names: TextNames) => string
  return format(action, names)
}

/** What is not 0, with its name. */
const list = (parts: readonly (readonly [name: string, value: number])[]): string =>
  parts
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => `${name}${value}`)
    .join(',')

function formatResubmit(in_port: number, table: number, withCt: boolean, names: TextNames): string {
  const port = in_port === NX_IN_PORT ? '' : formatPort(wide(in_port), names)
  if (table === OFPTT.ALL && port !== '' && !withCt) return `resubmit:${port}`
  const tableText = table === OFPTT.ALL ? '' : formatTable(table, names)
  return `resubmit(${port},${tableText}${withCt ? ',ct' : ''})`
}
