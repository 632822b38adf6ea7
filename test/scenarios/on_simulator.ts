/**
 * Runs a scenario without any process: the rows go through the real API into a store, the engine makes the
 * tables, and the simulator carries the frames between guests that are simulated too, over an underlay where there is one.
 */
import { createApi } from '@openvnet/api'
import { compileTables, type Tables } from '@openvnet/controller'
import { createLocalBus, type Snapshot } from '@openvnet/feed'
import { toIpAddress } from '@openvnet/schema'
import { pino } from 'pino'
import { vlanOf } from '../simulator/physical_switch.ts'
import { createSimulator } from '../simulator/simulator.ts'
import { type Journey, SimulatedUnderlay, type TunnelKind, tunnelPort } from '../simulator/underlay.ts'
import { type Arrival, checkPing, checkSend, type PingOutcome } from './check.ts'
import { buildFrame, describeFrame } from './frame.ts'
import {
  type BridgeSpec,
  type CrossingSpec,
  type Family,
  type ForgerySpec,
  type FrameSpec,
  type GuestSpec,
  type PingSpec,
  type Scenario,
  SEGMENT_KEY,
  tunnelsOf,
  type Write,
} from './scenario.ts'
import { SimulatedGuest } from './simulated_guest.ts'
import { newStoreFile } from './store_file.ts'

const log = pino({ level: 'silent' })
/** A ping that causes more than this many frames of guests goes on for ever. */
const MAX_FRAMES = 1000

const LOCAL = 0xffff_fffe
const NONE: Tables = { flows: new Map(), groups: new Map(), meters: new Map() }

type PortNumbers = ReadonlyMap<string, number>
type Site = Pick<Scenario, 'bridges' | 'guests' | 'underlay' | 'wires'>

const portNumbers = (site: Site, bridge: string): PortNumbers => {
  const guests = site.guests.filter((guest) => guest.bridge === bridge).map(({ port }) => port)
  const wires = (site.wires ?? []).flat().filter((end) => end.bridge === bridge)
  const names = [...guests, ...tunnelsOf(site, bridge).map(tunnelPort), ...wires.map(({ port }) => port)]
  return new Map(names.map((name, index) => [name, index + 1]))
}

/** The address of a bridge's host. */
const hostAddress = ({ bridges }: Site, name: string, family: Family): string => {
  const number = bridges.findIndex((bridge) => bridge.name === name)
  const { subnet } = bridges[number]!
  return family === 'ipv4' ? `10.255.${subnet}.${number + 1}` : `fd00:255:${subnet}::${number + 1}`
}

/** How bridges show themselves to the controller: their ports, and from where they connect. */
export const switchesOf = (
  site: Site,
): readonly (BridgeSpec & { readonly ports: PortNumbers; readonly address: string | undefined })[] =>
  site.bridges.map((bridge) => ({
    ...bridge,
    ports: portNumbers(site, bridge.name),
    address: site.underlay === undefined ? undefined : hostAddress(site, bridge.name, site.underlay.family),
  }))

/**
 * The rows after the writes, as the real API has them.
 * @throws when the API refuses one
 */
export const snapshotOf = async (writes: readonly Write[]): Promise<Snapshot> => {
  const bus = createLocalBus({ log })
  const { file, remove } = newStoreFile()
  const api = await createApi({ file, bus, log })
  try {
    for (const { method = 'POST', path, body } of writes) {
      const answer = await api.app.inject({ method, url: `/api/1.0/${path}`, payload: body })
      if (answer.statusCode !== 200) throw new Error(`${path} ${JSON.stringify(body)}: ${answer.body}`)
    }
    return await api.feed.snapshot()
  } finally {
    await api.close()
    await bus.close()
    remove()
  }
}

/** The tables of each bridge, by datapath id. */
const compiled = (site: Site, snapshot: Snapshot): Promise<ReadonlyMap<string, Tables>> => {
  const switches = switchesOf(site)
  const addresses = switches.flatMap(({ dpid, address }) => (address === undefined ? [] : [[dpid, address]]))
  return compileTables({
    snapshot,
    switches: new Map(switches.map(({ dpid, ports }) => [dpid, ports])),
    addresses: Object.fromEntries(addresses) as Record<string, string>,
    log,
  })
}

