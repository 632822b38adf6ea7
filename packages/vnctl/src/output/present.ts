/** Prints what a command got, in the form that the user asked for. */
import type { ResourceSpec } from '@openvnet/schema'
import { type Context, shown } from '../command.ts'
import { EXIT, Failure } from '../failure.ts'
import { LONGEST_PAGE } from '../from_schema/paging.ts'
import { type Column, columnNamed, columnsOf, speaking, wideColumns } from './columns.ts'
import { type AnswerRow, isRow, rowsOf } from './row.ts'
import { layOut } from './table.ts'

export interface Presentation {
  /** What the API answered, one per request. */
  readonly answers: readonly unknown[]
  /** What the rows in the answers are. */
  readonly resource: ResourceSpec
  /** The name of a row that has no uuid of its own. */
  readonly name?: string
  /** What people know of a row of which the answer does not say it. */
  readonly known?: AnswerRow
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

const chosenColumns = (
  { view, format }: Context,
  rows: readonly AnswerRow[],
  resource: ResourceSpec,
): Column[] => {
  const all = columnsOf(resource)
  if (view.columns !== null)
    return view.columns.map((name) => columnNamed([...all, ...wideColumns(resource)], name))
  return format === 'wide' ? [...all, ...wideColumns(resource)] : speaking(all, rows)
}

/** In the order that the user asked for. */
const sorted = ({ view: { sort } }: Context, rows: AnswerRow[], resource: ResourceSpec): AnswerRow[] => {
  if (sort === null) return rows
  const { text } = columnNamed([...columnsOf(resource), ...wideColumns(resource)], sort.replace(/^-/, ''))
  const sign = sort.startsWith('-') ? -1 : 1
  return rows.toSorted((a, b) => sign * text(a).localeCompare(text(b), 'en', { numeric: true }))
}

/** What would change nothing is refused. @throws {Failure} */
const checkView = ({ view, format }: Context): void => {
  const isRaw = format === 'json' || format === 'yaml'
  if (isRaw && view.sort !== null)
    throw new Failure(EXIT.usage, `--sort is not for -o ${format}, which is the answer as it came`)
  if (view.columns !== null && (isRaw || format === 'name')) {
    throw new Failure(EXIT.usage, `--columns is for tables and not for -o ${format}`)
  }
}

const presentTable = (context: Context, rows: readonly AnswerRow[], resource: ResourceSpec): void => {
  const wide = context.format === 'wide' || context.view.columns !== null
  const columns = chosenColumns(context, rows, resource)
  const cells = rows.map((row) => columns.map(({ text }) => text(row)))
  const [head = '', ...lines] = layOut(columns, cells, wide ? null : context.width).split('\n')
  context.print([context.paint.bold(head), ...lines].join('\n'))
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
  const { answers, resource, name, known } = presentation
  const { format } = context
  checkView(context)
  const rows = sorted(context, answers.flatMap(rowsOf), resource)
  if (format === 'json' || format === 'yaml') await presentRaw(context, answers)
  else if (format === 'name') {
    for (const row of rows) context.print(String(row['uuid'] ?? name ?? ''))
  } else if (rows.length > 0)
    presentTable(context, known ? rows.map((row) => ({ ...known, ...row })) : rows, resource)
  for (const answer of answers) remarkOnPage(context, answer, resource)
}

/** Prints the answer of a DELETE. */
export const presentDeleted = async (context: Context, answer: unknown, uuid: string): Promise<void> => {
  if (context.format === 'json' || context.format === 'yaml') await presentRaw(context, [answer])
  else context.print(context.format === 'name' ? uuid : `deleted ${uuid}`)
}
