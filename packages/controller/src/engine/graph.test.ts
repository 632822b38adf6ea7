import t from 'tap'
import { Graph, type Tracker } from './graph.ts'

const inputs = new Map<string, number>()
const read = (tracker: Tracker, name: string): number => {
  tracker.readCell(name)
  return inputs.get(name) ?? 0
}
const settle = (graph: Graph) => {
  while (graph.pendingSinks > 0) for (const sink of graph.takeSinks()) graph.refresh(sink)
  graph.collect()
}
const set = (graph: Graph, name: string, value: number) => {
  inputs.set(name, value)
  graph.invalidate([name])
  settle(graph)
}

t.beforeEach(() => inputs.clear())

t.test('a change runs what read it and nothing else', async (t) => {
  const graph = new Graph()
  const seen: string[] = []
  for (const name of ['a', 'b']) {
    graph.create({
      name,
      compute: (tracker) => read(tracker, name),
      onChange: (value) => seen.push(`${name}=${value}`),
    })
  }
  settle(graph)
  const before = graph.runs
  set(graph, 'a', 1)
  t.equal(graph.runs, before + 1)
  t.strictSame(seen, ['a=0', 'b=0', 'a=1'])
})

t.test('a result that stays the same stops the change', async (t) => {
  const graph = new Graph()
  let sinkRuns = 0
  const parity = graph.create({
    name: 'parity',
    compute: (tracker) => read(tracker, 'n') % 2,
    onOrphaned: () => {},
  })
  graph.create({
    name: 'sink',
    compute: (tracker) => {
      sinkRuns++
      return tracker.readComputation(parity)
    },
    onChange: () => {},
  })
  settle(graph)
  set(graph, 'n', 2)
  t.equal(sinkRuns, 1, 'the parity of 0 and 2 is the same')
  set(graph, 'n', 3)
  t.equal(sinkRuns, 2)
})

t.test('reads are followed as they are now, not as they were', async (t) => {
  const graph = new Graph()
  let value = -1
  graph.create({
    name: 'choice',
    compute: (tracker) => (read(tracker, 'switch') === 0 ? read(tracker, 'left') : read(tracker, 'right')),
    onChange: (now) => {
      value = now
    },
  })
  settle(graph)
  set(graph, 'switch', 1)
  const before = graph.runs
  set(graph, 'left', 7)
  t.equal(graph.runs, before, 'left is not read any more')
  set(graph, 'right', 9)
  t.equal(value, 9)
})

t.test('a computation that nobody reads any more is forgotten', async (t) => {
  const graph = new Graph()
  let orphaned = 0
  const shared = graph.create({
    name: 'shared',
    compute: (tracker) => read(tracker, 'x'),
    onOrphaned: () => orphaned++,
  })
  const sink = graph.create({
    name: 'sink',
    compute: (tracker) => tracker.readComputation(shared),
    onChange: () => {},
  })
  settle(graph)
  graph.dispose(sink)
  graph.collect()
  t.equal(orphaned, 1)
  const before = graph.runs
  set(graph, 'x', 1)
  t.equal(graph.runs, before)
})

t.test('a computation that failed runs again when what it read changes', async (t) => {
  const graph = new Graph()
  const fragile = graph.create({
    name: 'fragile',
    compute: (tracker) => {
      if (read(tracker, 'x') === 0) throw new Error('zero')
      return read(tracker, 'x')
    },
    onOrphaned: () => {},
  })
  let result = ''
  graph.create({
    name: 'sink',
    compute: (tracker) => {
      try {
        return String(tracker.readComputation(fragile))
      } catch (error) {
        return (error as Error).message
      }
    },
    onChange: (value) => {
      result = value
    },
  })
  settle(graph)
  t.equal(result, 'zero')
  set(graph, 'x', 5)
  t.equal(result, '5')
})
