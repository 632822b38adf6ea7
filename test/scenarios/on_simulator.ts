/**
 * Runs a scenario without any process: the rows go through the real API into a store, the engine makes the tables, and the
 * simulator carries the frames between guests that are simulated too, over an underlay where there is one. What the tables
 * send to the controller its programs answer.
 */
import { type Engine, FEATURES, Programs, type Tables } from '@openvnet/controller'
import type { Snapshot } from '@openvnet/feed'
import { toIpAddress } from '@openvnet/schema'
import { pino } from 'pino'
import { vlanOf } from '../simulator/physical_switch.ts'
import { createSimulator } from '../simulator/simulator.ts'
import {
  type Answering,
  type Journey,
  SimulatedUnderlay,
  type TunnelKind,
  tunnelPort,
} from '../simulator/underlay.ts'
import {
  type Arrival,
  checkPing,
  checkQuestion,
  checkSend,
  checkShares,
  type PingOutcome,
  type RawArrival,
  sharerOf,
} from './check.ts'
import { buildFrame, describeFrame } from './frame.ts'
import type { QuestionSpec, SharesSpec } from './question.ts'
import { describeReply } from './reply.ts'
import {
  type CrossingSpec,
  type ForgerySpec,
  type FrameSpec,
  type GuestSpec,
  HANDED_OVER,
  type PingSpec,
  type Scenario,
  SEGMENT_KEY,
  tunnelsOf,
} from './scenario.ts'
import { SimulatedGuest } from './simulated_guest.ts'
import {
  engineOf,
  hostAddress,
  type PortNumbers,
  type SimulatedSite,
  snapshotOf,
  switchesOf,
} from './simulated_site.ts'

const log = pino({ level: 'silent' })
/** What causes more than this many frames of guests goes on for ever. */
const MAX_FRAMES = 1000

const LOCAL = 0xffff_fffe
const NONE: Tables = { flows: new Map(), groups: new Map(), meters: new Map() }

type Checked = Pick<Scenario, 'pings' | 'sends' | 'forgeries' | 'questions' | 'shares'>
type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] }

interface Heard {
  readonly arrivals: readonly Arrival[]
  readonly crossings: readonly CrossingSpec[]
}

/** Frames as they are. */
interface Raw {
  readonly arrivals: readonly RawArrival[]
  readonly crossings: readonly CrossingSpec[]
}

export interface Asked {
  readonly question: Uint8Array
  readonly arrivals: readonly RawArrival[]
}

/** What programs need of an engine. */
type Rows = Pick<Engine, 'view'>

/** Programs of a controller, which know no time: what they remember is as it was. */
const answering = (dpids: ReadonlyMap<string, string>, rows: Rows): Answering => {
  const programs = new Programs({ features: FEATURES, view: () => rows.view, log, now: () => 0 })
  return (host, { frame, metadata, userdata }) => {
    const answer = programs.answer(dpids.get(host)!, {
      ...{ type: 'nxt_packet_in2', xid: 0 },
      properties: [
        { type: 'packet', data: frame },
        { type: 'metadata', metadata },
        { type: 'userdata', userdata },
      ],
    })
    if (answer.outcome === 'failed') throw new Error(`a program failed: ${answer.kind}`)
    return answer.packets
  }
}

export class SimulatedWorld {
  readonly underlay: SimulatedUnderlay
  readonly #site: SimulatedSite
  readonly #guests: ReadonlyMap<string, GuestSpec>
  readonly #ports: ReadonlyMap<string, PortNumbers>
  /** By key, and by VLAN id: 0 is that of the untagged one. */
  readonly #networks: ReadonlyMap<bigint, string>
  readonly #vlans: ReadonlyMap<number, string>

