/**
 * All rows of a server at one revision, as parameters: references are keys of rows and not ids. The key of a row is its
 * uuid; of a row that joins two, their uuids with a blank between.
 */
import {
  cellOf,
  columnName,
  type Field,
  parameterName,
  RESOURCES,
  type ResourceSpec,
  type Scalar,
} from '@openvnet/schema'
import { EXIT, Failure } from '../failure.ts'
import { type AnswerRow, isRow } from '../output/row.ts'
import type { Client } from '../server/client.ts'

export type Values = Readonly<Record<string, Scalar | null>>

export interface ModelRow {
  readonly resource: ResourceSpec
  readonly key: string
  /** By parameter; references as uuids. */
  readonly values: Values
}

export interface Model {
  readonly revision: number
  /** In the order of the resources, in which every reference points backwards. */
  readonly rows: readonly ModelRow[]
}

/** In an order in which every reference points backwards. */
export const RESOURCE_LIST = Object.values(RESOURCES) as readonly ResourceSpec[]

/** The references that name a row without a uuid: its path. */
export const pathFields = (resource: ResourceSpec): string[] =>
  Object.entries(resource.fields)
    .filter(([, field]) => field.type === 'reference' && field.required)
    .slice(0, 2)
    .map(([name, field]) => parameterName(name, field))

/** What tells rows without a uuid apart: the two that they join, or the first group of the schema that is unique. */
export const identityFields = (resource: ResourceSpec): string[] => {
  const path = pathFields(resource)
  if (path.length === 2) return path
  const [group = []] = resource.unique ?? []
  return Object.entries(resource.fields).flatMap(([name, field]) =>
    group.includes(columnName(name, field)) ? [parameterName(name, field)] : [],
  )
}

const defaultOf = (resource: ResourceSpec, parameter: string): Scalar | undefined => {
  const field = resource.fields[parameter]
  return field?.type === 'value' ? field.default : undefined
}

/** @param values by parameter */
export const keyOf = (resource: ResourceSpec, uuid: unknown, values: AnswerRow): string =>
  resource.prefix === null
    ? identityFields(resource)
        .map((name) => String(values[name] ?? defaultOf(resource, name) ?? '-'))
        .join(' ')
    : String(uuid)

const readRows = (snapshot: AnswerRow, resource: ResourceSpec): AnswerRow[] => {
  const rows = isRow(snapshot['rows']) ? snapshot['rows'][resource.name] : undefined
  return Array.isArray(rows) ? rows.filter(isRow) : []
}

type Uuids = ReadonlyMap<string, ReadonlyMap<unknown, string>>

const readCell = (row: AnswerRow, name: string, field: Field, uuids: Uuids): Scalar | null => {
  const value = cellOf(row, name, field)
  if (field.type !== 'reference') return value as Scalar | null
  return value === null ? null : (uuids.get(field.to)?.get(value) ?? null)
}

const toModelRow = (resource: ResourceSpec, row: AnswerRow, uuids: Uuids): ModelRow => {
  const values = Object.fromEntries(
    Object.entries(resource.fields).map(([name, field]) => [
      parameterName(name, field),
      readCell(row, name, field, uuids),
    ]),
  )
  return { resource, key: keyOf(resource, row['uuid'], values), values }
}

/** @param snapshot the answer of `GET /snapshot` */
export const toModel = (snapshot: unknown): Model => {
  if (!isRow(snapshot) || !isRow(snapshot['rows'])) {
    throw new Failure(EXIT.other, 'the server answered something that is not its rows')
  }
  const uuids = new Map(
    RESOURCE_LIST.map((resource) => [
      resource.name,
      new Map(readRows(snapshot, resource).map((row) => [row['id'], String(row['uuid'])])),
    ]),
  )
  const rows = RESOURCE_LIST.flatMap((resource) =>
    readRows(snapshot, resource).map((row) => toModelRow(resource, row, uuids)),
  )
  return { revision: Number(snapshot['revision']), rows }
}

/** @throws {Failure} */
export const readModel = async (client: Client): Promise<Model> =>
  toModel((await client.send({ method: 'GET', path: ['snapshot'] })).value)
