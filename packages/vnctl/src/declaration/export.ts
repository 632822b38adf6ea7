/**
 * All rows as a declaration that makes them again: without what the server makes by itself, and without what it would
 * supply when it is not said.
 */
import { type Field, parameterName, type Scalar, type ValueField } from '@openvnet/schema'
import { derivedRows } from '../model/derived.ts'
import type { Model, ModelRow } from '../model/model.ts'
import { RESOURCE_LIST } from '../model/model.ts'
import { withGateways } from './routers.ts'

const isSaid = (name: string, field: Field, value: unknown, key: string): boolean => {
  if (value === null || value === undefined || field.computed === true) return false
  if (field.type === 'value' && field.default === value) return false
  return !(name === 'display_name' && value === key)
}

const shownOf = ({ kind }: ValueField, value: Scalar | null): unknown =>
  kind.shown === undefined ? value : kind.shown(value)

const saidOf = ({ resource, key, values }: ModelRow): Readonly<Record<string, unknown>> => {
  const fields = Object.entries(resource.fields).flatMap(([name, field]) => {
    const parameter = parameterName(name, field)
    const value = values[parameter] ?? null
    if (!isSaid(name, field, value, key)) return []
    return [[parameter, field.type === 'value' ? shownOf(field, value) : value]]
  })
  const others = Object.entries(resource.parameters ?? {}).flatMap(([name, { restored }]) => {
    const value = values[name] ?? restored ?? null
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
