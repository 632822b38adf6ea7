/** A refused change in words and in log fields: which flow or group, whose, what the switch said, why we wanted it. */
import { decodeCookie } from '../pipeline/cookie.ts'
import { readFlowKey } from '../pipeline/identity.ts'
import type { Change } from '../reconcile/change.ts'
import type { Refusal } from '../reconcile/outcome.ts'

function subject(change: Change): string {
  switch (change.kind) {
    case 'flow_add':
      return `flow ${JSON.stringify(change.flow.match)}`
    case 'flow_delete':
      return `deletion of flow ${JSON.stringify(readFlowKey(change.key).match)}`
    case 'group_add':
    case 'group_modify':
      return `group ${change.group.group_id}`
    case 'group_delete':
      return `deletion of group ${change.group_id}`
  }
}

/** One sentence for people. */
export function refusalText({ change, error }: Refusal): string {
  const why = change.kind === 'flow_add' ? change.flow.why : 'group' in change ? change.group.why : undefined
  return `${subject(change)} refused with ${error}${why === undefined ? '' : ` (${why})`}`
}

/** The same for the log. */
export function refusalFields({ change, error }: Refusal): Record<string, unknown> {
  const fields = { change: change.kind, error, subject: subject(change) }
  if (change.kind !== 'flow_add') return 'group' in change ? { ...fields, why: change.group.why } : fields
  const { cookie, table_id, why } = change.flow
  return { ...fields, table: table_id, cookie: `0x${cookie.toString(16)}`, owner: decodeCookie(cookie), why }
}
