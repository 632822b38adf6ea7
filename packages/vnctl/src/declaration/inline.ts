/**
 * Parameters that are no field of their row but make a row of another resource (`mac_address` of an interface makes a
 * MAC lease). Where the row exists already, what is said inline is said of the row that was made.
 */
import { type Field, isShared, parameterName, type ResourceSpec } from '@openvnet/schema'
import { identity } from '../model/dependents.ts'
import { type Model, type ModelRow, RESOURCE_LIST, type Values } from '../model/model.ts'
import type { Change, Planned } from './change.ts'
import type { Declaration, DeclaredRow, DeclaredValue } from './declared.ts'

/** The parameter by which rows of `part` belong to a row of `whole`, if they do. */
const ownerOf = (part: ResourceSpec, whole: ResourceSpec): string | undefined => {
  const belongs = ([, field]: [string, Field]) =>
    field.type === 'reference' && field.to === whole.name && field.onDelete === 'cascade'
  const found = Object.entries(part.fields).find(belongs)
  return found && parameterName(...found)
}

/** The resource of the rows that an inline parameter makes: they belong to the row and have a field of that name. */
const makerOf = (whole: ResourceSpec, parameter: string): ResourceSpec | undefined =>
  RESOURCE_LIST.find((part) => {
    const field = part.fields[parameter]
    return (
      part.prefix !== null &&
      field?.type === 'value' &&
      (field.required || isShared(field)) &&
      ownerOf(part, whole) !== undefined
    )
  })

const isInline = ({ resource }: Planned, parameter: string): boolean =>
  parameter in (resource.parameters ?? {}) && makerOf(resource, parameter) !== undefined

const madeBy = (model: Model, { resource, key }: Planned, parameter: string): ModelRow[] => {
  const part = makerOf(resource, parameter)
  const owner = part && ownerOf(part, resource)
  return owner === undefined
    ? []
    : model.rows.filter((row) => row.resource === part && row.values[owner] === key)
}

/** Inline parameters that must say none, because the rows that they would make are rows of their own. */
export const explicitNone = <R extends Planned>(
  rows: readonly R[],
  { resource, key }: Planned,
  valueIn: (row: R, parameter: string) => unknown,
): string[] =>
  Object.keys(resource.parameters ?? {}).filter((parameter) => {
    const part = makerOf(resource, parameter)
    const owner = part && ownerOf(part, resource)
    return owner !== undefined && rows.some((row) => row.resource === part && valueIn(row, owner) === key)
  })

/** A row that an inline parameter asks for and that is not there: what it needs it has from the row of the parameter. */
const missingPart = (
  current: ModelRow,
  row: DeclaredRow,
  parameter: string,
  { value }: DeclaredValue,
): Change[] => {
  const resource = makerOf(row.resource, parameter)
  const owner = resource && ownerOf(resource, row.resource)
  if (resource === undefined || owner === undefined) return []
  const shared = Object.entries(resource.fields).flatMap(([name, field]) => {
    const given = parameterName(name, field)
    const known = row.values.get(given)?.value ?? current.values[given]
    return field.required && given !== parameter && known !== undefined ? [[given, known]] : []
  })
  const values = { ...Object.fromEntries(shared), [owner]: row.key, [parameter]: value } as Values
  return [{ kind: 'add', resource, key: '', values }]
}

interface Unfolded {
  readonly declaration: Declaration
  readonly additions: readonly Change[]
}

/** What one inline parameter asks for beyond what is there. */
const unfoldOne = (
  model: Model,
  current: ModelRow,
  row: DeclaredRow,
  parameter: string,
): { additions: Change[]; parts: DeclaredRow[] } => {
  const none = { additions: [], parts: [] }
  const said = row.values.get(parameter)
  if (said === undefined || said.value === null || !isInline(row, parameter)) return none
  const made = madeBy(model, row, parameter).filter((part) => (part.values[parameter] ?? null) !== null)
  if (made.some(({ values }) => said.value === 'auto' || values[parameter] === said.value)) return none
  const [only, ...others] = made
  return only === undefined || others.length > 0
    ? { additions: missingPart(current, row, parameter, said), parts: [] }
    : {
        additions: [],
        parts: [{ ...only, values: new Map([[parameter, said]]), place: said.place, isPartial: true }],
      }
}

/** What is said inline of rows that exist, as rows of their own. */
export const unfold = (model: Model, { collections, rows }: Declaration): Unfolded => {
  const current = new Map(model.rows.map((row) => [identity(row.resource.name, row.key), row]))
  const unfolded = rows.flatMap((row) => {
    const existing = current.get(identity(row.resource.name, row.key))
    if (existing === undefined) return []
    return [...row.values.keys()].map((parameter) => unfoldOne(model, existing, row, parameter))
  })
  return {
    declaration: { collections, rows: [...rows, ...unfolded.flatMap(({ parts }) => parts)] },
    additions: unfolded.flatMap(({ additions }) => additions),
  }
}
