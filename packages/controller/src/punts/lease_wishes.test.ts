import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import t from 'tap'
import { LeaseWishes } from './lease_wishes.ts'

t.test('few wishes at a time, one for each interface, and not again at once', async (t) => {
  const heard: string[] = []
  const answers: (() => void)[] = []
  let now = 0
  const logged: string[] = []
  const wishes = new LeaseWishes(
    async (wish) => {
      heard.push(wish.interface)
      await new Promise<void>((resolve, reject) => {
        answers.push(heard.length === 1 ? () => reject(new Error('no address left')) : resolve)
      })
    },
    pino({}, { write: (line: string) => void logged.push(line) }),
    () => now,
  )
  const add = (n: number) => wishes.add({ policy: 'lp-1', interface: `if-${n}` })
  t.ok(add(1))
  t.notOk(add(1), 'it is under way')
  for (let n = 2; n <= 40; n++) add(n)
  t.equal(heard.length, 32)
  for (const answer of answers.splice(0)) answer()
  await setImmediate()
  t.match(logged, [/no address left.*A lease policy gave no address/])
  t.notOk(add(1), 'what was given is not a row yet')
  t.ok(add(40), 'who was not heard')
  now = 1001
  t.ok(add(1))
})
