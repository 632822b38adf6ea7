/** What goes along with a row that is deleted: the references of the schema, followed. */
import { type Field, parameterName } from '@openvnet/schema'
import type { Model, ModelRow } from './model.ts'

export type OnDelete = 'cascade' | 'set null' | 'restrict'

export interface Dependent {
  readonly row: ModelRow
  readonly onDelete: OnDelete
  /** The parameter that names the row. */
  readonly parameter: string
}

/** Key of a row among those of all resources. */
export const identity = (resource: string, key: string): string => `${resource} ${key}`

const referencesOf = (row: ModelRow): [string, Extract<Field, { type: 'reference' }>][] =>
  Object.entries(row.resource.fields).flatMap(([name, field]) =>
    field.type === 'reference' ? [[parameterName(name, field), field]] : [],
  )

/** For each row that others name: those others. */
export const indexDependents = (model: Model): ReadonlyMap<string, readonly Dependent[]> => {
  const index = new Map<string, Dependent[]>()
  for (const row of model.rows) {
    for (const [parameter, { to, onDelete }] of referencesOf(row)) {
      const named = row.values[parameter]
      if (named === null || named === undefined) continue
      const at = identity(to, String(named))
      const list = index.get(at)
      if (list === undefined) index.set(at, [{ row, onDelete, parameter }])
      else list.push({ row, onDelete, parameter })
    }
  }
  return index
}

/**
 * The rows that go when `first` go, without these, in the order of the model.
 * @param follows which kinds of reference take a row along
 */
export const closure = (
  model: Model,
  first: readonly ModelRow[],
  follows: (dependent: Dependent) => boolean,
): ModelRow[] => {
  const index = indexDependents(model)
  const seen = new Set<ModelRow>(first)
  const queue = [...first]
  for (let row = queue.pop(); row !== undefined; row = queue.pop()) {
    for (const dependent of index.get(identity(row.resource.name, row.key)) ?? []) {
      if (!follows(dependent) || seen.has(dependent.row)) continue
      seen.add(dependent.row)
      queue.push(dependent.row)
    }
  }
  for (const row of first) seen.delete(row)
  return model.rows.filter((row) => seen.has(row))
}

export const cascadeOf = (model: Model, first: readonly ModelRow[]): ModelRow[] =>
  closure(model, first, ({ onDelete }) => onDelete === 'cascade')
