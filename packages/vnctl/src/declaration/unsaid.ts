/**
 * What a file does not say of a row that it names: as if `add` had not said it either. That goes for what can be changed; what
 * cannot stays as it is, so that no row is ever replaced because something is not said.
 */
import { type Field, hasMutableFields, parameterName, type ResourceSpec } from '@openvnet/schema'
import { relationOf } from '../from_schema/resources.ts'
import type { ModelRow } from '../model/model.ts'
import type { Difference } from './change.ts'
import type { DeclaredRow } from './declared.ts'

/** What the server chose is what `auto` asked for. */
export const same = (before: unknown, after: unknown): boolean =>
  JSON.stringify(before) === JSON.stringify(after) || (after === 'auto' && before !== null)

/**
 * What a changeable parameter is when nothing is said of it, as `add` would have it; `undefined` where the server chooses.
 * What cannot be changed stays as it is: a row is never replaced because something is not said.
 */
const unsaid = (name: string, field: Field, key: string): unknown => {
  if (!field.mutable || field.computed === true) return undefined
  if (field.type === 'value' && field.default !== undefined) return field.default
  if (name === 'display_name') return key
  return field.nullable ? null : undefined
}

/** What has a path of its own, or says more than that it joins two. */
export const isChangeable = (resource: ResourceSpec): boolean =>
  resource.prefix === null
    ? relationOf(resource) !== null && hasMutableFields(resource)
    : resource.parent === undefined

export const resets = (row: DeclaredRow, current: ModelRow): Difference[] => {
  if (row.isPartial === true || !isChangeable(row.resource)) return []
  return Object.entries(row.resource.fields).flatMap(([name, field]): Difference[] => {
    const parameter = parameterName(name, field)
    const after = unsaid(name, field, row.key)
    const before = current.values[parameter] ?? null
    return row.values.has(parameter) || after === undefined || same(before, after)
      ? []
      : [{ parameter, before, after }]
  })
}
