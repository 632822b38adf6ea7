/** The choice of free addresses: whatever is in use, in whatever order. */
import fc from 'fast-check'
import t from 'tap'
import { type AllocationType, choose, clip, positionOf, type Span, sizeOf, toPool } from './pool.ts'

const span = (first: number, last: number): Span => ({ first: BigInt(first), last: BigInt(last) })

const draw = (spans: readonly Span[], type: AllocationType, taken: Set<bigint>, previous?: bigint) =>
  choose({ spans, type, previous, isUsed: (address) => taken.has(address), used: () => taken })

/** Addresses until there is none left. */
const drain = (spans: readonly Span[], type: AllocationType): number[] => {
  const taken = new Set<bigint>()
  const order: bigint[] = []
  for (let next = draw(spans, type, taken); next !== undefined; ) {
    if (taken.has(next)) throw new Error(`${next} twice`)
    taken.add(next)
    order.push(next)
    next = draw(spans, type, taken, next)
  }
  return order.map(Number)
}

t.test('spans become a pool that has each address once', async (t) => {
  t.same(toPool([span(20, 29), span(1, 5), span(6, 9), span(3, 4), span(25, 31)]), [span(1, 9), span(20, 31)])
  t.same(clip([span(1, 9), span(20, 31)], span(5, 20)), [span(5, 9), span(20, 20)])
  t.same(clip([span(1, 9)], span(10, 20)), [])
  t.equal(sizeOf([span(1, 9), span(20, 31)]), 21n)
  t.equal(positionOf([span(1, 9), span(20, 31)], 21n), 10n)
  t.equal(positionOf([span(1, 9)], 10n), undefined)
})

t.test('upwards, downwards and at random, to the last one', async (t) => {
  const spans = [span(1, 3), span(10, 11)]
  t.same(drain(spans, 'incremental'), [1, 2, 3, 10, 11])
  t.same(drain(spans, 'decremental'), [11, 10, 3, 2, 1])
  t.same(
    drain(spans, 'random').sort((a, b) => a - b),
    [1, 2, 3, 10, 11],
  )
  t.same(drain([], 'random'), [])
})

t.test('the next one follows the previous one and goes round', async (t) => {
  const spans = [span(1, 200)]
  t.equal(draw(spans, 'incremental', new Set([7n]), 7n), 8n)
  t.equal(draw(spans, 'incremental', new Set(), 200n), 1n)
  t.equal(draw(spans, 'decremental', new Set(), 1n), 200n)
  t.equal(draw(spans, 'incremental', new Set(), 500n), 1n, 'what is not in the pool does not count')
  const crowded = new Set(Array.from({ length: 199 }, (_, index) => BigInt(index + 2)))
  for (const type of ['incremental', 'decremental', 'random'] as const) {
    t.equal(draw(spans, type, crowded, 100n), 1n, `${type}: the last free one of 200`)
  }
})

t.test('any pool gives every address exactly once', async () => {
  const anySpan = fc.tuple(fc.nat(300), fc.nat(90)).map(([first, size]) => span(first, first + size))
  fc.assert(
    fc.property(
      fc.array(anySpan, { maxLength: 4 }),
      fc.constantFrom<AllocationType[]>('incremental', 'decremental', 'random'),
      (spans, type) => {
        const pool = toPool(spans)
        const given = drain(pool, type)
        const all = pool.flatMap(({ first, last }) =>
          Array.from({ length: Number(last - first) + 1 }, (_, index) => Number(first) + index),
        )
        return given.toSorted((a, b) => a - b).join() === all.join()
      },
    ),
    { numRuns: 60 },
  )
})

t.test('at random every address is as likely as the others', async (t) => {
  const counts = new Map<number, number>()
  for (let round = 0; round < 4000; round += 1) {
    const address = Number(draw([span(1, 4)], 'random', new Set([2n])))
    counts.set(address, (counts.get(address) ?? 0) + 1)
  }
  t.same([...counts.keys()].sort(), [1, 3, 4])
  for (const count of counts.values()) t.ok(count > 1100 && count < 1570, String(count))
})
