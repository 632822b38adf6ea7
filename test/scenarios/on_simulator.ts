/**
 * Runs a scenario without any process: the rows go through the real API into a store, the engine makes the
 * tables, and the simulator carries the frames between guests that are simulated too.
 */
import { createApi } from '@openvnet/api'
import { compileTables, type Tables } from '@openvnet/controller'
import { createLocalBus } from '@openvnet/feed'
import { pino } from 'pino'
import { createSimulator, type Simulator } from '../simulator/simulator.ts'
import { type Arrival, checkPing, checkSend } from './check.ts'
import { buildFrame, describeFrame } from './frame.ts'
import type { FrameSpec, GuestSpec, PingSpec, Scenario, SendSpec, Write } from './scenario.ts'
import { SimulatedGuest } from './simulated_guest.ts'
import { newStoreFile } from './store_file.ts'

const log = pino({ level: 'silent' })
/** A frame that causes more than this many goes round in circles. */
const MAX_FRAMES = 1000

const LOCAL = 0xffff_fffe

type PortNumbers = ReadonlyMap<string, number>

const portNumbers = (guests: readonly GuestSpec[], bridge: string): PortNumbers =>
  new Map(guests.filter((guest) => guest.bridge === bridge).map(({ port }, index) => [port, index + 1]))

/**
 * The tables of each bridge, by datapath id, after the writes.
 * @throws when the API refuses one
 */
export const tablesFor = async (
  scenario: Pick<Scenario, 'bridges' | 'guests'>,
  writes: readonly Write[],
): Promise<ReadonlyMap<string, Tables>> => {
  const bus = createLocalBus({ log })
  const { file, remove } = newStoreFile()
  const api = await createApi({ file, bus, log })
  try {
    for (const { path, body } of writes) {
      const answer = await api.app.inject({ method: 'POST', url: `/api/1.0/${path}`, payload: body })
      if (answer.statusCode !== 200) throw new Error(`${path} ${JSON.stringify(body)}: ${answer.body}`)
    }
    const switches = new Map(
      scenario.bridges.map(({ name, dpid }) => [dpid, portNumbers(scenario.guests, name)]),
    )
    return await compileTables({ snapshot: await api.feed.snapshot(), switches, log })
  } finally {
    await api.close()
    await bus.close()
    remove()
  }
}

interface Wire {
  readonly simulator: Simulator
  readonly ports: PortNumbers
}

export class SimulatedWorld {
  readonly #guests: ReadonlyMap<string, GuestSpec>
  readonly #wires: ReadonlyMap<string, Wire>

  private constructor(scenario: Scenario, wires: ReadonlyMap<string, Wire>) {
    this.#guests = new Map(scenario.guests.map((guest) => [guest.name, guest]))
    this.#wires = wires
  }

  static async of(scenario: Scenario): Promise<SimulatedWorld> {
    const tables = await tablesFor(scenario, scenario.writes)
    const wires = scenario.bridges.map(({ name, dpid }): [string, Wire] => {
      const ports = portNumbers(scenario.guests, name)
      return [
        name,
        {
          ports,
          simulator: createSimulator({ tables: tables.get(dpid)!, ports: [...ports.values(), LOCAL] }),
        },
      ]
    })
    return new SimulatedWorld(scenario, new Map(wires))
  }

  /** What guests get when one sends a frame. @throws when a packet is punted: the walkthrough needs no controller */
  send(from: string, frame: FrameSpec): Arrival[] {
    const { bridge, port } = this.#guests.get(from)!
    const { simulator, ports } = this.#wires.get(bridge)!
    const { outputs, controller, error } = simulator.inject(ports.get(port)!, buildFrame(frame))
    if (error !== null) throw new Error(error)
    if (controller.length > 0) throw new Error(`a packet of ${from} is sent to the controller`)
    return outputs.map((output) => ({
      at: this.#guestAt(bridge, ports, output.port),
      frame: describeFrame(output.frame),
    }))
  }

  /** Frames go to and fro until nobody has anything to say. */
  ping({ from, to, ttl = 64 }: PingSpec): { arrivals: Arrival[]; answerTtl: number | undefined } {
    const stacks = new Map([...this.#guests.values()].map((spec) => [spec.name, new SimulatedGuest(spec)]))
    const pinging = stacks.get(from)!
    const queue = pinging.ping(to, ttl).map((frame) => ({ from, frame }))
    const arrivals: Arrival[] = []
    for (const { from: sender, frame } of queue) {
      const got = this.send(sender, frame)
      arrivals.push(...got)
      queue.push(
        ...got.flatMap(({ at, frame: received }) =>
          (stacks.get(at)?.receive(received) ?? []).map((sent) => ({ from: at, frame: sent })),
        ),
      )
      if (queue.length > MAX_FRAMES) throw new Error('frames go round in circles')
    }
    return { arrivals, answerTtl: pinging.answerTtl }
  }

  #guestAt(bridge: string, ports: PortNumbers, number: number): string {
    const port = [...ports].find(([, candidate]) => candidate === number)?.[0]
    const guest = [...this.#guests.values()].find((spec) => spec.bridge === bridge && spec.port === port)
    return guest?.name ?? `port ${number}`
  }
}

/** Sentences for everything that is not as the scenario says. */
export const runOnSimulator = async (scenario: Scenario): Promise<string[]> => {
  const world = await SimulatedWorld.of(scenario)
  const sends = scenario.sends.flatMap((spec: SendSpec) => checkSend(spec, world.send(spec.from, spec.frame)))
  const pings = scenario.pings.flatMap((spec) => {
    const { arrivals, answerTtl } = world.ping(spec)
    return checkPing(spec, { answered: answerTtl !== undefined, answerTtl, arrivals })
  })
  return [...sends, ...pings]
}
