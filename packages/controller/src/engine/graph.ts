/**
 * Tracked computations. A computation records the cells and computations that it reads; when one of them changes,
 * it and nothing else runs again. A computation whose result is as before stops the change there.
 *
 * `invalidate` marks what may be affected, `refresh` brings one computation up to date and looks at its sources first,
 * in the order in which it read them: a source that turns out unchanged costs a look.
 *
 * Marking would still go to all that a change may reach: that a network has one more guest concerns nearly nothing of
 * the others, but each of them depends on the switches of the network. So it stops at what many read, a *junction*:
 * junctions are brought up to date first, and one that changed marks its readers then. Until then a reader of such
 * readers may see what is out of date; it is found out at the end of the run (`#isConsistent`), and runs again.
 */

import type { CellSpace } from '../model/touch.ts'
import { Cell, type CellKey, Cells } from './cells.ts'
import type { Computation, Source } from './computation.ts'
import { eachDependent, isCrowd, withDependent, withoutDependent } from './dependents.ts'

const isOutOfDate = (source: Source): boolean =>
  !(source instanceof Cell) && (source.state === 'maybe' || source.state === 'new')

export class Graph {
  readonly #cells = new Cells()
  readonly #sinks = new Set<Computation>()
  /** Junctions that may have to run again. */
  readonly #junctions = new Set<Computation>()
  /** Sources that may have no reader any more: whoever runs now may have read them, and is not noted as reader yet. */
  readonly #orphans = new Set<Source>()
  /** What the computation that runs now has read, and when. */
  #reading: Map<Source, number> | undefined
  /** Most readers of what is no junction. */
  readonly #junction: number
  /** Counts changes. */
  #now = 0
  /** Computations run since the start: a measure of the cost of changes. */
  runs = 0

  /** @param junction see `Limits` */
  constructor(junction: number) {
    this.#junction = junction
  }

  /** A sink takes part from now on; others do when they are read. */
  add(sink: Computation): void {
    this.#sinks.add(sink)
  }

  /** Forgets a computation; its readers must be gone. */
  dispose(target: Computation): void {
    target.state = 'disposed'
    this.#sinks.delete(target)
    this.#junctions.delete(target)
    for (const source of target.sources) this.#unsubscribe(target, source)
    target.sources = []
  }

  /** Whether anything reads the cell. */
  isRead(space: CellSpace, key: CellKey): boolean {
    return this.#cells.find(space, key) !== undefined
  }

  /** Marks what reads the cell, directly or not. */
  invalidate(space: CellSpace, key: CellKey): void {
    const cell = this.#cells.find(space, key)
    if (cell === undefined) return
    cell.changedAt = ++this.#now
    this.#mark(cell)
  }

  /** What needs a `refresh`; the list is then empty, and has to be asked for again until it stays so. */
  takePending(): Computation[] {
    const pending = this.#junctions.size > 0 ? this.#junctions : this.#sinks
    const taken = [...pending]
    pending.clear()
    return taken
  }

  /** The computation that runs now has read an input. */
  readCell(space: CellSpace, key: CellKey): void {
    this.#note(this.#cells.at(space, key))
  }

  /** The computation that runs now reads the result of another. */
  read<T>(computation: Computation<T>): T {
    try {
      this.#update(computation)
    } finally {
      this.#note(computation)
    }
    return computation.value as T
  }

  /** Brings a computation up to date. What fails is for its readers. @throws what a sink throws, which has none */
  refresh(target: Computation): void {
    if (target.changed === undefined) this.#tryUpdate(target)
    else this.#update(target)
  }

  #update(target: Computation): void {
    if (target.state === 'clean' || target.state === 'disposed') return
    if (target.state === 'maybe' && !this.#sourceChanged(target)) target.state = 'clean'
    else this.#run(target)
  }

  /** The result of a computation that nobody will ask for again. @throws what it throws */
  once<T>(computation: Computation<T>): T {
    try {
      this.#update(computation)
      return computation.value as T
    } finally {
      this.dispose(computation)
    }
  }

