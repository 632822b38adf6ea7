/** The switch's share of a controller, with an engine's stand-in, against a real ovs-vswitchd. */
import { setTimeout as delay } from 'node:timers/promises'
import pino from 'pino'
import type { Test } from 'tap'
import {
  createSwitches,
  type Switches,
  type SwitchesOptions,
  type SwitchStatus,
} from '../src/switch/switches.ts'
import type { StandInEngine } from './stand_in_engine.ts'

export const DPID = '0x00000000000000a1'

export interface Line {
  readonly level: number
  readonly msg: string
  readonly [field: string]: unknown
}

export interface OneController {
  readonly switches: Switches
  readonly engine: StandInEngine
  readonly lines: Line[]
  readonly port: number
  /** Of the only bridge. */
  status(): SwitchStatus | undefined
  /** Resolves when the bridge has acknowledged the newest revision to this controller. */
  settled(): Promise<SwitchStatus>
}

/** Resolves with the milliseconds that it took. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeout = 15_000,
): Promise<number> {
  const start = performance.now()
  for (const deadline = Date.now() + timeout; Date.now() < deadline; await delay(5))
    if (await condition()) return performance.now() - start
  throw new Error(`not within ${timeout} ms: ${what}`)
}

/** Closed when the test ends. */
export async function startController(
  t: Test,
  engine: StandInEngine,
  options: Partial<SwitchesOptions> = {},
): Promise<OneController> {
  const lines: Line[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const switches = await createSwitches({
    listen: [{ host: '127.0.0.1', port: 0 }],
    facts: engine,
    desired: engine.desired,
    log,
    onStatus: () => undefined,
    ...options,
  })
  t.teardown(() => switches.close())
  engine.listen((dpid, change) => switches.changed(dpid, change))
  const status = () => switches.statuses().find(({ dpid }) => dpid === DPID)
  const settled = async () => {
    const isSettled = () => {
      const { role, acknowledged_revision } = status() ?? {}
      return role === 'primary' && acknowledged_revision === engine.revision
    }
    await until(isSettled, 'acknowledged')
    return status()!
  }
  return { switches, engine, lines, status, settled, port: switches.addresses[0]!.port }
}
