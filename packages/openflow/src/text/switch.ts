/** What a switch is and how it is set, as `ovs-ofctl ofp-print` prints it. */
import { OFPC, OFPCR, OFPTT } from '../constants.ts'
import type {
  FeaturesReply,
  GetConfigReply,
  NxtRoleReply,
  NxtRoleRequest,
  RoleReply,
  RoleRequest,
  RoleStatus,
  SetConfig,
  TableMod,
} from '../types/message.ts'
import { formatTable, type TextNames } from './names.ts'
import { bitNames } from './number.ts'

export function formatFeatures(message: FeaturesReply): string {
  const auxiliary = message.auxiliary_id === 0 ? '' : `, auxiliary_id:${message.auxiliary_id}`
  const capabilities = bitNames(
    message.capabilities,
    Object.entries(OFPC).map(([name, bit]) => [bit, name] as const),
    '0',
  )
  return [
    `dpid:${message.datapath_id.toString(16).padStart(16, '0')}`,
    `n_tables:${message.n_tables}, n_buffers:${message.n_buffers}${auxiliary}`,
    `capabilities: ${capabilities}`,
  ].join('\n')
}

const FRAGMENTS = ['normal', 'drop', 'reassemble', 'nx-match'] as const

export const formatConfig = (message: GetConfigReply | SetConfig): string =>
  `frags=${FRAGMENTS[message.flags & 3]} miss_send_len=${message.miss_send_len}`

export const formatTableMod = (message: TableMod, names: TextNames): string =>
  message.table_id === OFPTT.ALL ? 'table_id: ALL_TABLES' : `table_id=${formatTable(message.table_id, names)}`

const ROLES = ['nochange', 'equal', 'primary', 'secondary'] as const
const NO_GENERATION = 0xffff_ffff_ffff_ffffn

export function formatRole(message: RoleRequest | RoleReply): string {
  const role = `role=${ROLES[message.role] ?? message.role}`
  // It says nothing in a request that changes nothing.
  const isQuestion = message.type === 'role_request' && message.role === OFPCR.NOCHANGE
  const counts = !isQuestion && message.generation_id !== NO_GENERATION
  return counts ? `${role} generation_id=${message.generation_id}` : role
}

/** Nicira's numbers are one less. */
export const formatNxtRole = (message: NxtRoleRequest | NxtRoleReply): string =>
  `role=${ROLES[message.role + 1] ?? message.role}`

const ROLE_REASONS = ['primary_request', 'configuration_changed', 'experimenter_data_changed'] as const

export function formatRoleStatus(message: RoleStatus): string {
  const generation = message.generation_id === NO_GENERATION ? '' : ` generation_id=${message.generation_id}`
  const reason = ROLE_REASONS[message.reason] ?? message.reason
  return `role=${ROLES[message.role] ?? message.role}${generation} reason=${reason}`
}
