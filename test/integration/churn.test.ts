/**
 * vnetd is killed at random moments while rows of all kinds are written without pause, twenty times: guests to whom
 * nothing is done lose no ping, every answered write is there, and the bridge has what the store says.
 */
import t from 'tap'
import { sleep } from '../lab/wait.ts'
import { LabWorld } from '../scenarios/on_lab.ts'
import { BR0, PINGS } from '../scenarios/walkthrough.ts'
import { IN_BOTH, OngoingPings } from './ongoing.ts'
import { Parts } from './parts.ts'
import { disagreement } from './store_tables.ts'
import { contradictions, Writer } from './writer.ts'

const ROUNDS = 20
/** A slow machine does fewer rounds, but not fewer than these. */
const ENOUGH_ROUNDS = 5
const TIME_MS = 90_000
const LONGEST_MS = 700
/** Time in which a bridge finds a vnetd that was started again, and has been read by it. */
const RECONNECT_MS = 1500
const CONVERGED_MS = 30_000
const NAMES = ['a', 'b'] as const
const portsOf = (name: string) => [`port-${name}0`, `port-${name}1`]

const world = await LabWorld.create()
t.teardown(() => world.close())
const { host, rest } = world.site
const parts = new Parts(world.site)
await parts.start('vnetd')
await world.build(IN_BOTH)
for (const port of NAMES.flatMap(portsOf))
  await host.vsctl('add-port', 'br0', port, '--', 'set', 'Interface', port, 'type=internal')

/** The router of the guests gains a leg and loses it again, over and over. */
class RouterWriter {
  #writing = false
  #running: Promise<void> = Promise.resolve()
  #n = 0

  start(): void {
    this.#writing = true
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#writing = false
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#writing) {
      this.#n += 1
      const network_uuid = `nw-r${this.#n}`
      const leg = `if-r${this.#n}`
      const ipv4 = `10.200.${this.#n % 256}`
      const ends = { mode: 'simulated', network_uuid, ipv4_address: `${ipv4}.1` }
      await this.#try('POST', 'networks', { uuid: network_uuid, ipv4_network: `${ipv4}.0` })
      await this.#try('POST', 'interfaces', { uuid: leg, mac_address: '52:54:00:74:99:01', ...ends })
      await this.#try('POST', 'routes', { interface_uuid: leg, route_link_uuid: 'rl-vnetlink1' })
      await this.#try('DELETE', `interfaces/${leg}`)
      await this.#try('DELETE', `networks/${network_uuid}`)
    }
  }

  /** Whatever comes of it: what is left behind when vnetd dies makes the tables only more interesting. */
  async #try(method: string, path: string, body?: object): Promise<void> {
    await rest.call(method, path, body).catch(() => sleep(20))
  }
}

/** Killed amid the writes; every other time once more when it has hardly come back. */
const kill = async (again: boolean): Promise<void> => {
  await sleep(Math.random() * LONGEST_MS)
  await parts.kill('vnetd')
  if (!again) return
  await parts.start('vnetd')
  await sleep(Math.random() * RECONNECT_MS)
  await parts.kill('vnetd')
}

t.test('vnetd is killed at random moments while rows are written', async (t) => {
  const writers = NAMES.map((name) => new Writer({ rest, name, ports: portsOf(name) }))
  const all = [...writers, new RouterWriter()]
  const answered = () => writers.reduce((sum, writer) => sum + writer.answered.length, 0)
  const end = performance.now() + TIME_MS
  const pings = new OngoingPings(world)
  t.teardown(() => pings.stop(null))
  await pings.areAnswered()
  let round = 0
  for (; round < ROUNDS && performance.now() < end; round += 1) {
    for (const writer of all) writer.start()
    await kill(round % 2 === 1)
    await parts.start('vnetd')
    for (const writer of all) await writer.stop()
    t.same(await contradictions(rest, writers), [], `round ${round + 1}: the store has what was answered`)
    await world.site.converged(BR0.dpid, CONVERGED_MS)
    t.same(await disagreement(world, BR0), [], `round ${round + 1}: the bridge has what the store says`)
  }
  t.ok(round >= ENOUGH_ROUNDS, `${round} rounds`)
  t.ok(answered() > 5 * ENOUGH_ROUNDS, `${answered()} writes were answered`)
  const { faults, sent } = await pings.stop(null)
  t.same(faults, [], `none of ${sent} pings is lost`)
  t.same(await world.checkPings(PINGS), [])
})