export class SimulatedWorld {
  readonly underlay: SimulatedUnderlay
  readonly #site: Site
  readonly #guests: ReadonlyMap<string, GuestSpec>
  readonly #ports: ReadonlyMap<string, PortNumbers>
  /** By key, and by VLAN id: 0 is that of the untagged one. */
  readonly #networks: ReadonlyMap<bigint, string>
  readonly #vlans: ReadonlyMap<number, string>

  /** @param tables by datapath id; a bridge without any drops everything */
  constructor(site: Site, snapshot: Snapshot, tables: ReadonlyMap<string, Tables>) {
    const switches = switchesOf(site)
    this.#site = site
    this.#guests = new Map(site.guests.map((guest) => [guest.name, guest]))
    this.#ports = new Map(switches.map(({ name, ports }) => [name, ports]))
    this.#networks = new Map([
      ...snapshot.rows.network.map(({ id, uuid }) => [BigInt(id), uuid] as const),
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
    )
  }

  static async of(scenario: Scenario): Promise<SimulatedWorld> {
    const snapshot = await snapshotOf(scenario.writes)
    return new SimulatedWorld(scenario, snapshot, await compiled(scenario, snapshot))
  }

  /** What guests get when one sends a frame, and what crosses the underlay for it. */
  send(from: string, frame: FrameSpec): Heard {
    const { bridge, port } = this.#guests.get(from)!
    return this.#heard(
      this.underlay.send(bridge, this.#ports.get(bridge)!.get(port)!, buildFrame(frame)),
      from,
    )
  }

  /** The same for a frame that a tunnel brings. */
  forge({ from, to, network, frame }: ForgerySpec): Heard {
    const { family } = this.#site.underlay!
    const [key] = [...this.#networks].find(([, uuid]) => uuid === network)!
    const [kind] = tunnelsOf(this.#site, to)
    const port = this.#ports.get(to)!.get(tunnelPort(kind!))!
    const [source, destination] = [from, to].map((name) => toIpAddress(hostAddress(this.#site, name, family)))
    const tunnel = { key, source: source!, destination: destination! }
    return this.#heard(this.underlay.send(to, port, buildFrame(frame), tunnel), `the tunnel from ${from}`)
  }

  /** Frames go to and fro until nobody has anything to say. */
  ping({ from, to, ttl = 64 }: PingSpec): PingOutcome {
    const stacks = new Map([...this.#guests.values()].map((spec) => [spec.name, new SimulatedGuest(spec)]))
    const pinging = stacks.get(from)!
    const queue = pinging.ping(to, ttl).map((frame) => ({ from, frame }))
    const arrivals: Arrival[] = []
    const crossings: CrossingSpec[] = []
    for (const { from: sender, frame } of queue) {
      const got = this.send(sender, frame)
      arrivals.push(...got.arrivals)
      crossings.push(...got.crossings)
      queue.push(
        ...got.arrivals.flatMap(({ at, frame: received }) =>
          (stacks.get(at)?.receive(received) ?? []).map((sent) => ({ from: at, frame: sent })),
        ),
      )
      if (queue.length > MAX_FRAMES) throw new Error('frames go round in circles')
    }
    const { answerTtl } = pinging
    return { answered: answerTtl !== undefined, answerTtl, arrivals, crossings }
  }

  /** All of a scenario's pings and frames; sentences for everything that is not as it says. */
  check({ pings, sends, forgeries = [] }: Pick<Scenario, 'pings' | 'sends' | 'forgeries'>): string[] {
    return [
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

  /** Programs do not run here: what is punted is as silent as what is dropped. @throws when a packet is dropped with an error */
  #heard({ deliveries, crossings, wires, punted, errors }: Journey, from: string): Heard {
    if (errors.length > 0) throw new Error(errors.join())
    const other = punted.find(({ reason }) => reason !== 'action')
    if (other !== undefined) throw new Error(`a packet of ${from} is sent to the controller: ${other.reason}`)
    return {
      arrivals: deliveries.map(({ host, port, frame }) => ({
        at: this.#guestAt(host, port),
        frame: describeFrame(frame),
      })),
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

interface Heard {
  readonly arrivals: readonly Arrival[]
  readonly crossings: readonly CrossingSpec[]
}

/** Sentences for everything that is not as the scenario says. */
export const runOnSimulator = async (scenario: Scenario): Promise<string[]> =>
  (await SimulatedWorld.of(scenario)).check(scenario)
