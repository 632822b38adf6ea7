/**
 * What has to be done so that a server has what is declared: rows to add, to change, to remove, and to replace, where
 * something is said differently that cannot be changed. A row that is replaced takes along what refers to it; that comes
 * back as it was. Pure.
 */
import { type Field, nearest, parameterName, type ResourceSpec } from '@openvnet/schema'
import { EXIT, Failure } from '../failure.ts'
import { closure, identity } from '../model/dependents.ts'
import { derivedRows, goneWith } from '../model/derived.ts'
import { type Model, type ModelRow, RESOURCE_LIST, type Values } from '../model/model.ts'
import type { Change, Difference, Plan, Planned } from './change.ts'
import { type Declaration, type DeclaredRow, placeText } from './declared.ts'
import { explicitNone, unfold } from './inline.ts'
import { missingOf } from './read.ts'
import { withGateways } from './routers.ts'

type Rows = ReadonlyMap<string, ModelRow>

const identityOf = ({ resource, key }: Planned): string => identity(resource.name, key)

const fieldsOf = (resource: ResourceSpec): Map<string, Field> =>
  new Map(Object.entries(resource.fields).map(([name, field]) => [parameterName(name, field), field]))

/** What the server chose is what `auto` asked for. */
const same = (before: unknown, after: unknown): boolean =>
  JSON.stringify(before) === JSON.stringify(after) || (after === 'auto' && before !== null)

const differencesOf = (row: DeclaredRow, current: ModelRow): Difference[] => {
  const fields = fieldsOf(row.resource)
  return [...row.values].flatMap(([parameter, { value: after }]): Difference[] => {
    if (!fields.has(parameter) && !(parameter in current.values)) return []
    const before = current.values[parameter] ?? null
    return same(before, after) ? [] : [{ parameter, before, after }]
  })
}

const plainValues = (row: DeclaredRow): Values =>
  Object.fromEntries([...row.values].map(([name, { value }]) => [name, value])) as Values

/** @throws {Failure} naming the line of a reference that leads nowhere */
const checkReferences = (declaration: Declaration, current: Rows): void => {
  const declared = new Set(declaration.rows.map(identityOf))
  for (const row of declaration.rows) {
    const fields = fieldsOf(row.resource)
    for (const [parameter, { value, place }] of row.values) {
      const field = fields.get(parameter)
      if (field?.type !== 'reference' || value === null) continue
      const at = identity(field.to, String(value))
      if (declared.has(at) || current.has(at)) continue
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
  return {
    ...Object.fromEntries(kept),
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
  const isChangeable =
    resource.prefix !== null &&
    resource.parent === undefined &&
    differences.every(({ parameter }) => fields.get(parameter)?.mutable === true)
  if (isChangeable) return { kind: 'change', resource, key, differences }
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
  /** Rows of the collections that are there go unless they are declared. */
  readonly prune: boolean
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

/** The rows of the collections of a file that it does not name; networks of a router are said with the router. */
const undeclared = (
  model: Model,
  { collections, rows }: Declaration,
  declared: ReadonlyMap<string, DeclaredRow>,
): ModelRow[] => {
  const derived = derivedRows(model)
  const resources = new Set([
    ...collections,
    ...rows.filter(({ resource }) => resource.prefix === null).map(({ resource }) => resource),
  ])
  return model.rows.filter(
    (row) => resources.has(row.resource) && !derived.has(row) && !declared.has(identityOf(row)),
  )
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
  if (prune) addRemovals(changes, model, undeclared(model, declaration, declared))
  addReplacements(changes, model, declared)
  const order = (change: Change) => RESOURCE_LIST.indexOf(change.resource)
  return {
    changes: [...changes.values(), ...additions].toSorted((a, b) => order(a) - order(b)),
    unchanged: said.rows.filter((row) => !changes.has(identityOf(row))).length,
  }
}
