import t from 'tap'
import { Computation } from './computation.ts'
import { Graph } from './graph.ts'

const inputs = new Map<number, number>()

interface Spec<T> {
  readonly compute: () => T
  readonly changed?: (value: T) => void
  readonly orphaned?: () => void
}

class Probe<T> extends Computation<T> {
  readonly compute: () => T

  constructor({ compute, changed, orphaned }: Spec<T>) {
    super()
    this.compute = compute
    if (changed !== undefined) this.changed = changed
    if (orphaned !== undefined) this.orphaned = orphaned
  }
}

/** A graph whose inputs are numbers under names. */
class Bench {
  readonly graph = new Graph(8)

  read(key: number): number {
    this.graph.readCell('ports', key)
    return inputs.get(key) ?? 0
  }

  sink<T>(spec: Spec<T> & { readonly changed: (value: T) => void }): Computation<T> {
    const sink = new Probe(spec)
    this.graph.add(sink as Computation)
    return sink
  }

  settle(): void {
    for (let pending = this.graph.takePending(); pending.length > 0; pending = this.graph.takePending())
      for (const computation of pending) this.graph.refresh(computation)
    Array.from(this.graph.collect())
  }

  set(key: number, value: number): void {
    inputs.set(key, value)
    this.graph.invalidate('ports', key)
    this.settle()
  }
}

const [A, B, C] = [1, 2, 3]

t.beforeEach(() => inputs.clear())

t.test('a change runs what read it and nothing else', async (t) => {
  const bench = new Bench()
  const seen: string[] = []
  for (const key of [A, B])
    bench.sink({ compute: () => bench.read(key), changed: (value) => seen.push(`${key}=${value}`) })
  bench.settle()
  const before = bench.graph.runs
  bench.set(A, 5)
  t.equal(bench.graph.runs, before + 1)
  t.strictSame(seen, ['1=0', '2=0', '1=5'])
})

t.test('a result that stays the same stops the change', async (t) => {
  const bench = new Bench()
  let sinkRuns = 0
  const parity = new Probe({ compute: () => bench.read(A) % 2, orphaned: () => {} })
  bench.sink({
    compute: () => {
      sinkRuns++
      return bench.graph.read(parity)
    },
    changed: () => {},
  })
  bench.settle()
  bench.set(A, 2)
  t.equal(sinkRuns, 1, 'the parity of 0 and 2 is the same')
  bench.set(A, 3)
  t.equal(sinkRuns, 2)
})

t.test('reads are followed as they are now, not as they were', async (t) => {
  const bench = new Bench()
  let value = -1
  bench.sink({
    compute: () => (bench.read(A) === 0 ? bench.read(B) : bench.read(C)),
    changed: (now) => {
      value = now
    },
  })
  bench.settle()
  bench.set(A, 1)
  const before = bench.graph.runs
  bench.set(B, 7)
  t.equal(bench.graph.runs, before, 'it is not read any more')
  bench.set(C, 9)
  t.equal(value, 9)
})

t.test('a computation that nobody reads any more is forgotten', async (t) => {
  const bench = new Bench()
  let orphaned = 0
  const shared = new Probe({ compute: () => bench.read(A), orphaned: () => orphaned++ })
  const sink = bench.sink({ compute: () => bench.graph.read(shared), changed: () => {} })
  bench.settle()
  bench.graph.dispose(sink)
  Array.from(bench.graph.collect())
  t.equal(orphaned, 1)
  const before = bench.graph.runs
  bench.set(A, 1)
  t.equal(bench.graph.runs, before)
})

t.test('a computation that failed runs again when what it read changes', async (t) => {
  const bench = new Bench()
  const fragile = new Probe({
    compute: () => {
      if (bench.read(A) === 0) throw new Error('zero')
      return bench.read(A)
    },
    orphaned: () => {},
  })
  let result = ''
  bench.sink({
    compute: () => {
      try {
        return String(bench.graph.read(fragile))
      } catch (error) {
        return (error as Error).message
      }
    },
    changed: (value) => {
      result = value
    },
  })
  bench.settle()
  t.equal(result, 'zero')
  bench.set(A, 5)
  t.equal(result, '5')
})

t.test('a source of many keeps them all, and loses them one by one', async (t) => {
  const bench = new Bench()
  const seen: number[] = []
  const sinks = Array.from({ length: 20 }, (_, index) =>
    bench.sink({ compute: () => bench.read(A) + index, changed: () => seen.push(index) }),
  )
  for (let left = sinks.length; left >= 0; left--) {
    seen.length = 0
    bench.set(A, left + 1)
    t.strictSame(
      seen.toSorted((a, b) => a - b),
      Array.from({ length: left }, (_, index) => index),
    )
    const last = sinks.pop()
    if (last !== undefined) bench.graph.dispose(last)
  }
})

