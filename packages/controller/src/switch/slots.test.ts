import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { Slots } from './slots.ts'

const LONG_MS = 60_000

t.test(
  'so many at once, the others in the order in which they came, and a failure frees its slot',
  async (t) => {
    const slots = new Slots({ slots: 2, hold: LONG_MS })
    const started: number[] = []
    const works = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
    const done = works.map(({ promise }, n) =>
      slots.run(() => {
        started.push(n)
        return promise
      }),
    )
    t.strictSame(started, [0, 1], 'where there is a slot it begins at once')
    works[1]!.reject(new Error('lost'))
    await t.rejects(done[1]!, /lost/)
    await setImmediate()
    t.strictSame(started, [0, 1, 2])
    for (const { resolve } of works) resolve()
    await Promise.all(done.filter((_, n) => n !== 1))
    t.strictSame(started, [0, 1, 2, 3, 4])
    await slots.run(async () => started.push(5))
    t.equal(started.at(-1), 5, 'all slots are free again')
  },
)

t.test('who takes long does not hold up the others', async (t) => {
  const slots = new Slots({ slots: 1, hold: 5 })
  const endless = Promise.withResolvers<void>()
  const stuck = slots.run(() => endless.promise)
  t.equal(await slots.run(async () => 'had its turn'), 'had its turn')
  endless.resolve()
  await stuck
  const next = Promise.withResolvers<void>()
  const held = slots.run(() => next.promise)
  let began = false
  const last = slots.run(async () => {
    began = true
  })
  t.notOk(began, 'the slot that was given up is not freed twice')
  next.resolve()
  await Promise.all([held, last])
})
