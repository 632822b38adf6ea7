/** Deletes rows: with what would go along said before, where somebody can be asked or only wants to know. */
import type { ResourceSpec } from '@openvnet/schema'
import type { Context } from '../command.ts'
import { EXIT, Failure } from '../failure.ts'
import { identity } from '../model/dependents.ts'
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

/** What the server would do; loaded where it is asked. */
const tried = async (context: Context, deletions: readonly Deletion[]) => {
  const { batchRequest, rehearse } = await import('../server/rehearsal.ts')
  const operations = deletions.map(({ path }) => ({ method: 'DELETE', path: path.join('/') }) as const)
  const asked = new Set(deletions.map(({ resource, key }) => identity(resource.name, key)))
  return rehearse(context, batchRequest(operations), asked)
}

/** @throws {Failure} the answer is no, or the server would refuse */
const confirm = async (context: Context, deletions: readonly Deletion[]): Promise<void> => {
  if (context.confirm === null) return
  const { changes } = await tried(context, deletions)
  const others = changes.filter((change) => change.kind !== 'remove' || change.reason !== 'asked')
  if (others.length === 0) return
  const names = deletions.map(({ name }) => name).join(', ')
  const { consequenceLines } = await import('../declaration/show.ts')
  for (const line of consequenceLines(others)) context.remark(`  ${line}`)
  const gone = others.filter(({ kind }) => kind === 'remove').length
  const what = gone === 0 ? 'change these' : `with it these ${gone}`
  const isMeant = await context.confirm(`Delete ${names}, and ${what}?`)
  if (!isMeant) throw new Failure(EXIT.other, 'nothing was deleted')
}

/** @throws {Failure} */
export const deleteRows = async (context: Context, deletions: readonly Deletion[]): Promise<void> => {
  if (context.dryRun && context.collect === null) {
    const { showRehearsal } = await import('../server/rehearsal.ts')
    return showRehearsal(context, await tried(context, deletions))
  }
  if (!context.dryRun) await confirm(context, deletions)
  for (const { path, name } of deletions) {
    await write(context, { method: 'DELETE', path }, (answer) => presentDeleted(context, answer, name))
  }
}
