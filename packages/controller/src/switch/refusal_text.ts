/** A refused change in words and in log fields: which flow or group, whose, what the switch said, why we wanted it. */
import { formatFlow, formatGroup, formatMatch, formatMeter } from '@openvnet/openflow'
import { decodeCookie } from '../pipeline/cookie.ts'
import type { Flow } from '../pipeline/flow.ts'
import { readFlowKey } from '../pipeline/identity.ts'
import { tableName } from '../pipeline/layout.ts'
import type { Change } from '../reconcile/change.ts'
import type { Refusal } from '../reconcile/outcome.ts'

/** Groups may have thousands of buckets. */
const MAX_TEXT = 500

const flowText = (flow: Flow) => formatFlow(flow.content, { tableName })

function keyText(key: string): string {
  const { table_id, priority, match } = readFlowKey(key)
  return `table=${tableName(table_id) ?? table_id}, priority=${priority} ${formatMatch(match)}`
}

function subject(change: Change): string {
  switch (change.kind) {
    case 'flow_add':
      return flowText(change.flow)
    case 'flow_delete':
      return `deletion of ${keyText(change.key)}`
    case 'group_add':
    case 'group_modify':
      return formatGroup(change.group)
    case 'group_delete':
      return `deletion of group_id=${change.group_id}`
    case 'meter_add':
    case 'meter_modify':
      return formatMeter(change.meter)
    case 'meter_delete':
      return `deletion of meter=${change.meter_id}`
  }
}

const shortened = (text: string) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text)

const whyOf = (change: Change): string | undefined => {
  if (change.kind === 'flow_add') return change.flow.why
  if ('group' in change) return change.group.why
  return 'meter' in change ? change.meter.why : undefined
}

/** One sentence for people. */
export function refusalText({ change, error, by }: Refusal): string {
  const why = whyOf(change)
  return `${by === 'encoder' ? 'not sent, ' : ''}${error}: ${shortened(subject(change))}${why === undefined ? '' : ` (${why})`}`
}

/** The same for the log. */
export function refusalFields({ change, error }: Refusal): Record<string, unknown> {
  const fields = { error, change: change.kind, text: shortened(subject(change)), why: whyOf(change) }
  if (change.kind !== 'flow_add') return fields
  const { cookie, table_id } = change.flow
  return { ...fields, table: table_id, cookie: `0x${cookie.toString(16)}`, owner: decodeCookie(cookie) }
}
