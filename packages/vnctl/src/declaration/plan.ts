/**
 * What has to be done so that a server has what is declared: rows to add, to change, to remove, and to replace, where
 * something is said differently that cannot be changed. A row that is replaced takes along what refers to it; that comes
 * back as it was. Pure.
 */
import { type Field, nearest, parameterName, type ResourceSpec } from '@openvnet/schema'
import { EXIT, Failure } from '../failure.ts'
import { closure, identity } from '../model/dependents.ts'
import { derivedRows, goneWith, LEASES } from '../model/derived.ts'
import { type Model, type ModelRow, RESOURCE_LIST, type Values } from '../model/model.ts'
import type { Change, Difference, Plan, Planned } from './change.ts'
import { type Declaration, type DeclaredRow, placeText } from './declared.ts'
import { explicitNone, unfold } from './inline.ts'
import { lateOf } from './late.ts'
import { type Pruning, undeclared } from './pruning.ts'
import { missingOf } from './read.ts'
import { withGateways } from './routers.ts'
import { isChangeable, resets, same } from './unsaid.ts'

type Rows = ReadonlyMap<string, ModelRow>

const identityOf = ({ resource, key }: Planned): string => identity(resource.name, key)

const fieldsOf = (resource: ResourceSpec): Map<string, Field> =>
  new Map(Object.entries(resource.fields).map(([name, field]) => [parameterName(name, field), field]))

const differencesOf = (row: DeclaredRow, current: ModelRow): Difference[] => [
  ...saidDifferences(row, current),
  ...resets(row, current),
]

const saidDifferences = (row: DeclaredRow, current: ModelRow): Difference[] => {
  const fields = fieldsOf(row.resource)
  return [...row.values].flatMap(([parameter, { value: after }]): Difference[] => {
    if (!fields.has(parameter) && !(parameter in current.values)) return []
    const before = current.values[parameter] ?? null
    return same(before, after) ? [] : [{ parameter, before, after }]
  })
}

const plainValues = (row: DeclaredRow): Values =>
  Object.fromEntries([...row.values].map(([name, { value }]) => [name, value])) as Values

/** The resources of the parts that a row brings along, and of what belongs to these from the start. */
const partNames = ({ fields }: ResourceSpec): ReadonlySet<string> => {
  const parts = Object.values(fields).flatMap((field) =>
    field.type === 'reference' && field.part === true ? [field.to] : [],
  )
  return new Set(parts.includes('interface') ? [...parts, ...LEASES] : parts)
}

/** @throws {Failure} naming the line of a reference that leads nowhere */
const checkReferences = (declaration: Declaration, current: Rows): void => {
  const declared = new Set(declaration.rows.map(identityOf))
  const owners = new Set(declaration.rows.map(({ resource }) => resource))
  const mayBePart = (name: string) => [...owners].some((resource) => partNames(resource).has(name))
  for (const row of declaration.rows) {
    const fields = fieldsOf(row.resource)
    for (const [parameter, { value, place }] of row.values) {
      const field = fields.get(parameter)
      if (field?.type !== 'reference' || value === null) continue
      const at = identity(field.to, String(value))
      if (declared.has(at) || current.has(at) || mayBePart(field.to)) continue
      const known = [...declared, ...current.keys()].flatMap((one) =>
        one.startsWith(`${field.to} `) ? [one.slice(field.to.length + 1)] : [],
      )
      const guess = nearest(String(value), known)
      const hint = guess === undefined ? 'neither the file nor the server has it' : `did you mean ${guess}?`
      throw new Failure(
        EXIT.invalid,
        `${placeText(place)}: ${parameter} '${value}': there is no such ${field.to.replaceAll('_', ' ')}; ${hint}`,
      )
    }
  }
}

/** Without the inline parameters: what they have made is a row of its own by now. */
const ownValues = (row: DeclaredRow, current: ModelRow): Values =>
  Object.fromEntries(Object.entries(plainValues(row)).filter(([name]) => name in current.values))

/** What a row is when it comes back: as it was, with what is declared over it. */
const restored = (model: Model, row: ModelRow, declared: DeclaredRow | undefined): Values => {
  const fields = fieldsOf(row.resource)
  const kept = Object.entries(row.values).filter(
    ([name, value]) => value !== null && fields.get(name)?.computed !== true,
  )
  const inline = explicitNone(model.rows, row, (other, name) => (other as ModelRow).values[name])
  const parameters = Object.entries(row.resource.parameters ?? {}).flatMap(([name, { restored: value }]) =>
    value === undefined ? [] : [[name, value]],
  )
  return {
    ...Object.fromEntries([...kept, ...parameters]),
    ...Object.fromEntries(inline.map((parameter) => [parameter, null])),
    ...(declared === undefined ? {} : ownValues(declared, row)),
  }
}

