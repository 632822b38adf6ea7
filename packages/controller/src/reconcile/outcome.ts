/** What became of a batch of changes. */
import type { Change } from './change.ts'

/** A change that was refused, with what a user needs to see its cause. */
export interface Refusal {
  readonly change: Change
  /** The specification's name of the error, e.g. OFPBAC_BAD_OUT_GROUP; a sentence where the switch was not asked. */
  readonly error: string
  /** `encoder`: it has no bytes in OpenFlow, such as a group with too many buckets, and was not sent. */
  readonly by: 'switch' | 'encoder'
}

export type Outcome =
  | {
      readonly kind: 'known'
      /** What the switch holds now. */
      readonly acknowledged: readonly Change[]
      /** What it refused. A change that is in neither list was not done either. */
      readonly refusals: readonly Refusal[]
    }
  /** Nothing is known: connection lost, no answer in time, or an answer that explains nothing. */
  | { readonly kind: 'unknown'; readonly error: Error }

/** An answer after which nothing is known of the batch; becomes an outcome, never leaves reconciling. */
export class UnexplainedAnswer extends Error {
  override readonly name = 'UnexplainedAnswer'
}
