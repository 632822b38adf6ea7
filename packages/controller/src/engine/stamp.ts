/** Drafts become flows and groups: the owner's cookie, key and value. */
import type { Owner } from '../pipeline/cookie.ts'
import { encodeCookie } from '../pipeline/cookie.ts'
import type { Flow, Group } from '../pipeline/flow.ts'
import { flowKey, flowValue, groupValue } from '../pipeline/identity.ts'
import type { FlowDraft } from '../pipeline/table.ts'
import type { Compiled, GroupDraft } from './rule.ts'
import type { Contribution } from './switch_tables.ts'

export const stampFlow = (draft: FlowDraft, owner: Owner): Flow => {
  const cookie = encodeCookie(owner)
  const { table_id, priority, match, instructions, why } = draft
  return {
    table_id,
    priority,
    cookie,
    match,
    instructions,
    why,
    key: flowKey(table_id, priority, match),
    value: flowValue({ cookie, instructions, idle_timeout: 0, hard_timeout: 0, flags: 0 }),
  }
}

const stampGroup = (draft: GroupDraft): Group => ({ ...draft, value: groupValue(draft) })

export const stamp = ({ flows = [], groups = [] }: Compiled, owner: Owner): Contribution => ({
  flows: flows.map((draft) => stampFlow(draft, owner)),
  groups: groups.map(stampGroup),
})
