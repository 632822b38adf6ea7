/** Compares what the tables of all switches do, by the simulator, with what the oracle says. */
import type { Tables } from '@openvnet/controller'
import type { Crossings } from '../../packages/controller/test/mirror.ts'
import type { Random } from '../../packages/controller/test/random.ts'
import type { World } from '../../packages/controller/test/world.ts'
import { buildFrame, describeFrame } from '../scenarios/frame.ts'
import type { FrameSpec } from '../scenarios/scenario.ts'
import type { Punted } from '../simulator/execute.ts'
import { createSimulator, type Simulator } from '../simulator/simulator.ts'
import { type Journey, SimulatedUnderlay } from '../simulator/underlay.ts'
import { addressesOf } from './hosts.ts'
import {
  AMBIGUOUS,
  type Arrival,
  type Copy,
  type Expected,
  HANDED_OVER_KEY,
  Oracle,
  type Speaker,
} from './oracle.ts'
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
  /** To another switch, or to nobody where the other switch is said to be. */
  tunnelled: number
  /** To the switch that alone has the leg of a router. */
  handedOver: number
  lost: number
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
  tunnelled: 0,
  handedOver: 0,
  lost: 0,
  routed: 0,
  echoed: 0,
  ambiguous: 0,
  grown: 0,
  shrunk: 0,
})

export const siteOf = (world: World): Site =>
  new Site(
    world.snapshot().rows,
    [...world.switches].map(([dpid, { known, ifaceIds, address, up }]) => ({
      dpid,
      ports: known,
      ifaceIds,
      address,
      up,
    })),
    world.engine.moves.holdings(),
  )

export const simulatorOf = (tables: Tables, ports: ReadonlyMap<string, number>): Simulator =>
  createSimulator({ tables, ports: [...new Set(ports.values()), LOCAL] })

/** All switches of a world, joined as they would be. */
const underlayOf = (world: World): SimulatedUnderlay =>
  new SimulatedUnderlay(
    [...world.switches].map(([dpid, { known }]) => ({
      ...{ name: dpid, ports: known, addresses: addressesOf(dpid) },
      simulator: simulatorOf(world.tables(dpid), known),
    })),
  )

const arrivalText = ({ dpid, port, frame }: Arrival): string =>
  `${dpid} port ${port}: ${JSON.stringify(frame)}`
const copyText = ({ from, to, network }: Copy): string => `${from} → ${to ?? 'nobody'} with key ${network}`

/** What programs answer is another matter: the tables stay silent then, as the oracle says. */
const isUnasked = ({ reason }: Pick<Punted, 'reason'>): boolean => reason !== 'action'

/** What comes out and goes between switches, as sorted text; also what is wrong in itself. */
const textOf = ({ deliveries, crossings, punted, errors }: Journey): string[] =>
  [
    ...deliveries.map(({ host, port, frame }) =>
      arrivalText({ dpid: host, port, frame: describeFrame(frame) }),
    ),
    ...crossings.map(({ from, to, key }) => copyText({ from, to, network: Number(key) })),
    ...punted.filter(isUnasked).map(({ host, reason }) => `${host} to the controller: ${reason}`),
    ...errors.map((error) => `error: ${error}`),
  ].sort()

const expectedText = (expected: Exclude<Expected, string>): string[] =>
  [...expected.arrivals.map(arrivalText), ...expected.copies.map(copyText)].sort()

/** What one switch does with a frame, as sorted text: where a port leads into tunnels, into which. */
export const send = (simulator: Simulator, port: number, frame: FrameSpec): string[] => {
  const { outputs, controller, error } = simulator.inject(port, buildFrame(frame))
  return [
    ...outputs.map(({ port: out, frame: sent, tunnel: { key, ipv4_dst, ipv6_dst } }) => {
      const words = key === 0n ? '' : ` with key ${key} to ${ipv4_dst} ${ipv6_dst}`
      return `port ${out}${words}: ${JSON.stringify(describeFrame(sent))}`
    }),
    ...controller.filter(isUnasked).map(({ reason }) => `to the controller: ${reason}`),
    ...(error === null ? [] : [`error: ${error}`]),
  ].sort()
}

/** Of two routes that contradict each other any may win: but nobody else may get the packet. */
const isIsolated = (site: Site, { own }: Speaker, { deliveries, punted, errors }: Journey): boolean => {
  const networks = [...site.joined(own.network)]
  const allowed = networks.flatMap((network) => site.dpids.flatMap((dpid) => site.members(network, dpid)))
  const isAllowed = ({ host, port }: Journey['deliveries'][number]): boolean =>
    allowed.some((guest) => guest.dpid === host && guest.port === port)
  return !punted.some(isUnasked) && errors.length === 0 && deliveries.every(isAllowed)
}

const kindOf = (frame: FrameSpec, expected: Expected): keyof Tally => {
  if (expected === AMBIGUOUS) return 'ambiguous'
  const [first] = expected.arrivals
  if (expected.copies.some(({ to }) => to === null)) return 'lost'
  if (first === undefined) return 'silence'
  if (expected.copies.some(({ network }) => network === HANDED_OVER_KEY)) return 'handedOver'
  if (expected.copies.length > 0) return 'tunnelled'
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

const lookAt = (
  { site, underlay }: { readonly site: Site; readonly underlay: SimulatedUnderlay },
  dpid: string,
  { random, probes, tally }: LookOptions,
): string[] => {
  const oracle = new Oracle(site, dpid)
  const speakers = oracle.speakers()
  if (speakers.length === 0) return []
  return Array.from({ length: probes }).flatMap(() => {
    const speaker = random.pick(speakers)
    const { port } = speaker.guest
    const frame = probe(random, site, speaker)
    const expected = oracle.expect(speaker.guest, frame)
    const journey = underlay.send(dpid, port, buildFrame(frame))
    const actual = textOf(journey)
    tally.probes += 1
    tally[kindOf(frame, expected)] += 1
    const wanted = expected === AMBIGUOUS ? ['nobody outside'] : expectedText(expected)
    const isRight =
      expected === AMBIGUOUS ? isIsolated(site, speaker, journey) : wanted.join('\n') === actual.join('\n')
    if (isRight) return []
    return [
      `${dpid} port ${port} sends ${JSON.stringify(frame)}: ${wanted.join(', ') || 'nothing'} expected, not ${actual.join(', ') || 'nothing'}`,
    ]
  })
}

/** Sentences for everything that switches do otherwise than the rows say. */
export const look = (world: World, options: LookOptions): string[] => {
  const parts = { site: siteOf(world), underlay: underlayOf(world) }
  return [...world.switches.keys()].flatMap((dpid) => lookAt(parts, dpid, options))
}
