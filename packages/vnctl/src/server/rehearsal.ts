/** What the server would do, asked of it: it does it, looks, and undoes it (`?dry_run=true`). */
import type { Context } from '../command.ts'
import type { Change } from '../declaration/change.ts'
import type { Operation } from '../declaration/operations.ts'
import { identity } from '../model/dependents.ts'
import { RESOURCE_LIST, type Values } from '../model/model.ts'
import { type AnswerRow, isRow } from '../output/row.ts'
import type { Request } from './client.ts'

const NOTHING: Values = {}

const valuesOf = (value: unknown): Values => (isRow(value) ? (value as Values) : NOTHING)

/** @param asked identities of the rows whose deletion is asked for: others go along */
const toChange = (row: AnswerRow, asked: ReadonlySet<string>): Change[] => {
  const resource = RESOURCE_LIST.find(({ name }) => name === row['resource'])
  if (resource === undefined) return []
  const key = String(row['name'])
  const [before, after] = [valuesOf(row['before']), valuesOf(row['after'])]
  if (row['kind'] === 'add') return [{ kind: 'add', resource, key, values: after }]
  if (row['kind'] === 'remove') {
    const reason = asked.has(identity(resource.name, key)) ? 'asked' : 'along'
    return [{ kind: 'remove', resource, key, reason, before }]
  }
  const differences = Object.keys(after).flatMap((parameter) =>
    before[parameter] === after[parameter]
      ? []
      : [{ parameter, before: before[parameter], after: after[parameter] }],
  )
  return [{ kind: 'change', resource, key, differences }]
}

export interface Rehearsal {
  /** As it came. */
  readonly answer: unknown
  readonly changes: readonly Change[]
}

/** @throws {Failure} what the server would refuse */
export const rehearse = async (
  { client }: Context,
  request: Request,
  asked: ReadonlySet<string> = new Set(),
): Promise<Rehearsal> => {
  const { value } = await client.send({ ...request, query: { ...request.query, dry_run: 'true' } })
  const rows = isRow(value) && Array.isArray(value['changes']) ? value['changes'].filter(isRow) : []
  const changes = rows.flatMap((row) => toChange(row, asked))
  const order = ({ resource }: Change) => RESOURCE_LIST.indexOf(resource)
  return { answer: value, changes: changes.toSorted((a, b) => order(a) - order(b)) }
}

/** Seconds that many operations may take beyond the usual. */
export const BATCH_PATIENCE = 120

export const batchRequest = (operations: readonly Operation[]): Request => ({
  method: 'POST',
  path: ['batch'],
  body: { operations },
  patience: BATCH_PATIENCE,
})

/** Says what would become of which rows. */
export const showRehearsal = async (context: Context, { answer, changes }: Rehearsal): Promise<void> => {
  const { format, print, paint } = context
  if (format === 'json' || format === 'yaml') {
    const { presentRaw } = await import('../output/present.ts')
    return presentRaw(context, [answer])
  }
  if (format === 'name') for (const { key } of changes) print(key)
  else {
    const { rehearsalText } = await import('../declaration/show.ts')
    print(rehearsalText(changes, paint))
  }
}
