/** The flows that do not depend on rows: owned by their tables. */
import { type FlowDraft, sentence } from '../pipeline/table.ts'
import type { Feature } from './rule.ts'
import { stamp } from './stamp.ts'
import type { Contribution } from './switch_tables.ts'

const standing = (draft: FlowDraft): Contribution =>
  stamp(
    { flows: [draft] },
    { feature: 'pipeline', kind: 'table', id: draft.table_id },
    { why: () => sentence(draft.why) },
  )

export const standingFlows = (features: readonly Feature[]): Contribution => {
  const drafts = features.flatMap(({ tables, standing: always = [] }) => [
    ...tables.map((table) => table.missFlow),
    ...always,
  ])
  return { flows: drafts.flatMap((draft) => standing(draft).flows), groups: [], meters: [] }
}
