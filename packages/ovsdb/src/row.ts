/** Tables as a user declares them: the columns that he wants, with their kinds. Rows get their types from that. */
import type { AnyKind, GivenOf, ValueOf } from './kinds.ts'

export type Columns = Readonly<Record<string, AnyKind>>
export type Tables = Readonly<Record<string, Columns>>

/** A row as it is read. */
export type Row<C extends Columns> = { readonly [N in keyof C]: ValueOf<C[N]> }
/** A row as it is given: any of the columns. */
export type GivenRow<C extends Columns> = { readonly [N in keyof C]?: GivenOf<C[N]> }

/** A row came (`before` is `null`), changed, or went (`after` is `null`). */
export interface ChangeOf<C extends Columns, N = string> {
  readonly table: N
  readonly uuid: string
  readonly before: Row<C> | null
  readonly after: Row<C> | null
}
export type RowChange<T extends Tables> = { readonly [N in keyof T]: ChangeOf<T[N], N> }[keyof T]
