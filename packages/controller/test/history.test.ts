/** The standing properties of the engine, on random histories of rows and ports. */
import fc from 'fast-check'
import t from 'tap'
import { anyEvent, type Event, opposite, subjectOf, World } from './world.ts'

/** More with FUZZ_FACTOR, e.g. 10. */
const FACTOR = Number(process.env['FUZZ_FACTOR'] ?? 1)
const history = fc.array(anyEvent, { minLength: 20, maxLength: 120, size: 'max' })

/** What is left of a history: the last word on each row and each port. */
const lastWords = (events: readonly Event[]): Event[] => {
  const last = new Map<string, Event>()
  for (const event of events) {
    const subject = subjectOf(event)
    last.delete(subject)
    last.set(subject, event)
  }
  return [...last.values()]
}

t.test('the tables after a history are those of its end result, at every step', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (events) => {
      const incremental = new World()
      for (const [index, event] of events.entries()) {
        incremental.give(event)
        const fromScratch = new World()
        for (const last of lastWords(events.slice(0, index + 1))) fromScratch.give(last)
        const [actual, expected] = [await incremental.tables(), await fromScratch.tables()]
        if (actual !== expected)
          throw new Error(`after step ${index}\n--- incremental\n${actual}\n--- from scratch\n${expected}`)
      }
    }),
    { numRuns: 40 * FACTOR },
  )
})

t.test('the order of events does not matter', async () => {
  await fc.assert(
    fc.asyncProperty(
      history.chain((events) => {
        const last = lastWords(events)
        return fc.tuple(
          fc.constant(last),
          fc.shuffledSubarray(last, { minLength: last.length, maxLength: last.length }),
        )
      }),
      async ([one, other]) => {
        const [first, second] = [new World(), new World()]
        for (const event of one) first.give(event)
        for (const event of other) {
          second.give(event)
          await second.engine.settled()
        }
        if ((await first.tables()) !== (await second.tables())) throw new Error('the tables differ')
      },
    ),
    { numRuns: 100 * FACTOR },
  )
})

t.test('taking away what was added restores the tables', async () => {
  await fc.assert(
    fc.asyncProperty(history, anyEvent, async (events, extra) => {
      const undo = opposite(extra)
      if (undo === null) return
      const world = new World()
      const others = events.filter((event) => lastWords([event, extra]).length === 2)
      for (const event of others) world.give(event)
      const before = await world.tables()
      world.give(extra)
      await world.engine.settled()
      world.give(undo)
      if ((await world.tables()) !== before) throw new Error('the tables are not as before')
    }),
    { numRuns: 100 * FACTOR },
  )
})

t.test('the histories reach every rule', async (t) => {
  const whys = new Set<string>()
  await fc.assert(
    fc.asyncProperty(history, async (events) => {
      const world = new World()
      for (const event of events) world.give(event)
      for (const why of await world.whys()) whys.add(why.replaceAll(/\d+/g, 'N'))
    }),
    { numRuns: 200 },
  )
  const text = [...whys].join('\n')
  for (const phrase of [
    'Port N is',
    'is behind port',
    'may ask whether',
    'may send from',
    'may send ARP',
    'is told the MAC',
    'announces its own',
    'is the leg',
    'answers pings',
    'offers no service',
    'lets packets from',
    'reaches',
    'Routers reach',
    'go to every guest',
    ' is if-N.',
  ]) {
    t.match(text, phrase)
  }
})

t.test('an event that says what is already so changes nothing', async (t) => {
  await fc.assert(
    fc.asyncProperty(history, async (events) => {
      const world = new World()
      for (const event of events) world.give(event)
      const before = await world.tables()
      for (const event of lastWords(events)) world.give(event)
      t.equal(await world.tables(), before)
    }),
    { numRuns: 20 * FACTOR },
  )
})
