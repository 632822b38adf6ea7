/** What is to be done with a row. */
import type { ResourceSpec } from '@openvnet/schema'
import type { Values } from '../model/model.ts'

/** Of one parameter; `undefined`: not there. */
export interface Difference {
  readonly parameter: string
  readonly before: unknown
  readonly after: unknown
}

export interface Planned {
  readonly resource: ResourceSpec
  readonly key: string
}

export type Change =
  | (Planned & { readonly kind: 'add'; readonly values: Values })
  | (Planned & { readonly kind: 'change'; readonly differences: readonly Difference[] })
  | (Planned & { readonly kind: 'remove'; readonly reason: 'asked' | 'along'; readonly before: Values })
  | (Planned & {
      readonly kind: 'replace'
      /** Empty for what only comes back. */
      readonly differences: readonly Difference[]
      readonly values: Values
      /** The row as it is. */
      readonly before: Values
    })

export interface Plan {
  readonly changes: readonly Change[]
  readonly unchanged: number
  /** Identities of what hangs on parts of other rows: it can only be added when those are there. */
  readonly late: ReadonlySet<string>
}
