/**
 * Tracked computations. A computation records the cells and computations that it reads; when one of them changes,
 * it and nothing else runs again. A computation whose result is as before stops the change there.
 *
 * A pass has two halves: `invalidate` marks what may be affected, `refresh` brings one computation up to date and
 * looks at its sources first, in the order in which it read them: a source that turns out unchanged costs a look.
 */

import type { CellSpace } from '../model/touch.ts'
import { Cell, type CellKey, Cells } from './cells.ts'
import type { Computation, Source } from './computation.ts'
import { eachDependent, withDependent, withoutDependent } from './dependents.ts'

export class Graph {
  readonly #cells = new Cells()
  readonly #sinks = new Set<Computation>()
  readonly #orphans = new Set<Computation>()
  /** What the computation that runs now has read. */
  #reading: Set<Source> | undefined
  #pass = 0
  /** Computations run since the start: a measure of the cost of changes. */
  runs = 0

  /** A sink takes part from now on; others do when they are read. */
  add(sink: Computation): void {
    this.#sinks.add(sink)
  }

  /** Forgets a computation; its readers must be gone. */
  dispose(target: Computation): void {
    target.state = 'disposed'
    this.#sinks.delete(target)
    for (const source of target.sources) this.#unsubscribe(target, source)
    target.sources = []
  }

  /** Starts a pass. */
  begin(): void {
    this.#pass++
  }

  /** In the beginning of a pass: marks everything that reads the cell, directly or not. */
  invalidate(space: CellSpace, key: CellKey): void {
    const cell = this.#cells.find(space, key)
    if (cell === undefined) return
    cell.changedAt = this.#pass
    this.#mark(cell)
  }

  /** The sinks that need a `refresh`; empties the list. */
  takeSinks(): Computation[] {
    const taken = [...this.#sinks]
    this.#sinks.clear()
    return taken
  }

  get pendingSinks(): number {
    return this.#sinks.size
  }

  /** The computation that runs now has read an input. */
  readCell(space: CellSpace, key: CellKey): void {
    this.#reading?.add(this.#cells.at(space, key))
  }

  /** The computation that runs now reads the result of another. */
  read<T>(computation: Computation<T>): T {
    this.#reading?.add(computation)
    this.refresh(computation)
    return computation.value as T
  }

  /** Brings a computation up to date. */
  refresh(target: Computation): void {
    if (target.state === 'clean' || target.state === 'disposed') return
    if (target.state !== 'maybe' || this.#sourceChanged(target)) this.#run(target)
    target.state = 'clean'
  }

  /** The result of a computation that nobody will ask for again. @throws what it throws */
  once<T>(computation: Computation<T>): T {
    try {
      this.refresh(computation)
      return computation.value as T
    } finally {
      this.dispose(computation)
    }
  }

  /** Forgets computations that nothing reads any more. */
  collect(): void {
    while (this.#orphans.size > 0) {
      const orphans = [...this.#orphans]
      this.#orphans.clear()
      for (const computation of orphans) {
        if (computation.dependents !== undefined || computation.state === 'disposed') continue
        this.dispose(computation)
        computation.orphaned?.()
      }
    }
  }

  #mark(source: Source): void {
    const stack: Source[] = [source]
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      for (const dependent of eachDependent(next.dependents)) {
        if (dependent.state !== 'clean' && dependent.state !== 'failed') continue
        dependent.state = dependent.state === 'failed' ? 'new' : 'maybe'
        if (dependent.changed !== undefined) this.#sinks.add(dependent)
        stack.push(dependent)
      }
    }
  }

  #sourceChanged(target: Computation): boolean {
    for (const source of target.sources) {
      if (!(source instanceof Cell)) this.refresh(source)
      if (source.changedAt > target.computedAt) return true
    }
    return false
  }

  #run(target: Computation): void {
    this.runs++
    const value = this.#compute(target)
    const before = target.value
    if (before !== undefined && target.equal(value, before)) return
    target.value = value
    target.changedAt = this.#pass
    target.changed?.(value, before)
  }

  /** Runs it, and follows what it reads now in place of what it read before. */
  #compute(target: Computation): unknown {
    const outer = this.#reading
    const reading = new Set<Source>()
    this.#reading = reading
    target.state = 'failed'
    try {
      return target.compute()
    } finally {
      // Also after a failure: what it read may change, and then it must run again.
      this.#reading = outer
      for (const source of reading) source.dependents = withDependent(source.dependents, target)
      for (const source of target.sources) if (!reading.has(source)) this.#unsubscribe(target, source)
      target.sources = [...reading]
      target.computedAt = this.#pass
    }
  }

  #unsubscribe(target: Computation, source: Source): void {
    source.dependents = withoutDependent(source.dependents, target)
    if (source.dependents !== undefined) return
    if (source instanceof Cell) source.forget()
    else if (source.orphaned !== undefined) this.#orphans.add(source)
  }
}
