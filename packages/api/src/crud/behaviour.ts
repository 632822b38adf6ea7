/**
 * What a resource does beyond its columns. A resource that does not fit the generic layer has a file of its name
 * under `resources/` with one of these; everything here runs inside the transaction of the call.
 */
import type { ResourceName, Row } from '@openvnet/schema'
import type { Given } from '../parameters/check.ts'
import type { Stored } from '../store/columns.ts'
import type { Reader, Writer } from '../store/rows.ts'

/** A row that is about to be made. */
export interface Draft<N extends ResourceName> {
  /** Empty for join rows. */
  readonly uuid: string
  /** What the client gave, with references as ids, and the defaults of the schema. */
  readonly values: Partial<Row<N>>
  /** The parameters that are no columns, and those that share one, e.g. `ipv6_address`. */
  readonly extra: Given
}

/** A transaction that can also make rows of other resources, with all that their own files ask. */
export interface Work extends Writer {
  create<N extends ResourceName>(name: N, values: Partial<Row<N>>, uuid?: string, extra?: Given): Stored<N>
}

/** The body of an answer. */
export type Shape = Record<string, unknown>

export interface Behaviour<N extends ResourceName> {
  /** Checks what was given and supplies what the client left out. */
  complete?(work: Work, draft: Draft<N>): Partial<Row<N>>
  /** Makes what belongs to a new row, and checks what can only be seen with it in place. */
  created?(work: Work, row: Stored<N>, draft: Draft<N>): void
  /** The same after a change. */
  updated?(work: Work, row: Stored<N>, before: Stored<N>): void
  /**
   * Removes what belongs to a row that is about to be deleted, or refuses that.
   * @returns what is to be done when it is gone, with all that goes with it
   */
  deleting?(work: Work, row: Stored<N>): (() => void) | undefined
  /** What an answer shows instead of the plain columns. */
  shape?(reader: Reader, row: Stored<N>, plain: Shape): Shape
  /** The rows that `shape` looks up by a reference to the row, so that a list reads them all at once; theirs follow. */
  readonly shown?: readonly { readonly name: ResourceName; readonly column: string }[]
  /** How messages call the row, e.g. as the owner of an address; its uuid when absent. */
  describe?(reader: Reader, row: Stored<N>): string
}

export type Behaviours = { readonly [N in ResourceName]?: Behaviour<N> }
