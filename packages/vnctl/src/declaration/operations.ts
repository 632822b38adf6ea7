/**
 * A plan as the operations of one batch. First what frees names and addresses, last what needs them: changes that
 * let go of what is removed, then deletions from the last resource to the first, then additions from the first to the
 * last, then the other changes.
 */
import { parameterName, type ResourceSpec } from '@openvnet/schema'
import { associationOf, partOf, relationOf, resourceNamed } from '../from_schema/resources.ts'
import { identity } from '../model/dependents.ts'
import { identityFields, pathFields, RESOURCE_LIST, type Values } from '../model/model.ts'
import type { Change, Plan } from './change.ts'

export interface Operation {
  readonly method: 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: Values
}

interface BatchEntry {
  readonly change: Change
  readonly operation: Operation
}

/** The path of the list that a row with a uuid is in. @param values of the row, for one that is below another */
const listPath = (resource: ResourceSpec, values: Values): string => {
  if (resource.parent === undefined) return resource.collection
  const parent = resourceNamed(resource.parent)
  return `${parent.collection}/${values[`${resource.parent}_uuid`]}/${resource.collection}`
}

const rowPath = (resource: ResourceSpec, key: string, values: Values): string => {
  const [base, other] = key.split(' ')
  const association = associationOf(resource)
  if (association !== null) {
    return `${association.base.collection}/${base}/${association.other.collection}/${other}`
  }
  const part = partOf(resource)
  if (part !== null) return `${part.base.collection}/${base}/${part.names[0]}`
  const relation = relationOf(resource)
  if (relation === null) return `${listPath(resource, values)}/${key}`
  return `${relation.base.collection}/${base}/${relation.names[0]}/${other}`
}

/** The parameters that the path says. */
const inPath = (resource: ResourceSpec): readonly string[] => {
  if (resource.prefix === null) return pathFields(resource)
  return resource.parent === undefined ? [] : [`${resource.parent}_uuid`]
}

/** An association is there or not, which `static` says. */
const associated = (resource: ResourceSpec, key: string, isThere: boolean): Operation | null =>
  associationOf(resource) === null
    ? null
    : { method: 'PUT', path: rowPath(resource, key, {}), body: { static: isThere } }

const addition = (resource: ResourceSpec, key: string, values: Values): Operation => {
  const association = associated(resource, key, true)
  if (association !== null) return association
  const given = inPath(resource)
  const rest = Object.fromEntries(Object.entries(values).filter(([name]) => !given.includes(name)))
  if (resource.prefix === null) return { method: 'POST', path: rowPath(resource, key, values), body: rest }
  const body = key === '' ? rest : { uuid: key, ...rest }
  return { method: 'POST', path: listPath(resource, values), body }
}

/** A part is named by what tells it apart. */
const described = (resource: ResourceSpec, before: Values): { body?: Values } => {
  const part = partOf(resource)
  if (part === null) return {}
  const names = identityFields(resource).filter((name) => name !== part.given)
  return { body: Object.fromEntries(names.map((name) => [name, before[name] ?? null])) }
}

const deletion = (resource: ResourceSpec, key: string, before: Values): Operation =>
  associated(resource, key, false) ?? {
    method: 'DELETE',
    path: rowPath(resource, key, before),
    ...described(resource, before),
  }

/** Whether a change names a row that is only there when the additions are made. */
const needsAddition = (change: Change, made: ReadonlySet<string>): boolean => {
  if (change.kind !== 'change') return false
  const references = Object.entries(change.resource.fields).flatMap(([name, field]) =>
    field.type === 'reference' ? [[parameterName(name, field), field.to] as const] : [],
  )
  return references.some(([parameter, to]) =>
    change.differences.some(
      (one) => one.parameter === parameter && made.has(identity(to, String(one.after))),
    ),
  )
}

/**
 * A resource whose rows may also follow from others comes right after what it needs, before those others: what is asked
 * for is there when they are added, and is not made by them.
 */
const rankOf = (resource: ResourceSpec): number => {
  const references = Object.values(resource.fields).filter((field) => field.type === 'reference')
  const mayFollow = references.some(({ computed, part }) => computed === true && part !== true)
  if (!mayFollow) return RESOURCE_LIST.indexOf(resource)
  const needed = references.filter(({ computed }) => computed !== true)
  return Math.max(...needed.map(({ to }) => RESOURCE_LIST.indexOf(resourceNamed(to)))) + 0.5
}

const inOrder = (additions: readonly BatchEntry[]): BatchEntry[] =>
  additions.toSorted((a, b) => rankOf(a.change.resource) - rankOf(b.change.resource))

/** In the order of the batch, each with the change that it is part of. */
export const operationsOf = ({ changes, late }: Plan): BatchEntry[] => {
  const made = new Set(
    changes.flatMap(({ kind, resource, key }) =>
      kind === 'add' || kind === 'replace' ? [identity(resource.name, key)] : [],
    ),
  )
  const isLate = ({ change }: BatchEntry) => late.has(identity(change.resource.name, change.key))
  const puts = changes.flatMap((change): BatchEntry[] => {
    if (change.kind !== 'change') return []
    const body = Object.fromEntries(
      change.differences.map(({ parameter, after }) => [parameter, after]),
    ) as Values
    return [{ change, operation: { method: 'PUT', path: rowPath(change.resource, change.key, {}), body } }]
  })
  const deletions = changes.flatMap((change): BatchEntry[] => {
    const isGone = change.kind === 'replace' || (change.kind === 'remove' && change.reason === 'asked')
    return isGone ? [{ change, operation: deletion(change.resource, change.key, change.before) }] : []
  })
  const additions = changes.flatMap((change): BatchEntry[] =>
    change.kind === 'add' || change.kind === 'replace'
      ? [{ change, operation: addition(change.resource, change.key, change.values) }]
      : [],
  )
  return [
    ...puts.filter(({ change }) => !needsAddition(change, made)),
    ...deletions.reverse(),
    ...inOrder(additions.filter((entry) => !isLate(entry))),
    ...inOrder(additions.filter(isLate)),
    ...puts.filter(({ change }) => needsAddition(change, made)),
  ]
}
