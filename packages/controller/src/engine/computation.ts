/** A result that follows what it was computed from. What it reads is recorded while it runs, see `graph.ts`. */
import type { Cell } from './cells.ts'
import type { Dependents } from './dependents.ts'

/** Something that can be read: an input, or the result of a computation. */
export type Source = Cell | Computation

const NOTHING_READ: readonly Source[] = []

export abstract class Computation<T = unknown> {
  dependents: Dependents<Computation>
  /** When its value changed last, by the clock of the graph. */
  changedAt = 0
  sources = NOTHING_READ
  /** `failed`: it threw, and runs again when it is read next. */
  state: 'new' | 'clean' | 'maybe' | 'failed' | 'disposed' = 'new'
  /** When it had run last. */
  computedAt = 0
  value: T | undefined

  abstract compute(): T

  equal(a: T, b: T): boolean {
    return Object.is(a, b)
  }

  /** Sinks have it: they are brought up to date after every invalidation, others when they are read. */
  changed?(value: T, before: T | undefined): void

  /** Called when nothing reads it any more. */
  orphaned?(): void
}
