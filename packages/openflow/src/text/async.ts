/** Which messages a switch sends unasked, as `ovs-ofctl ofp-print` prints it: one block per kind of controller. */
import { OFPACPT } from '../constants.ts'
import type { GetAsyncReply, NxtSetAsyncConfig, NxtSetAsyncConfig2, SetAsync } from '../types/message.ts'

/** Per message: the number of its mask for a secondary controller, and the names of its reasons by bit. */
const MESSAGES = [
  {
    name: 'PACKET_IN',
    target: OFPACPT.PACKET_IN_SECONDARY,
    reasons: ['no_match', 'action', 'invalid_ttl', 'action_set', 'group', 'packet_out'],
  },
  { name: 'PORT_STATUS', target: OFPACPT.PORT_STATUS_SECONDARY, reasons: ['add', 'delete', 'modify'] },
  {
    name: 'FLOW_REMOVED',
    target: OFPACPT.FLOW_REMOVED_SECONDARY,
    reasons: ['idle', 'hard', 'delete', 'group_delete', 'meter_delete', 'eviction'],
  },
  {
    name: 'ROLE_STATUS',
    target: OFPACPT.ROLE_STATUS_SECONDARY,
    reasons: ['primary_request', 'configuration_changed', 'experimenter_data_changed'],
  },
  {
    name: 'TABLE_STATUS',
    target: OFPACPT.TABLE_STATUS_SECONDARY,
    reasons: ['', '', '', 'vacancy_down', 'vacancy_up'],
  },
  {
    name: 'REQUESTFORWARD',
    target: OFPACPT.REQUESTFORWARD_SECONDARY,
    reasons: ['group_mod_request', 'meter_mod_request'],
  },
] as const

/** Masks by OFPACPT. */
type Masks = ReadonlyMap<number, number>

export function formatAsync(message: GetAsyncReply | SetAsync | NxtSetAsyncConfig): string {
  const { packet_in_mask, port_status_mask, flow_removed_mask } = message
  const masks = new Map<number, number>()
  // OpenFlow 1.3 has three reasons for a packet-in.
  const wanted = [packet_in_mask.map((mask) => mask & 7), port_status_mask, flow_removed_mask]
  for (const [index, [primary = 0, secondary = 0]] of wanted.entries()) {
    masks.set(index * 2, secondary)
    masks.set(index * 2 + 1, primary)
  }
  return formatMasks(masks)
}

export function formatAsyncConfig2(message: NxtSetAsyncConfig2): string {
  const masks = new Map<number, number>()
  for (const property of message.properties) {
    if (property.type === 'mask') masks.set(property.target, property.mask)
  }
  return formatMasks(masks)
}

const formatMasks = (masks: Masks): string =>
  `\n primary:\n${formatBlock(masks, 1)}\n\n secondary:\n${formatBlock(masks, 0)}`

const formatBlock = (masks: Masks, offset: number): string =>
  MESSAGES.map(({ name, target, reasons }) => {
    const mask = masks.get(target + offset) ?? 0
    const on = reasons.filter((reason, bit) => reason !== '' && ((mask >>> bit) & 1) === 1)
    return `${name.padStart(16)}: ${on.length === 0 ? '(off)' : on.join(' ')}`
  }).join('\n')
