/** What a file says that there should be. */
import type { ResourceSpec, Scalar } from '@openvnet/schema'

/** A place in a file, for messages. */
export interface Place {
  readonly file: string
  /** From 1. */
  readonly line: number
}

export interface DeclaredRow {
  readonly resource: ResourceSpec
  /** The uuid; of a join row those of the two, with a blank between. */
  readonly key: string
  /** What is said of it, by parameter. */
  readonly values: ReadonlyMap<string, DeclaredValue>
  readonly place: Place
  /** Only what is said counts, because the row is said in another one. */
  readonly isPartial?: true
}

export interface DeclaredValue {
  readonly value: Scalar | null | readonly Scalar[]
  readonly place: Place
}

export interface Declaration {
  /** The collections that are there, be they empty. */
  readonly collections: readonly ResourceSpec[]
  readonly rows: readonly DeclaredRow[]
}

export const placeText = ({ file, line }: Place): string => `${file}:${line}`
