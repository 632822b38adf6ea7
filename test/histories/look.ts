/** Compares what the tables do, by the simulator, with what the oracle says. */
import type { Tables } from '@openvnet/controller'
import type { Crossings } from '../../packages/controller/test/mirror.ts'
import type { Random } from '../../packages/controller/test/random.ts'
import type { World } from '../../packages/controller/test/world.ts'
import { buildFrame, describeFrame } from '../scenarios/frame.ts'
import type { FrameSpec } from '../scenarios/scenario.ts'
import { createSimulator, type Simulator } from '../simulator/simulator.ts'
import { AMBIGUOUS, type Arrival, Oracle, type Speaker } from './oracle.ts'
import { probe } from './probes.ts'
import { Site } from './site.ts'

const LOCAL = 0xffff_fffe

/** How often each kind of thing happened: a test that never sends a packet through a router proves nothing. */
export interface Tally extends Crossings {
  probes: number
  silence: number
  arp: number
  switched: number
  flooded: number
  routed: number
  echoed: number
  ambiguous: number
}

export const emptyTally = (): Tally => ({
  probes: 0,
  silence: 0,
  arp: 0,
  switched: 0,
  flooded: 0,
  routed: 0,
  echoed: 0,
  ambiguous: 0,
  grown: 0,
  shrunk: 0,
})

export const siteOf = (world: World): Site =>
  new Site(
    world.snapshot().rows,
    [...world.switches].map(([dpid, { known, ifaceIds, up }]) => ({ dpid, ports: known, ifaceIds, up })),
    world.engine.moves.holdings(),
  )

export const simulatorOf = (tables: Tables, ports: ReadonlyMap<string, number>): Simulator =>
  createSimulator({ tables, ports: [...new Set(ports.values()), LOCAL] })

const textOf = ({ port, frame }: Arrival): string => `port ${port}: ${JSON.stringify(frame)}`

/** What comes out, as sorted text; also what is wrong in itself. */
export const send = (simulator: Simulator, port: number, frame: FrameSpec): string[] => {
  const { outputs, controller, error } = simulator.inject(port, buildFrame(frame))
  return [
    ...outputs.map((output) => textOf({ port: output.port, frame: describeFrame(output.frame) })),
    ...controller.map(({ reason }) => `to the controller: ${reason}`),
    ...(error === null ? [] : [`error: ${error}`]),
  ].sort()
}

/** Of two routes that contradict each other any may win: but nobody else may get the packet. */
const isIsolated = (site: Site, dpid: string, { own }: Speaker, actual: readonly string[]): boolean => {
  const allowed = [...site.joined(own.network)].flatMap((network) => site.members(network, dpid))
  return actual.every((text) => allowed.some(({ port }) => text.startsWith(`port ${port}:`)))
}

const kindOf = (frame: FrameSpec, expected: readonly Arrival[]): keyof Tally => {
  const [first] = expected
  if (first === undefined) return 'silence'
  if (first.frame.arp !== undefined && first.frame.arp.op === 2) return 'arp'
  if (first.frame.eth_dst.startsWith('ff:')) return 'flooded'
  if (first.frame.echo?.reply === true) return 'echoed'
  return first.frame.echo?.ttl === frame.echo?.ttl ? 'switched' : 'routed'
}

export interface LookOptions {
  readonly random: Random
  /** Frames at each switch. */
  readonly probes: number
  readonly tally: Tally
}

const lookAt = (world: World, dpid: string, { random, probes, tally }: LookOptions): string[] => {
  const site = siteOf(world)
  const oracle = new Oracle(site, dpid)
  const speakers = oracle.speakers()
  if (speakers.length === 0) return []
  const simulator = simulatorOf(world.tables(dpid), world.switches.get(dpid)!.known)
  return Array.from({ length: probes }).flatMap(() => {
    const speaker = random.pick(speakers)
    const frame = probe(random, site, speaker)
    const expected = oracle.expect(speaker.guest, frame)
    const actual = send(simulator, speaker.guest.port, frame)
    tally.probes += 1
    tally[expected === AMBIGUOUS ? 'ambiguous' : kindOf(frame, expected)] += 1
    const isRight =
      expected === AMBIGUOUS
        ? isIsolated(site, dpid, speaker, actual)
        : expected.map(textOf).sort().join('\n') === actual.join('\n')
    if (isRight) return []
    const wanted = expected === AMBIGUOUS ? 'nobody outside' : expected.map(textOf).join(', ') || 'nothing'
    return [
      `${dpid} port ${speaker.guest.port} sends ${JSON.stringify(frame)}: ${wanted} expected, not ${actual.join(', ') || 'nothing'}`,
    ]
  })
}

/** Sentences for everything that a switch does otherwise than the rows say. */
export const look = (world: World, options: LookOptions): string[] =>
  [...world.switches.keys()].flatMap((dpid) => lookAt(world, dpid, options))
