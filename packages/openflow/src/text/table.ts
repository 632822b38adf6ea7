/** Counters of tables as `ovs-ofctl dump-tables` prints them: equal ones are gathered. */
import type { TableStats } from '../types/message.ts'
import { formatTable, type TextNames } from './names.ts'

/** Blocks with an empty line between them; a run of tables like the one before is one block. */
export function formatTableStats(tables: readonly TableStats[], names: TextNames): string {
  const blocks: string[] = []
  for (let at = 0; at < tables.length; at++) {
    const table = tables[at] as TableStats
    blocks.push(
      `\n  table ${formatTable(table.table_id, names)}:\n    active=${table.active_count}, lookup=${table.lookup_count}, matched=${table.matched_count}`,
    )
    const first = at + 1
    while (isSame(tables[at + 1], table)) at++
    if (at >= first) blocks.push(`\n  ${formatRange(tables[first], tables[at], names)}: ditto`)
  }
  return blocks.join('\n')
}

const isSame = (a: TableStats | undefined, b: TableStats): boolean =>
  a !== undefined &&
  a.active_count === b.active_count &&
  a.lookup_count === b.lookup_count &&
  a.matched_count === b.matched_count

function formatRange(first: TableStats | undefined, last: TableStats | undefined, names: TextNames): string {
  const [from, to] = [formatTable(first?.table_id ?? 0, names), formatTable(last?.table_id ?? 0, names)]
  return from === to ? `table ${from}` : `tables ${from}...${to}`
}
