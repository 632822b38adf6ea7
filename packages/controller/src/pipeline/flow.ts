/**
 * What we want in a switch: flows and groups as data, each with the sentence that says why it is there.
 *
 * Identity is the key (table, priority, canonical match), content is the value (cookie, timeouts, flags, canonical
 * instructions): two flows with the same key and value are the same flow, however they came to be.
 */
import type { Bucket, Instruction, Match } from '@openvnet/openflow'

export interface Flow {
  readonly table_id: number
  readonly priority: number
  readonly cookie: bigint
  /** In an order that switches accept: prerequisites first. */
  readonly match: Match
  /** In order of execution. */
  readonly instructions: readonly Instruction[]
  /** One sentence for people: why this flow exists. */
  readonly why: string
  /** See `flowKey`. */
  readonly key: string
  /** See `flowValue`. */
  readonly value: string
}

export interface Group {
  readonly group_id: number
  /** OFPGT_ALL 0, SELECT 1, INDIRECT 2, FF 3. */
  readonly group_type: number
  readonly buckets: readonly Bucket[]
  readonly why: string
  /** Content for comparison: see `groupValue`. */
  readonly value: string
}

/** Everything that one switch should hold. Group ids of the map are the keys. */
export interface Tables {
  readonly flows: ReadonlyMap<string, Flow>
  readonly groups: ReadonlyMap<number, Group>
}
