/** `vnctl changes`: what was written, revision by revision. */
import { integer } from '@openvnet/schema'
import type { Command } from '../command.ts'
import { EXIT, Failure } from '../failure.ts'
import { cell } from '../output/cell.ts'
import { presentRaw } from '../output/present.ts'
import { type AnswerRow, isRow } from '../output/row.ts'
import { layOut } from '../output/table.ts'

const COLUMNS = ['REVISION', 'CHANGE', 'RESOURCE', 'NAME', 'ROW'].map((header) => ({
  header,
  elastic: header === 'ROW',
}))

const list = (value: unknown): AnswerRow[] => (Array.isArray(value) ? value.filter(isRow) : [])

/** The values of a row that say something, as `name=value`. */
const summary = (row: AnswerRow): string =>
  Object.entries(row)
    .filter(([name, value]) => name !== 'id' && name !== 'uuid' && value !== null && value !== '')
    .map(([name, value]) => `${name}=${cell(value)}`)
    .join(' ')

const operationCells = (revision: unknown, operation: AnswerRow): string[] => {
  const row = isRow(operation['row']) ? operation['row'] : null
  const name = row?.['uuid'] || `#${cell(operation['id'])}`
  return [
    cell(revision),
    row === null ? 'delete' : 'put',
    cell(operation['resource']),
    String(name),
    row === null ? '' : summary(row),
  ]
}

const cellsOf = (answer: AnswerRow): string[][] =>
  list(answer['changes']).flatMap(({ revision, operations }) =>
    list(operations).map((operation) => operationCells(revision, operation)),
  )

export const changesCommand: Command = {
  names: ['changes'],
  help: 'Shows what was written since a revision.',
  positionals: [],
  options: [
    {
      name: 'since',
      aliases: [],
      help: 'The revision after which to begin.',
      kind: integer(0, Number.MAX_SAFE_INTEGER),
      required: false,
      default: 0,
    },
  ],
  run: async ({ options }, context) => {
    const since = String(options.get('since') ?? 0)
    const { value } = await context.client.send({ method: 'GET', path: ['changes'], query: { since } })
    const answer = isRow(value) ? value : {}
    if (answer['kind'] === 'gone') {
      const newest = cell(answer['revision'])
      throw new Failure(
        EXIT.notFound,
        `the changes after revision ${since} are no longer kept; the newest revision is ${newest}`,
      )
    }
    if (context.format === 'json' || context.format === 'yaml') return presentRaw(context, [value])
    const rows = cellsOf(answer)
    if (context.format === 'name') for (const [revision = ''] of rows) context.print(revision)
    else if (rows.length === 0) context.remark(`nothing was written after revision ${since}`)
    else context.print(layOut(COLUMNS, rows, context.format === 'wide' ? null : context.width))
    const last = rows.at(-1)?.[0]
    if (last !== undefined && last !== cell(answer['revision'])) {
      context.remark(`up to revision ${last} of ${cell(answer['revision'])}; --since ${last} shows more`)
    }
  },
}
