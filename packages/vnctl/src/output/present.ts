/** Prints what a command got, in the form that the user asked for. */
import type { ResourceSpec } from '@openvnet/schema'
import { type Context, shown } from '../command.ts'
import { LONGEST_PAGE } from '../from_schema/paging.ts'
import { columnsOf, speaking, wideColumns } from './columns.ts'
import { type AnswerRow, isRow, rowsOf } from './row.ts'
import { layOut } from './table.ts'

export interface Presentation {
  /** What the API answered, one per request. */
  readonly answers: readonly unknown[]
  /** What the rows in the answers are. */
  readonly resource: ResourceSpec
  /** The name of a row that has no uuid of its own. */
  readonly name?: string
}

/** Prints answers exactly as they are. */
export const presentRaw = async (context: Context, answers: readonly unknown[]): Promise<void> => {
  if (context.format === 'json') {
    for (const answer of answers) context.print(JSON.stringify(answer, null, 2))
    return
  }
  const { stringify } = await import('yaml')
  const documents = answers.map((answer) => stringify(answer).trimEnd())
  context.print(documents.join('\n---\n'))
}

const presentTable = (context: Context, rows: readonly AnswerRow[], resource: ResourceSpec): void => {
  const wide = context.format === 'wide'
  const all = columnsOf(resource)
  const columns = wide ? [...all, ...wideColumns()] : speaking(all, rows)
  const cells = rows.map((row) => columns.map(({ text }) => text(row)))
  context.print(layOut(columns, cells, wide ? null : context.width))
}

/** Says so when the server answered only a part of a list. */
const remarkOnPage = (context: Context, answer: unknown, resource: ResourceSpec): void => {
  if (!isRow(answer) || !Array.isArray(answer['items'])) return
  const { items, total_count: total, offset } = answer as { items: unknown[]; [key: string]: unknown }
  const collection = shown(resource.collection)
  if (total === 0) context.remark(`there are no ${collection}`)
  else if (typeof total === 'number' && items.length < total) {
    const first = Number(offset ?? 0)
    const range = items.length === 0 ? 'none' : `${first + 1} to ${first + items.length}`
    const hint =
      total > LONGEST_PAGE
        ? `--limit ${LONGEST_PAGE} --offset ${first + items.length} shows the next`
        : `--limit ${total} shows all`
    context.remark(`${range} of ${total} ${collection}; ${hint}`)
  }
}

export const present = async (context: Context, presentation: Presentation): Promise<void> => {
  const { answers, resource, name } = presentation
  const { format } = context
  const rows = answers.flatMap(rowsOf)
  if (format === 'json' || format === 'yaml') await presentRaw(context, answers)
  else if (format === 'name') {
    for (const row of rows) context.print(String(row['uuid'] ?? name ?? ''))
  } else if (rows.length > 0) presentTable(context, rows, resource)
  for (const answer of answers) remarkOnPage(context, answer, resource)
}

/** Prints the answer of a DELETE. */
export const presentDeleted = async (context: Context, answer: unknown, uuid: string): Promise<void> => {
  if (context.format === 'json' || context.format === 'yaml') await presentRaw(context, [answer])
  else context.print(context.format === 'name' ? uuid : `deleted ${uuid}`)
}