const added = (declaration: Declaration, row: DeclaredRow): Change => {
  const missing = missingOf(row)
  if (missing !== undefined) {
    throw new Failure(
      EXIT.invalid,
      `${placeText(row.place)}: ${row.resource.collection} ${row.key}: ${missing} is missing`,
    )
  }
  const none = explicitNone(
    declaration.rows,
    row,
    (other, name) => (other as DeclaredRow).values.get(name)?.value,
  )
  const values = { ...Object.fromEntries(none.map((parameter) => [parameter, null])), ...plainValues(row) }
  return { kind: 'add', resource: row.resource, key: row.key, values }
}

const changeOf = (
  model: Model,
  declaration: Declaration,
  row: DeclaredRow,
  current: ModelRow | undefined,
): Change | null => {
  if (current === undefined) return added(declaration, row)
  const differences = differencesOf(row, current)
  if (differences.length === 0) return null
  const { resource, key } = row
  const fields = fieldsOf(resource)
  const isEnough =
    isChangeable(resource) && differences.every(({ parameter }) => fields.get(parameter)?.mutable === true)
  if (isEnough) return { kind: 'change', resource, key, differences }
  return {
    kind: 'replace',
    resource,
    key,
    differences,
    values: restored(model, current, row),
    before: current.values,
  }
}

interface PlanOptions {
  readonly model: Model
  readonly declaration: Declaration
  /** Which rows go unless they are declared. */
  readonly prune: Pruning
}

type Changes = Map<string, Change>

/** What goes because it is asked for, and what goes along. */
const addRemovals = (changes: Changes, model: Model, removed: readonly ModelRow[]): void => {
  for (const { resource, key, values: before } of removed) {
    changes.set(identity(resource.name, key), { kind: 'remove', resource, key, reason: 'asked', before })
  }
  for (const row of goneWith(model, removed)) {
    const { resource, key } = row
    const own = changes.get(identityOf(row))
    if (own === undefined || own.kind === 'change') {
      changes.set(identityOf(row), { kind: 'remove', resource, key, reason: 'along', before: row.values })
    }
  }
}

/** What refers to a row that is replaced is replaced as well. */
const addReplacements = (
  changes: Changes,
  model: Model,
  declared: ReadonlyMap<string, DeclaredRow>,
): void => {
  const derived = derivedRows(model)
  const replaced = model.rows.filter((row) => changes.get(identityOf(row))?.kind === 'replace')
  for (const row of closure(model, replaced, () => true)) {
    const at = identityOf(row)
    const { resource, key } = row
    const own = changes.get(at)
    if (own?.kind === 'remove' || own?.kind === 'replace' || derived.has(row)) continue
    const differences = own?.kind === 'change' ? own.differences : []
    changes.set(at, {
      kind: 'replace',
      resource,
      key,
      differences,
      values: restored(model, row, declared.get(at)),
      before: row.values,
    })
  }
}

/** @throws {Failure} for what is declared and cannot be */
export const planOf = ({ model: stored, declaration: said, prune }: PlanOptions): Plan => {
  const model = withGateways(stored)
  const { declaration, additions } = unfold(model, said)
  const current: Rows = new Map(model.rows.map((row) => [identityOf(row), row]))
  checkReferences(declaration, current)
  const declared = new Map(declaration.rows.map((row) => [identityOf(row), row]))
  const direct = declaration.rows.map((row) =>
    changeOf(model, declaration, row, current.get(identityOf(row))),
  )
  const changes: Changes = new Map(
    direct.flatMap((change) => (change === null ? [] : [[identityOf(change), change]])),
  )
  const isDeclared = (row: ModelRow) => declared.has(identityOf(row))
  addRemovals(changes, model, undeclared(model, declaration, prune, isDeclared))
  addReplacements(changes, model, declared)
  const order = (change: Change) => RESOURCE_LIST.indexOf(change.resource)
  const sorted = [...changes.values(), ...additions].toSorted((a, b) => order(a) - order(b))
  const parts = new Set([...derivedRows(model)].map(identityOf))
  return {
    changes: sorted,
    late: lateOf(sorted, { has: (at) => (declared.has(at) || current.has(at)) && !parts.has(at) }),
    unchanged: said.rows.filter((row) => !changes.has(identityOf(row))).length,
  }
}
