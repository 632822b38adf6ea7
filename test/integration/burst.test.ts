/**
 * vnetd dies in the middle of a burst of writes, several times: every write that was answered is there afterwards,
 * the revisions have no gaps, and the bridge has what the store says.
 */
import t from 'tap'
import { sleep } from '../lab/wait.ts'
import { freshTables, Machine, tables } from './process.ts'
import { contradictions, Writer } from './writer.ts'

const ROUNDS = 5
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const
const PORTS_EACH = 3
const LONGEST_BURST_MS = 500

const portsOf = (name: string): string[] =>
  Array.from({ length: PORTS_EACH }, (_, index) => `port-${name}${index}`)

t.test('kill -9 at any moment of a burst of writes', async (t) => {
  const machine = await Machine.create(t)
  const ports = NAMES.flatMap(portsOf)
  const writers = NAMES.map((name) => new Writer({ rest: machine.rest, name, ports: portsOf(name) }))
  const answered = () => writers.reduce((sum, writer) => sum + writer.answered.length, 0)
  let vnetd = await machine.vnetd()
  const ovs = await machine.bridge(ports)
  await machine.converged()

  for (let round = 1; round <= ROUNDS; round += 1) {
    await t.test(`round ${round}`, async (t) => {
      const before = answered()
      for (const writer of writers) writer.start()
      const moment = Math.random() * LONGEST_BURST_MS
      await sleep(moment)
      await vnetd.stop('SIGKILL')
      for (const writer of writers) await writer.stop()
      t.comment(`killed after ${Math.round(moment)} ms and ${answered() - before} answered writes`)

      vnetd = await machine.vnetd()
      t.same(await contradictions(machine.rest, writers), [], 'the store has what was answered')
      await machine.converged()
      t.same(await tables(ovs), await freshTables(t, machine, ports), 'the bridge has what the store says')
      const errors = vnetd.log().filter(({ level }) => level >= 40)
      t.same(errors, [], 'nothing to complain about')
    })
  }
  t.ok(answered() > 100, `${answered()} writes were answered`)
  t.equal(await vnetd.stop(), 0)
})
