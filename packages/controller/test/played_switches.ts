/** Switches that are played, and the controller's side of their connections with an engine's stand-in. */
import { setTimeout as delay } from 'node:timers/promises'
import { FakeSwitch, fakePort } from '@openvnet/openflow/testing'
import pino from 'pino'
import type { Test } from 'tap'
import { createSwitches, type SwitchesOptions } from '../src/switch/switches.ts'
import type { StandInEngine } from './stand_in_engine.ts'

export async function until(condition: () => boolean, what: string, timeout = 10_000): Promise<void> {
  for (const deadline = Date.now() + timeout; Date.now() < deadline; await delay(2)) if (condition()) return
  throw new Error(`not within ${timeout} ms: ${what}`)
}

export interface Line {
  readonly level: number
  readonly msg: string
  readonly dpid?: string
  readonly code?: string
  readonly reason?: string
}

export async function start(t: Test, engine: StandInEngine, options: Partial<SwitchesOptions> = {}) {
  const lines: Line[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const switches = await createSwitches({
    listen: [{ host: '127.0.0.1', port: 0 }],
    facts: engine,
    desired: engine.desired,
    log,
    onStatus: () => undefined,
    auditInterval: 0,
    ...options,
  })
  t.teardown(() => switches.close())
  engine.listen((dpid, change) => switches.changed(dpid, change))
  const { port } = switches.addresses[0]!
  const status = (id: number) => switches.statuses().find(({ dpid }) => BigInt(dpid) === BigInt(id))!
  const settled = async (id: number) => {
    const there = () => status(id)?.connected && status(id).acknowledged_revision === engine.revision
    await until(there, `switch ${id} at revision ${engine.revision}`)
    return status(id)
  }
  const disconnections = () => lines.filter(({ msg }) => msg === 'switch disconnected')
  return { switches, lines, port, status, settled, disconnections }
}

export async function fake(
  t: Test,
  port: number,
  id: number,
  more: Partial<ConstructorParameters<typeof FakeSwitch>[0]> = {},
) {
  const played = new FakeSwitch({ datapathId: BigInt(id), ports: [fakePort(1, 'p1')], ...more })
  t.teardown(() => played.disconnect())
  await played.connect({ port, host: '127.0.0.1' })
  return played
}
