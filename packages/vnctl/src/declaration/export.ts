/**
 * All rows as a declaration that makes them again: without what the server makes by itself, and without what it would
 * supply when it is not said.
 */
import { type Field, parameterName } from '@openvnet/schema'
import { derivedRows } from '../model/derived.ts'
import type { Model, ModelRow, Values } from '../model/model.ts'
import { RESOURCE_LIST } from '../model/model.ts'
import { withGateways } from './routers.ts'

const isSaid = (name: string, field: Field, value: unknown, key: string): boolean => {
  if (value === null || value === undefined || field.computed === true) return false
  if (field.type === 'value' && field.default === value) return false
  return !(name === 'display_name' && value === key)
}

const saidOf = ({ resource, key, values }: ModelRow): Values => {
  const fields = Object.entries(resource.fields).flatMap(([name, field]) => {
    const parameter = parameterName(name, field)
    const value = values[parameter] ?? null
    return isSaid(name, field, value, key) ? [[parameter, value]] : []
  })
  const others = Object.keys(resource.parameters ?? {}).flatMap((name) => {
    const value = values[name] ?? null
    return value === null ? [] : [[name, value]]
  })
  return Object.fromEntries([...fields, ...others])
}

/** Rows with a uuid by it, the others as a list. */
export const toDeclaration = (stored: Model): Record<string, unknown> => {
  const model = withGateways(stored)
  const derived = derivedRows(model)
  const sections = RESOURCE_LIST.flatMap((resource): [string, unknown][] => {
    const rows = model.rows.filter((row) => row.resource === resource && !derived.has(row))
    if (rows.length === 0) return []
    const content =
      resource.prefix === null
        ? rows.map(saidOf)
        : Object.fromEntries(rows.map((row) => [row.key, saidOf(row)]))
    return [[resource.collection, content]]
  })
  return Object.fromEntries(sections)
}
