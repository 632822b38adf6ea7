/**
 * A call that writes, apart from how it came: as a request of its own or as an operation of a batch. It is named by its
 * method and its path below the API's, e.g. `PUT networks/:uuid`.
 */
import type { ResourceName } from '@openvnet/schema'
import type { Model } from '../crud/model.ts'
import type { Raw } from '../parameters/body.ts'
import { check, type Given } from '../parameters/check.ts'
import type { Signature } from '../parameters/expected.ts'
import { notEnforcedIn } from '../status/not_enforced.ts'
import type { Stored } from '../store/columns.ts'
import type { Writer } from '../store/rows.ts'

/** The values in a path, by their names in the call's. */
export type Names = Readonly<Record<string, string>>

/** What a call has done. */
export interface Outcome {
  /** The answer. */
  readonly body: unknown
  /** Sentences about what is stored and has no effect. */
  readonly notEnforced: readonly string[]
}

export interface Call {
  readonly method: 'POST' | 'PUT' | 'DELETE'
  /** Below the path of the API; values begin with a colon. */
  readonly path: string
  readonly signature: Signature
  /** Parameters that clients of the original repeat although the path says them. */
  readonly repeated?: readonly string[]
  /** To be called in a transaction. @throws ApiError */
  perform(writer: Writer, names: Names, given: Given): Outcome
}

export const nameOf = ({ method, path }: Pick<Call, 'method' | 'path'>): string => `${method} ${path}`

/** The parameters of a call. @throws ApiError */
export const givenTo = ({ signature, repeated = [] }: Call, raw: Raw): Given => {
  const given = new Map(check(raw, signature))
  for (const name of repeated) {
    const value = raw.get(name)
    if (value !== undefined) given.set(name, typeof value === 'object' ? 'an object' : String(value))
  }
  return given
}

/** What an answer shows of a row that was written. */
export const rowOutcome = <N extends ResourceName>(
  model: Model,
  writer: Writer,
  name: N,
  row: Stored<N>,
): Outcome => ({ body: model.shape(writer, name, row), notEnforced: notEnforcedIn(writer, name, row) })
