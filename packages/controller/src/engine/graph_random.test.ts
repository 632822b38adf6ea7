/**
 * Random graphs against the plain answer: whatever cells change, and in whatever order what reads them is brought up to
 * date, each sink ends with what a recursion over the inputs, which remembers nothing, says. What is read depends on what was
 * read before, some sources have dozens of readers, and some computations fail now and then.
 */
import t from 'tap'
import { Random } from '../../test/random.ts'
import { Computation } from './computation.ts'
import { Graph } from './graph.ts'

const CELLS = 8
const GRAPHS = 600
const ROUNDS = 40

/** A number below `CELLS` is a cell, others are computations, which read lower ones only. */
interface Step {
  readonly source: number
  /** Read if what was added up so far is even, odd, or in any case. */
  readonly when: 0 | 1 | undefined
}

interface Program {
  readonly steps: readonly Step[]
  /** What is not told apart by its readers: small ones stop changes. */
  readonly modulus: number
  readonly isFragile: boolean
}

const MOST = 12

const createProgram = (random: Random, below: number): Program => ({
  steps: Array.from({ length: 1 + random.below(4) }, () => ({
    // Low numbers are read by many: those are the junctions.
    source: random.below(3) === 0 ? random.below(below) : random.below(Math.min(below, MOST + 4)),
    when: random.pick([0, 1, undefined, undefined]),
  })),
  modulus: random.pick([1, 2, 2, 3, 5, 100]),
  isFragile: random.below(30) === 0,
})

const perform = ({ steps, modulus, isFragile }: Program, read: (source: number) => number): number => {
  let sum = 1
  for (const { source, when } of steps) if (when === undefined || sum % 2 === when) sum += read(source)
  if (isFragile && sum % 3 === 0) throw new Error('fragile')
  return sum % modulus
}

/** Sinks catch what fails, as the engine's do. */
const orFailed = (answer: () => number): number => {
  try {
    return answer()
  } catch {
    return -1
  }
}

class Node extends Computation<number> {
  readonly compute: () => number

  constructor(compute: () => number, orphaned?: () => void) {
    super()
    this.compute = compute
    if (orphaned !== undefined) this.orphaned = orphaned
  }
}

class Sink extends Node {
  told: number | undefined

  override changed(value: number): void {
    this.told = value
  }
}

class World {
  readonly #random: Random
  readonly #programs: readonly Program[]
  readonly #cells = Array.from({ length: CELLS }, () => 0)
  readonly #graph: Graph
  readonly #nodes = new Map<number, Node>()
  readonly #sinks = new Map<number, Sink>()

  constructor(random: Random) {
    this.#random = random
    this.#graph = new Graph(random.pick([2, 8]))
    const count = 5 + random.below(120)
    this.#programs = Array.from({ length: count }, (_, index) => createProgram(random, CELLS + index))
    for (let index = 0; index < count; index++) if (random.below(8) > 0) this.#toggle(index)
  }

  round(): void {
    const below = (limit: number) => this.#random.below(limit)
    if (below(4) === 0) this.#toggle(below(this.#programs.length))
    for (let left = below(4); left >= 0; left--) this.#change(below(CELLS))
    for (let pending = this.#graph.takePending(); pending.length > 0; pending = this.#graph.takePending())
      for (const computation of pending) {
        this.#graph.refresh(computation)
        // Somebody asks for a reason in the middle of a pass.
        if (below(20) === 0) this.#ask(below(this.#programs.length))
      }
    Array.from(this.#graph.collect())
  }

  /** Sinks that say something else than they should. */
  wrong(): string[] {
    return [...this.#sinks].flatMap(([index, { told }]) => {
      const right = orFailed(() => this.#plain(CELLS + index))
      return told === right ? [] : [`sink ${index} says ${told}, not ${right}`]
    })
  }

  #change(cell: number): void {
    this.#cells[cell] = this.#random.below(4)
    this.#graph.invalidate('ports', cell)
  }

  #toggle(index: number): void {
    const sink = this.#sinks.get(index)
    if (sink !== undefined) {
      this.#sinks.delete(index)
      this.#graph.dispose(sink as Computation)
      return
    }
    const added = new Sink(() => orFailed(() => this.#read(CELLS + index)))
    this.#sinks.set(index, added)
    this.#graph.add(added as Computation)
  }

  #ask(index: number): void {
    this.#graph.once(new Node(() => orFailed(() => this.#read(CELLS + index))))
  }

  #read(source: number): number {
    if (source < CELLS) {
      this.#graph.readCell('ports', source)
      return this.#cells[source] as number
    }
    return this.#graph.read(this.#node(source))
  }

  #node(source: number): Node {
    const known = this.#nodes.get(source)
    if (known !== undefined) return known
    const node = new Node(
      () => perform(this.#programs[source - CELLS] as Program, (next) => this.#read(next)),
      () => this.#nodes.delete(source),
    )
    this.#nodes.set(source, node)
    return node
  }

  #plain(source: number): number {
    if (source < CELLS) return this.#cells[source] as number
    return perform(this.#programs[source - CELLS] as Program, (next) => this.#plain(next))
  }
}

/** @returns the first sinks that say something else than they should, and when */
const firstWrong = (seed: number): string[] => {
  const world = new World(new Random(seed))
  for (let round = 1; round <= ROUNDS; round++) {
    world.round()
    const wrong = world.wrong()
    if (wrong.length > 0) return wrong.slice(0, 5).map((sink) => `seed ${seed}, round ${round}: ${sink}`)
  }
  return []
}

t.test('whatever changes, each sink says what follows from the inputs', async (t) => {
  for (let seed = 1; seed <= GRAPHS; seed++) {
    const wrong = firstWrong(seed)
    if (wrong.length > 0) return t.strictSame(wrong, [])
  }
  return t.pass(`${GRAPHS} graphs, ${ROUNDS} changes each`)
})
