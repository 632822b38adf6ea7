/** Deletes rows: with what would go along said before, where somebody can be asked or only wants to know. */
import type { ResourceSpec } from '@openvnet/schema'
import type { Context } from '../command.ts'
import { EXIT, Failure } from '../failure.ts'
import { goneWith } from '../model/derived.ts'
import { type ModelRow, readModel } from '../model/model.ts'
import { presentDeleted } from '../output/present.ts'
import { write } from '../server/write.ts'

export interface Deletion {
  readonly resource: ResourceSpec
  /** Of the row: its uuid, or the two that a join row joins. */
  readonly key: string
  readonly path: readonly string[]
  /** What the answer is shown under. */
  readonly name: string
}

const described = ({ resource, key }: Pick<ModelRow, 'resource' | 'key'>): string =>
  `${resource.name.replaceAll('_', ' ')} ${key.replace(' ', ' of ')}`

/** The rows that would go along. */
const alongWith = async (context: Context, deletions: readonly Deletion[]): Promise<ModelRow[]> => {
  const model = await readModel(context.client)
  const first = model.rows.filter((row) =>
    deletions.some(({ resource, key }) => row.resource === resource && row.key === key),
  )
  return goneWith(model, first)
}

/** @throws {Failure} the answer is no */
const confirm = async (context: Context, deletions: readonly Deletion[]): Promise<void> => {
  if (context.confirm === null) return
  const rows = await alongWith(context, deletions)
  if (rows.length === 0) return
  const names = deletions.map(({ name }) => name).join(', ')
  for (const row of rows) context.remark(`  ${described(row)}`)
  const isMeant = await context.confirm(`Delete ${names}, and with it these ${rows.length}?`)
  if (!isMeant) throw new Failure(EXIT.other, 'nothing was deleted')
}

/** @throws {Failure} */
export const deleteRows = async (context: Context, deletions: readonly Deletion[]): Promise<void> => {
  if (context.dryRun) {
    const rows = await alongWith(context, deletions)
    for (const deletion of deletions) context.print(`would delete ${described(deletion)}`)
    for (const row of rows) context.print(`would delete ${described(row)}`)
    return
  }
  await confirm(context, deletions)
  for (const { path, name } of deletions) {
    await write(context, { method: 'DELETE', path }, (answer) => presentDeleted(context, answer, name))
  }
}
