/**
 * All rows as a declaration that makes them again: without what the server makes by itself, and without what it would
 * supply when it is not said.
 */
import { type Field, parameterName } from '@openvnet/schema'
import type { Model, ModelRow, Values } from '../model/model.ts'
import { RESOURCE_LIST } from '../model/model.ts'
import { isDerived } from './plan.ts'

const isSaid = (name: string, field: Field, value: unknown, key: string): boolean => {
  if (value === null || value === undefined || field.computed === true) return false
  if (field.type === 'value' && field.default === value) return false
  return !(name === 'display_name' && value === key)
}

const saidOf = ({ resource, key, values }: ModelRow): Values =>
  Object.fromEntries(
    Object.entries(resource.fields).flatMap(([name, field]) => {
      const parameter = parameterName(name, field)
      const value = values[parameter] ?? null
      return isSaid(name, field, value, key) ? [[parameter, value]] : []
    }),
  )

/** Rows with a uuid by it, the others as a list. */
export const toDeclaration = (model: Model): Record<string, unknown> => {
  const sections = RESOURCE_LIST.flatMap((resource): [string, unknown][] => {
    const rows = model.rows.filter((row) => row.resource === resource && !isDerived(row))
    if (rows.length === 0) return []
    const content =
      resource.prefix === null
        ? rows.map(saidOf)
        : Object.fromEntries(rows.map((row) => [row.key, saidOf(row)]))
    return [[resource.collection, content]]
  })
  return Object.fromEntries(sections)
}
