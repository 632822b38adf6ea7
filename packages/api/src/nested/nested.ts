/**
 * Calls below a row that are no relations: parts that their parameters name, associations, ports, a new name. One file
 * each says what they do; here is what they have in common.
 */
import type { ResourceName } from '@openvnet/schema'
import type { Shape } from '../crud/behaviour.ts'
import type { Model } from '../crud/model.ts'
import { rowOfPath } from '../crud/reference.ts'
import type { JsonSchema } from '../openapi/schemas.ts'
import type { Stored } from '../store/columns.ts'
import type { Page, Reader } from '../store/rows.ts'
import type { Call, Names } from '../writing/call.ts'

interface Described {
  readonly base: ResourceName
  /** Names in the path besides `uuid`. */
  readonly others?: Readonly<Record<string, ResourceName>>
  readonly operationId: string
  readonly summary: string
  /** What it answers, of a list one item. */
  readonly answer: JsonSchema
}

/** A call that writes, as it is described. */
export interface NestedCall extends Described {
  readonly call: Call
}

/** What is listed below a row. */
export interface NestedList extends Described {
  /** Below the path of the API. */
  readonly path: string
  list(reader: Reader, model: Model, base: Stored, page: Page): { total: number; items: readonly Shape[] }
}

/** The row that the path names. @throws ApiError InvalidUUID, UnknownUUIDResource */
export const baseOf = <N extends ResourceName>(reader: Reader, base: N, names: Names): Stored<N> =>
  rowOfPath(reader, base, 'uuid', names['uuid'] ?? '')

/** A page of what is at hand as a whole. */
export const paged = <T>(all: readonly T[], { limit, offset }: Page): { total: number; items: T[] } => ({
  total: all.length,
  items: all.slice(offset, offset + limit),
})
