/**
 * Tracked computations. A computation records the cells and computations that it reads; when one of them changes,
 * it and nothing else runs again. A computation whose result is as before stops the change there.
 *
 * A pass has two halves: `invalidate` marks what may be affected, `refresh` brings one computation up to date and
 * looks at its sources first, in the order in which it read them: a source that turns out unchanged costs a look.
 */
import { getOrCreate } from '../model/get_or_create.ts'

/** Something that can be read: an input, or the result of a computation. */
type Source = Cell | Computation<unknown>

class Cell {
  readonly name: string
  readonly dependents = new Set<Computation<unknown>>()
  /** Pass in which it changed last. */
  changedAt = 0

  constructor(name: string) {
    this.name = name
  }
}

/** Called by computations for each source that they read. */
export interface Tracker {
  readCell(name: string): void
  readComputation<T>(computation: Computation<T>): T
}

export interface Computation<T> {
  readonly name: string
  readonly dependents: Set<Computation<unknown>>
  /** Pass in which its value changed last. */
  changedAt: number
  compute(tracker: Tracker): T
  equal(a: T, b: T): boolean
  /** Computations that have it are sinks: brought up to date after every invalidation, others when they are read. */
  onChange?(value: T, before: T | undefined): void
  sources: Source[]
  /** `failed`: it threw, and runs again when it is read next. */
  state: 'new' | 'clean' | 'maybe' | 'failed' | 'disposed'
  computedAt: number
  value: T | undefined
}

export interface ComputationOptions<T> {
  readonly name: string
  readonly compute: (tracker: Tracker) => T
  readonly equal?: (a: T, b: T) => boolean
  readonly onChange?: (value: T, before: T | undefined) => void
  /** Called when nothing reads it any more. */
  readonly onOrphaned?: () => void
}

export class Graph {
  readonly #cells = new Map<string, Cell>()
  readonly #sinks = new Set<Computation<unknown>>()
  readonly #orphans = new Map<Computation<unknown>, () => void>()
  readonly #onOrphaned = new Map<Computation<unknown>, () => void>()
  #pass = 0
  /** Computations run since the start: a measure of the cost of changes. */
  runs = 0

  create<T>(options: ComputationOptions<T>): Computation<T> {
    const computation: Computation<T> = {
      name: options.name,
      compute: options.compute,
      equal: options.equal ?? Object.is,
      ...(options.onChange && { onChange: options.onChange }),
      dependents: new Set(),
      changedAt: 0,
      sources: [],
      state: 'new',
      computedAt: 0,
      value: undefined,
    }
    if (options.onChange !== undefined) this.#sinks.add(computation)
    if (options.onOrphaned !== undefined) this.#onOrphaned.set(computation, options.onOrphaned)
    return computation
  }

  /** Forgets a computation; its readers must be gone. */
  dispose(target: Computation<unknown>): void {
    target.state = 'disposed'
    this.#sinks.delete(target)
    this.#onOrphaned.delete(target)
    this.#unsubscribe(target, target.sources)
    target.sources = []
  }

  /** Starts a pass: marks everything that reads one of the cells, directly or not. */
  invalidate(cells: Iterable<string>): void {
    this.#pass++
    for (const name of cells) {
      const cell = this.#cells.get(name)
      if (cell === undefined) continue
      cell.changedAt = this.#pass
      this.#mark(cell)
    }
  }

  /** The sinks that need a `refresh`; empties the list. */
  takeSinks(): Computation<unknown>[] {
    const taken = [...this.#sinks]
    this.#sinks.clear()
    return taken
  }

  get pendingSinks(): number {
    return this.#sinks.size
  }

  /** Brings a computation up to date. */
  refresh(target: Computation<unknown>): void {
    if (target.state === 'clean' || target.state === 'disposed') return
    if (target.state !== 'maybe' || this.#sourceChanged(target)) this.#run(target)
    target.state = 'clean'
  }

  /** Ends a pass: forgets computations that nothing reads any more. */
  collect(): void {
    while (this.#orphans.size > 0) {
      const orphans = [...this.#orphans]
      this.#orphans.clear()
      for (const [computation, onOrphaned] of orphans) {
        if (computation.dependents.size > 0 || computation.state === 'disposed') continue
        this.dispose(computation)
        onOrphaned()
      }
    }
  }

  #mark(source: Source): void {
    const stack: Source[] = [source]
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      for (const dependent of next.dependents) {
        if (dependent.state !== 'clean' && dependent.state !== 'failed') continue
        dependent.state = dependent.state === 'failed' ? 'new' : 'maybe'
        if (dependent.onChange !== undefined) this.#sinks.add(dependent)
        stack.push(dependent)
      }
    }
  }

  #sourceChanged(target: Computation<unknown>): boolean {
    for (const source of target.sources) {
      if (!(source instanceof Cell)) this.refresh(source)
      if (source.changedAt > target.computedAt) return true
    }
    return false
  }

  #run(target: Computation<unknown>): void {
    this.runs++
    const former = target.sources
    const sources = new Set<Source>()
    let value: unknown
    target.state = 'failed'
    try {
      value = target.compute(this.#tracker(sources))
    } finally {
      // Also after a failure: what it read may change, and then it must run again.
      target.sources = [...sources]
      for (const source of target.sources) source.dependents.add(target)
      this.#unsubscribe(
        target,
        former.filter((source) => !sources.has(source)),
      )
      target.computedAt = this.#pass
    }
    const before = target.value
    if (before !== undefined && target.equal(value, before)) return
    target.value = value
    target.changedAt = this.#pass
    target.onChange?.(value, before)
  }

  #tracker(sources: Set<Source>): Tracker {
    return {
      readCell: (name) => {
        sources.add(getOrCreate(this.#cells, name, () => new Cell(name)))
      },
      readComputation: <T>(computation: Computation<T>): T => {
        sources.add(computation)
        this.refresh(computation)
        return computation.value as T
      },
    }
  }

  #unsubscribe(target: Computation<unknown>, sources: readonly Source[]): void {
    for (const source of sources) {
      source.dependents.delete(target)
      if (source.dependents.size > 0) continue
      if (source instanceof Cell) {
        this.#cells.delete(source.name)
        continue
      }
      const onOrphaned = this.#onOrphaned.get(source)
      if (onOrphaned !== undefined) this.#orphans.set(source, onOrphaned)
    }
  }
}