  /** @param tables by datapath id; a bridge without any drops everything */
  constructor(site: SimulatedSite, snapshot: Snapshot, tables: ReadonlyMap<string, Tables>, rows: Rows) {
    const switches = switchesOf(site)
    this.#site = site
    this.#guests = new Map(site.guests.map((guest) => [guest.name, guest]))
    this.#ports = new Map(switches.map(({ name, ports }) => [name, ports]))
    this.#networks = new Map([
      ...snapshot.rows.network.map(({ id, uuid }) => [BigInt(id), uuid] as const),
      [BigInt(SEGMENT_KEY), HANDED_OVER] as const,
      ...snapshot.rows.segment.map(({ id, uuid }) => [BigInt(SEGMENT_KEY + id), uuid] as const),
    ])
    this.#vlans = new Map(
      snapshot.rows.network
        .filter(({ mode }) => mode === 'physical')
        .map(({ vlan_id, uuid }) => [vlan_id ?? 0, uuid]),
    )
    const wires = (site.wires ?? []).map((ends) => ends.map(({ bridge, port }) => ({ host: bridge, port })))
    this.underlay = new SimulatedUnderlay(
      switches.map(({ name, dpid, ports, address }) => ({
        ...{ name, ports, addresses: address === undefined ? [] : [address] },
        simulator: createSimulator({ tables: tables.get(dpid) ?? NONE, ports: [...ports.values(), LOCAL] }),
      })),
      wires,
      answering(new Map(switches.map(({ name, dpid }) => [name, dpid])), rows),
    )
  }

  static async of(scenario: Scenario): Promise<SimulatedWorld> {
    const snapshot = await snapshotOf(scenario.writes)
    const engine = await engineOf(scenario, snapshot)
    const tables = scenario.bridges.map(({ dpid }) => [dpid, engine.tables(dpid)] as const)
    return new SimulatedWorld(scenario, snapshot, new Map(tables), engine)
  }

  /** What guests get when one sends a frame, and what crosses the underlay for it. */
  send(from: string, frame: FrameSpec): Heard {
    return this.#described(this.#send(from, buildFrame(frame)))
  }

  /** The same for a frame that a tunnel brings. */
  forge({ from, to, network, frame }: ForgerySpec): Heard {
    const { family } = this.#site.underlay!
    const [key] = [...this.#networks].find(([, uuid]) => uuid === network)!
    const [kind] = tunnelsOf(this.#site, to)
    const port = this.#ports.get(to)!.get(tunnelPort(kind!))!
    const [source, destination] = [from, to].map((name) => toIpAddress(hostAddress(this.#site, name, family)))
    const tunnel = { key, source: source!, destination: destination! }
    const journey = this.underlay.send(to, port, buildFrame(frame), tunnel)
    return this.#described(this.#heard(journey, `the tunnel from ${from}`))
  }

  ping({ from, to, ttl = 64 }: PingSpec): PingOutcome {
    const { stack, heard } = this.#converse(from, (guest) => guest.ping(to, ttl))
    const { answerTtl } = stack
    return { answered: answerTtl !== undefined, answerTtl, ...this.#described(heard) }
  }

  /** What a question sends itself, once it is known to whom, and all that guests get for it. */
  ask({ from, asks }: Pick<QuestionSpec, 'from' | 'asks'>): Asked {
    const { sent, heard } = this.#converse(from, (guest) => guest.ask(asks))
    const arrivals = heard.arrivals.filter(({ frame }) => describeReply(frame) !== undefined)
    const question = sent.find((frame) => {
      const { arp, nd } = describeFrame(frame)
      return arp === undefined && nd === undefined
    })!
    return { question, arrivals }
  }

  /** All of a scenario's pings and frames; sentences for everything that is not as it says. */
  check({ pings, sends, forgeries = [], questions = [], shares = [] }: Checked): string[] {
    return [
      ...shares.flatMap((spec) => checkShares(spec, [this.#share(spec), this.#share(spec)])),
      ...questions.flatMap((spec) => checkQuestion(spec, this.ask(spec).arrivals)),
      ...sends.flatMap((spec) => {
        const { arrivals, crossings } = this.send(spec.from, spec.frame)
        return checkSend(spec, arrivals, crossings)
      }),
      ...forgeries.flatMap((spec) => {
        const { arrivals, crossings } = this.forge(spec)
        return checkSend(spec, arrivals, crossings)
      }),
      ...pings.flatMap((spec) => checkPing(spec, this.ping(spec))),
    ]
  }

  #share(spec: SharesSpec): string[] {
    const { from } = spec
    return spec.to.map((to) => sharerOf(spec, this.ask({ from, asks: { echo: true, to } }).arrivals))
  }

  #send(from: string, frame: Uint8Array): Raw {
    const { bridge, port } = this.#guests.get(from)!
    return this.#heard(this.underlay.send(bridge, this.#ports.get(bridge)!.get(port)!, frame), from)
  }

  /** Frames go to and fro until nobody has anything to say. */
  #converse(from: string, begin: (guest: SimulatedGuest) => readonly Uint8Array[]) {
    const stacks = new Map([...this.#guests.values()].map((spec) => [spec.name, new SimulatedGuest(spec)]))
    const stack = stacks.get(from)!
    const queue = begin(stack).map((frame) => ({ from, frame }))
    const heard: Mutable<Raw> = { arrivals: [], crossings: [] }
    for (const { from: sender, frame } of queue) {
      const got = this.#send(sender, frame)
      heard.arrivals.push(...got.arrivals)
      heard.crossings.push(...got.crossings)
      const answers = got.arrivals.flatMap(({ at, frame: received }) =>
        (stacks.get(at)?.receive(received) ?? []).map((sent) => ({ from: at, frame: sent })),
      )
      queue.push(...answers)
      if (queue.length > MAX_FRAMES) throw new Error('frames go round in circles')
    }
    const sent = queue.filter((each) => each.from === from).map(({ frame }) => frame)
    return { stack, sent, heard }
  }

  #described({ arrivals, crossings }: Raw): Heard {
    return { arrivals: arrivals.map(({ at, frame }) => ({ at, frame: describeFrame(frame) })), crossings }
  }

  /** @throws when a packet is dropped with an error */
  #heard({ deliveries, crossings, wires, punted, errors }: Journey, from: string): Raw {
    if (errors.length > 0) throw new Error(errors.join())
    const other = punted.find(({ reason }) => reason !== 'action')
    if (other !== undefined) throw new Error(`a packet of ${from} is sent to the controller: ${other.reason}`)
    return {
      arrivals: deliveries.map(({ host, port, frame }) => ({ at: this.#guestAt(host, port), frame })),
      crossings: [
        ...crossings.map(({ from: sender, to, kind, key }) => ({
          from: this.#isExpected(kind) ? sender : `${sender} by ${kind}`,
          to: to ?? 'nobody',
          network: this.#networks.get(key) ?? `key ${key}`,
        })),
        ...wires.map(({ from: sender, to, frame }) => ({
          ...{ from: sender.host, to: to.host },
          network: this.#vlans.get(vlanOf(frame)) ?? `VLAN ${vlanOf(frame)}`,
        })),
      ],
    }
  }

  /** Where bridges have ports of their own choice, any of them may be used. */
  #isExpected(kind: TunnelKind): boolean {
    const { underlay, bridges } = this.#site
    return underlay?.transport === kind || bridges.some(({ tunnels }) => tunnels !== undefined)
  }

  #guestAt(bridge: string, number: number): string {
    const port = [...this.#ports.get(bridge)!].find(([, candidate]) => candidate === number)?.[0]
    const guest = [...this.#guests.values()].find((spec) => spec.bridge === bridge && spec.port === port)
    return guest?.name ?? `${bridge} port ${number}`
  }
}

/** Sentences for everything that is not as the scenario says. */
export const runOnSimulator = async (scenario: Scenario): Promise<string[]> =>
  (await SimulatedWorld.of(scenario)).check(scenario)