t.test('a change does not go beyond a junction that stays as it is', async (t) => {
  const bench = new Bench()
  const parity = new Probe({ compute: () => bench.read(A) % 2, orphaned: () => {} })
  const between = Array.from(
    { length: 20 },
    () => new Probe({ compute: () => bench.graph.read(parity), orphaned: () => {} }),
  )
  let ran = 0
  for (const each of between)
    bench.sink({
      compute: () => {
        ran++
        return bench.graph.read(each)
      },
      changed: () => {},
    })
  bench.settle()
  const states = () => new Set(between.map(({ state }) => state))
  inputs.set(A, 2)
  bench.graph.invalidate('ports', A)
  t.strictSame(states(), new Set(['clean']), 'not even looked at')
  bench.settle()
  t.equal(ran, 20)
  bench.set(A, 3)
  t.equal(ran, 40)
})

t.test('whoever read what a junction made out of date runs again', async (t) => {
  const bench = new Bench()
  const junction = new Probe({ compute: () => bench.read(A), orphaned: () => {} })
  const crowd = Array.from({ length: 10 }, () =>
    bench.sink({ compute: () => bench.graph.read(junction), changed: () => {} }),
  )
  const stale = new Probe({ compute: () => bench.graph.read(junction) * 10, orphaned: () => {} })
  const seen: [number, number][] = []
  bench.sink({
    compute: (): string => {
      // The first is clean and out of date when it is read; the second brings the junction up to date.
      const [first, second] = [bench.graph.read(stale), bench.read(B) + bench.graph.read(junction)]
      seen.push([first, second])
      return `${first} ${second}`
    },
    changed: () => {},
  })
  bench.settle()
  inputs.set(A, 1).set(B, 0)
  bench.graph.invalidate('ports', B)
  bench.graph.invalidate('ports', A)
  const [sink] = bench.graph.takePending()
  t.equal(sink, junction, 'junctions come first')
  bench.settle()
  bench.graph.refresh(junction)
  bench.settle()
  t.strictSame(seen.at(-1), [10, 1])
  t.equal(crowd.length, 10)
})

t.test('nobody stays as it was who looked at what a junction was about to change', async (t) => {
  const bench = new Bench()
  const probe = (compute: () => number) => new Probe({ compute, orphaned: () => {} })
  const late = probe(() => bench.read(A))
  const stale = probe(() => bench.graph.read(late))
  const between = probe(() => {
    bench.read(B)
    const first = bench.graph.read(stale)
    // Brings the junction up to date, and so makes `stale` out of date; what this says is as before.
    bench.graph.read(late)
    return first
  })
  const reader = probe(() => bench.graph.read(between))
  const early = probe(() => bench.graph.read(reader))
  const seen: number[] = []
  const crowd = Array.from({ length: 10 }, (_, index) => [
    bench.sink({ compute: () => bench.graph.read(early), changed: (value) => (seen[index] = value) }),
    bench.sink({ compute: () => bench.graph.read(late), changed: () => {} }),
  ])
  bench.settle()
  inputs.set(A, 5).set(B, 1)
  bench.graph.invalidate('ports', B)
  bench.graph.invalidate('ports', A)
  bench.settle()
  t.strictSame(
    seen,
    crowd.map(() => 5),
  )
})

t.test('a cell that changes hands during a run is not lost', async (t) => {
  const bench = new Bench()
  const former = new Probe({ compute: () => (bench.read(A) === 0 ? bench.read(B) : 0), orphaned: () => {} })
  let told = -1
  bench.sink({
    // When A changes this reads B first, and then `former`, which was the only reader of B, does not any more.
    compute: () => (bench.read(A) === 0 ? 0 : bench.read(B)) + bench.graph.read(former),
    changed: (value) => {
      told = value
    },
  })
  bench.settle()
  bench.set(A, 1)
  bench.set(B, 7)
  t.equal(told, 7)
})

t.test('a computation that fails later costs its readers its value, and gives it back', async (t) => {
  const bench = new Bench()
  const fragile = new Probe({
    compute: () => {
      if (bench.read(A) === 1) throw new Error('one')
      return 5
    },
    orphaned: () => {},
  })
  const seen: string[][] = []
  for (let index = 0; index < 10; index++) {
    const said: string[] = []
    seen.push(said)
    bench.sink({
      compute: () => {
        try {
          return String(bench.graph.read(fragile))
        } catch (error) {
          return (error as Error).message
        }
      },
      changed: (value) => said.push(value),
    })
  }
  bench.settle()
  bench.set(A, 1)
  bench.set(A, 2)
  t.strictSame(
    seen,
    seen.map(() => ['5', 'one', '5']),
  )
})

t.test('an answer for once leaves nothing behind', async (t) => {
  const bench = new Bench()
  let orphaned = 0
  const shared = new Probe({ compute: () => bench.read(A) + 1, orphaned: () => orphaned++ })
  t.equal(bench.graph.once(new Probe({ compute: () => bench.graph.read(shared) })), 1)
  Array.from(bench.graph.collect())
  t.equal(orphaned, 1)
})
