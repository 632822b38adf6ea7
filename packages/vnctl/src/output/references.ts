/** Numbers of referenced rows to their uuids, asked from the API where an answer holds only the number. */
import type { ResourceSpec } from '@openvnet/schema'
import { resourceNamed } from '../from_schema/resources.ts'
import type { Client } from '../server/client.ts'
import { type AnswerRow, isRow, rowsOf } from './row.ts'

/** The uuids of a resource's rows by number. */
export type UuidsOf = (resource: string) => ReadonlyMap<number, string>

const PAGE = 1000

/** Numbers of rows that are named by number only, by resource. */
const unnamed = (rows: readonly AnswerRow[], resource: ResourceSpec): Map<string, Set<number>> => {
  const wanted = new Map<string, Set<number>>()
  for (const [name, field] of Object.entries(resource.fields)) {
    if (field.type !== 'reference') continue
    for (const row of rows) {
      const id = row[`${name}_id`]
      if (typeof id !== 'number' || typeof row[`${name}_uuid`] === 'string' || isRow(row[name])) continue
      wanted.set(field.to, (wanted.get(field.to) ?? new Set()).add(id))
    }
  }
  return wanted
}

/** Reads pages of a resource until all wanted rows are found or there are no more. */
const fetchUuids = async (
  client: Client,
  name: string,
  wanted: Set<number>,
): Promise<Map<number, string>> => {
  const found = new Map<number, string>()
  for (let offset = 0; ; offset += PAGE) {
    const query = { limit: String(PAGE), offset: String(offset) }
    const { value } = await client.send({ method: 'GET', path: [resourceNamed(name).collection], query })
    const rows = rowsOf(value)
    for (const { id, uuid } of rows) {
      if (typeof id === 'number' && typeof uuid === 'string') found.set(id, uuid)
    }
    if (rows.length === 0 || [...wanted].every((id) => found.has(id))) return found
  }
}

/** @throws {Failure} when the API cannot be asked */
export const findReferences = async (
  client: Client,
  rows: readonly AnswerRow[],
  resource: ResourceSpec,
): Promise<UuidsOf> => {
  const uuids = new Map<string, ReadonlyMap<number, string>>()
  for (const [name, wanted] of unnamed(rows, resource)) {
    uuids.set(name, await fetchUuids(client, name, wanted))
  }
  return (name) => uuids.get(name) ?? new Map()
}