  /** Forgets what nothing reads any more, one with each step. */
  *collect(): Generator<void> {
    while (this.#orphans.size > 0) {
      const orphans = [...this.#orphans]
      this.#orphans.clear()
      for (const source of orphans) {
        if (source.dependents === undefined) this.#forget(source)
        yield
      }
    }
  }

  #forget(source: Source): void {
    if (source instanceof Cell) source.forget()
    else if (source.state !== 'disposed') {
      this.dispose(source)
      source.orphaned?.()
    }
  }

  #note(source: Source): void {
    if (this.#reading?.has(source) === false) this.#reading.set(source, this.#now)
  }

  #mark(source: Source): void {
    const stack: Source[] = [source]
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      for (const dependent of eachDependent(next.dependents)) {
        if (dependent.state !== 'clean' && dependent.state !== 'failed') continue
        dependent.state = dependent.state === 'failed' ? 'new' : 'maybe'
        if (!this.#enlist(dependent)) stack.push(dependent)
      }
    }
  }

  /** @returns whether it is refreshed in its own right, and marks its readers then */
  #enlist(computation: Computation): boolean {
    if (computation.changed !== undefined) this.#sinks.add(computation)
    else if (isCrowd(computation.dependents, this.#junction)) this.#junctions.add(computation)
    else return false
    return true
  }

  /** Whether it has to run: a source changed, or it is not known whether one did. */
  #sourceChanged(target: Computation): boolean {
    for (const source of target.sources) {
      if (!(source instanceof Cell) && !this.#tryUpdate(source)) return true
      if (source.changedAt > target.computedAt) return true
    }
    // To look at one may have changed what was looked at before, or made it out of date.
    return target.sources.some((source) => source.changedAt > target.computedAt || isOutOfDate(source))
  }

  /** @returns whether it has a value */
  #tryUpdate(computation: Computation): boolean {
    try {
      this.#update(computation)
      return true
    } catch {
      return false
    }
  }

  #run(target: Computation): void {
    this.runs++
    const reading = new Map<Source, number>()
    const before = target.value
    try {
      const value = this.#compute(target, reading)
      target.state = 'clean'
      if (before !== undefined && target.equal(value, before)) return
      this.#replace(target, value)
      target.changed?.(value, before)
    } catch (error) {
      // Who knew its value has to know that there is none.
      if (before !== undefined && target.changed === undefined) this.#replace(target, undefined)
      throw error
    } finally {
      if (!this.#isConsistent(reading)) {
        target.state = 'new'
        this.#enlist(target)
      }
    }
  }

  #replace(target: Computation, value: unknown): void {
    target.value = value
    target.changedAt = ++this.#now
    this.#mark(target)
  }

  /** Whether everything is as it was when it was read: a junction that was read later may have changed it. */
  #isConsistent(reading: ReadonlyMap<Source, number>): boolean {
    for (const [source, readAt] of reading) {
      if (source.changedAt > readAt) return false
      if (isOutOfDate(source)) return false
    }
    return true
  }

  /** Runs it, and follows what it reads now in place of what it read before. */
  #compute(target: Computation, reading: Map<Source, number>): unknown {
    const outer = this.#reading
    this.#reading = reading
    target.state = 'failed'
    try {
      return target.compute()
    } finally {
      // Also after a failure: what it read may change, and then it must run again.
      this.#reading = outer
      for (const source of reading.keys()) source.dependents = withDependent(source.dependents, target)
      for (const source of target.sources) if (!reading.has(source)) this.#unsubscribe(target, source)
      target.sources = [...reading.keys()]
      target.computedAt = this.#now
    }
  }

  #unsubscribe(target: Computation, source: Source): void {
    source.dependents = withoutDependent(source.dependents, target)
    if (source.dependents !== undefined) return
    if (source instanceof Cell || source.orphaned !== undefined) this.#orphans.add(source)
  }
}
