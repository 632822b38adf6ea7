/** `vnctl changes`: what was written, revision by revision. */
import { setTimeout as sleep } from 'node:timers/promises'
import { integer } from '@openvnet/schema'
import type { Command, Context } from '../command.ts'
import { EXIT, Failure } from '../failure.ts'
import { LIST_OPTIONS } from '../globals.ts'
import { cell } from '../output/cell.ts'
import { presentRaw } from '../output/present.ts'
import { type AnswerRow, isRow } from '../output/row.ts'
import { escaped, layOut } from '../output/table.ts'

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

/** The revisions after one, as the API has them. @throws {Failure} when they are not there */
const changesSince = async ({ client }: Context, since: number): Promise<AnswerRow> => {
  const { value } = await client.send({ method: 'GET', path: ['changes'], query: { since: String(since) } })
  const answer = isRow(value) ? value : {}
  if (answer['kind'] !== 'gone') return answer
  const newest = cell(answer['revision'])
  if (since > Number(newest)) {
    throw new Failure(EXIT.invalid, `revision ${since} is not made yet; the newest is ${newest}`)
  }
  throw new Failure(
    EXIT.notFound,
    `the changes after revision ${since} are no longer kept; the newest revision is ${newest}`,
  )
}

const presentChanges = async (context: Context, answer: AnswerRow, since: number): Promise<void> => {
  if (context.format === 'json' || context.format === 'yaml') return presentRaw(context, [answer])
  const rows = cellsOf(answer)
  if (context.format === 'name') for (const [revision = ''] of rows) context.print(revision)
  else if (rows.length === 0) context.remark(`nothing was written after revision ${since}`)
  else context.print(layOut(COLUMNS, rows, context.format === 'wide' ? null : context.width))
  const last = rows.at(-1)?.[0]
  if (last !== undefined && last !== cell(answer['revision'])) {
    context.remark(`up to revision ${last} of ${cell(answer['revision'])}; --since ${last} shows more`)
  }
}

/** Widths for rows that come one by one: most of what they hold is as long. */
const LIVE = [8, 6, 16, 16]

/** One line, or one JSON document per line. */
const changeText = ({ format }: Context, change: AnswerRow): string => {
  if (format === 'json' || format === 'yaml') return JSON.stringify(change)
  const rows = cellsOf({ changes: [change] })
  if (format === 'name') return cell(change['revision'])
  return rows
    .map((cells) => escaped(cells.map((text, index) => text.padEnd(LIVE[index] ?? 0)).join('  ')).trimEnd())
    .join('\n')
}

/** One stream, as long as it lasts. @returns the newest revision that it told of */
const watchOnce = async (context: Context, since: number | null): Promise<number | null> => {
  let seen = since
  try {
    for await (const { name, data } of context.client.events(since, context.signal)) {
      if (!isRow(data)) continue
      if (name === 'change') context.print(changeText(context, data))
      if (name === 'gone') {
        context.remark(`what was written before revision ${cell(data['revision'])} is no longer kept`)
      }
      if (typeof data['revision'] === 'number') seen = data['revision']
    }
  } catch (error) {
    // Nothing was heard at all: there is nobody to come back to.
    if (seen === null || seen === since) throw error
  }
  return seen
}

/** Milliseconds before a stream that ended is opened again. */
const RETRY = 1000

/** Shows changes as they are made until the signal ends it; goes on after an interruption where it was. */
const watchChanges = async (context: Context, since: number | null): Promise<void> => {
  const { signal } = context
  let seen = await watchOnce(context, since)
  while (!signal.aborted) {
    await sleep(RETRY, undefined, { signal }).catch(() => undefined)
    if (!signal.aborted) seen = await watchOnce(context, seen).catch(() => seen)
  }
}

export const changesCommand: Command = {
  names: ['changes'],
  help: 'Shows what was written since a revision.',
  positionals: [],
  options: [
    {
      name: 'since',
      aliases: [],
      help: 'The revision after which to begin; 0 when absent, with --watch the newest.',
      kind: integer(0, Number.MAX_SAFE_INTEGER),
      required: false,
    },
    ...LIST_OPTIONS.filter(({ name }) => name === 'watch'),
  ],
  run: async ({ options, watch }, context) => {
    const given = options.get('since')
    const since = given === undefined ? null : Number(given)
    if (watch === true) return watchChanges(context, since)
    await presentChanges(context, await changesSince(context, since ?? 0), since ?? 0)
  },
}
