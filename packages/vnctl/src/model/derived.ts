/**
 * Rows that only the server makes: those that follow from another (a field that it computes says from which), and those
 * that are parts of another, with the leases that a part has from the start. What somebody hung on a part is not one.
 */
import { type Field, parameterName } from '@openvnet/schema'
import { cascadeOf, identity } from './dependents.ts'
import type { Model, ModelRow } from './model.ts'

const fieldsOf = ({ resource }: ModelRow): [string, Field][] =>
  Object.entries(resource.fields).map(([name, field]) => [parameterName(name, field), field])

const isPart = (field: Field): boolean => field.type === 'reference' && field.part === true

const follows = (row: ModelRow): boolean =>
  fieldsOf(row).some(
    ([name, field]) => field.computed === true && !isPart(field) && (row.values[name] ?? null) !== null,
  )

type Rows = ReadonlyMap<string, ModelRow>

const indexRows = ({ rows }: Model): Rows =>
  new Map(rows.map((row) => [identity(row.resource.name, row.key), row]))

/** The rows that are parts of a row. */
const partsOf = (rows: Rows, row: ModelRow): ModelRow[] =>
  fieldsOf(row).flatMap(([name, field]) =>
    field.type === 'reference' && field.part === true
      ? (rows.get(identity(field.to, String(row.values[name]))) ?? [])
      : [],
  )

/** What an interface that is a part has from the start. */
export const LEASES: readonly string[] = ['mac_lease', 'ip_lease']

/** It has one MAC address, and one address of each family of its network. */
const FIRST = ['mac_address', 'ipv4_address', 'ipv6_address'] as const

const firstLeases = ({ rows }: Model, { resource, key }: ModelRow): ModelRow[] => {
  if (resource.name !== 'interface') return []
  const own = rows.filter(
    ({ resource: { name }, values }) => LEASES.includes(name) && values['interface_uuid'] === key,
  )
  return FIRST.flatMap((parameter) => own.find(({ values }) => (values[parameter] ?? null) !== null) ?? [])
}

export const derivedRows = (model: Model): ReadonlySet<ModelRow> => {
  const index = indexRows(model)
  const owners = new Set(model.rows.filter((row) => fieldsOf(row).some(([, field]) => isPart(field))))
  const parts = [...owners].flatMap((row) => partsOf(index, row))
  const belonging = parts.flatMap((part) => firstLeases(model, part))
  return new Set([...model.rows.filter(follows), ...parts, ...belonging])
}

/** What goes with rows by the references of the schema, and the parts that go with that. */
export const goneWith = (model: Model, first: readonly ModelRow[]): ModelRow[] => {
  const index = indexRows(model)
  let all = new Set(first)
  for (;;) {
    const parts = [...all].flatMap((row) => partsOf(index, row))
    const next = new Set([...all, ...parts, ...cascadeOf(model, [...all, ...parts])])
    if (next.size === all.size) break
    all = next
  }
  return model.rows.filter((row) => all.has(row) && !first.includes(row))
}
