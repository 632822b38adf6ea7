/**
 * Switches on many hosts and what lies between them, in memory: what a switch puts into a port for tunnels appears on the
 * switch that has the address, out of its port of the same kind, with key, source and destination; what it puts on a wire
 * appears at the others that a physical switch chooses. Subnets and routers of the underlay are plain reachability, which
 * ends for a host while its link is cut.
 */
import type { PacketOut } from '@openvnet/openflow'
import { type IpAddress, toIpAddress } from '@openvnet/schema'
import type { Emitted, Punted, TraceStep } from './execute.ts'
import type { TunnelFacts } from './packet_state.ts'
import { PhysicalSwitch } from './physical_switch.ts'
import type { Injected, Simulator } from './simulator.ts'

export const TUNNEL_KINDS = ['vxlan', 'geneve', 'gre'] as const
export type TunnelKind = (typeof TUNNEL_KINDS)[number]
/** How a port for tunnels is called on every bridge. */
export const tunnelPort = (kind: TunnelKind): string => `vnet-${kind}`
const KIND_OF_PORT: ReadonlyMap<string, TunnelKind> = new Map(
  TUNNEL_KINDS.map((kind) => [tunnelPort(kind), kind]),
)

export interface SimulatedHost {
  readonly name: string
  readonly simulator: Simulator
  /** OpenFlow numbers by name. */
  readonly ports: ReadonlyMap<string, number>
  /** At which it is reached by others, as text: at most one of each family. */
  readonly addresses: readonly string[]
}

/** A port of a host that has a wire. */
export interface WireEnd {
  readonly host: string
  readonly port: string
}

/** A frame in a tunnel. */
export interface Crossing {
  readonly from: string
  /** `null`: nobody gets it. */
  readonly to: string | null
  readonly kind: TunnelKind
  readonly key: bigint
  readonly frame: Uint8Array
}

/** A frame on a wire, as often as it arrives. */
export interface WireCrossing {
  readonly from: WireEnd
  readonly to: WireEnd
  readonly frame: Uint8Array
}

/** A frame that leaves by a port behind which is neither a tunnel nor a wire. */
export interface Delivery {
  readonly host: string
  readonly port: number
  readonly frame: Uint8Array
}

/** All that comes of one frame. */
export interface Journey {
  readonly deliveries: readonly Delivery[]
  readonly crossings: readonly Crossing[]
  readonly wires: readonly WireCrossing[]
  /** What went to the controller, and errors of switches. */
  readonly punted: readonly (Punted & { readonly host: string })[]
  readonly errors: readonly string[]
  readonly trace: readonly (TraceStep & { readonly host: string })[]
}

/** What a controller answers to a packet that a host has sent to it. */
export type Answering = (host: string, punted: Punted) => readonly Pick<PacketOut, 'actions' | 'data'>[]

interface Arrival {
  readonly host: string
  readonly port: number
  readonly frame: Uint8Array
  readonly tunnel?: TunnelFacts
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] }

/** A frame that causes more goes round in circles. */
const MAX_ARRIVALS = 1000

const addressKey = ({ family, value }: Pick<IpAddress, 'family' | 'value'>): string => `${family} ${value}`

/** As Open vSwitch reads it: the IPv4 address where there is one. */
const destinationOf = ({ tunnel }: Emitted): IpAddress | undefined => {
  if (tunnel.ipv4_dst !== 0n) return { family: 4, value: tunnel.ipv4_dst }
  return tunnel.ipv6_dst === 0n ? undefined : { family: 6, value: tunnel.ipv6_dst }
}

export class SimulatedUnderlay {
  readonly #hosts: ReadonlyMap<string, SimulatedHost>
  readonly #byAddress: ReadonlyMap<string, SimulatedHost>
  readonly #names: ReadonlyMap<string, ReadonlyMap<number, string>>
  readonly #wires: readonly PhysicalSwitch<WireEnd>[]
  readonly #answer: Answering
  readonly #cut = new Set<string>()

  /**
   * @param wires ends that one physical switch joins
   * @param answer absent: there is no controller
   */
  constructor(
    hosts: readonly SimulatedHost[],
    wires: readonly (readonly WireEnd[])[] = [],
    answer: Answering = () => [],
  ) {
    this.#answer = answer
    this.#hosts = new Map(hosts.map((host) => [host.name, host]))
    this.#byAddress = new Map(
      hosts.flatMap((host) =>
        host.addresses.map((address) => [addressKey(toIpAddress(address)), host] as const),
      ),
    )
    this.#names = new Map(
      hosts.map(({ name, ports }) => [name, new Map([...ports].map(([port, number]) => [number, port]))]),
    )
    this.#wires = wires.map((ends) => new PhysicalSwitch(ends))
  }

  /** The link of a host to the underlay is down. */
  cut(host: string): void {
    this.#cut.add(host)
  }

  heal(host: string): void {
    this.#cut.delete(host)
  }

  /** @param tunnel by which the frame comes, forged or not, where the port leads into tunnels */
  send(host: string, port: number, frame: Uint8Array, tunnel?: TunnelFacts): Journey {
    const journey: Mutable<Journey> = {
      ...{ deliveries: [], crossings: [], wires: [], punted: [], errors: [], trace: [] },
    }
    const queue: Arrival[] = [{ host, port, frame, ...(tunnel === undefined ? {} : { tunnel }) }]
    for (const arrival of queue) {
      queue.push(...this.#forward(arrival, journey))
      if (queue.length > MAX_ARRIVALS) throw new Error('a frame goes round in circles')
    }
    return journey
  }

  #forward({ host, port, frame, tunnel }: Arrival, journey: Mutable<Journey>): Arrival[] {
    const { simulator } = this.#hosts.get(host)!
    return this.#follow(host, simulator.inject(port, frame, tunnel), journey)
  }

  /** What a controller answers goes on after what the switch has sent itself. */
  #follow(
    host: string,
    { outputs, controller, error, trace }: Injected,
    journey: Mutable<Journey>,
  ): Arrival[] {
    journey.punted.push(...controller.map((each) => ({ ...each, host })))
    journey.trace.push(...trace.map((each) => ({ ...each, host })))
    if (error !== null) journey.errors.push(`${host}: ${error}`)
    if (journey.punted.length > MAX_ARRIVALS) throw new Error('a controller asks itself')
    const { simulator } = this.#hosts.get(host)!
    return [
      ...outputs.flatMap((output) => this.#leave(host, output, journey)),
      ...controller
        .flatMap((punted) => this.#answer(host, punted))
        .flatMap((packet) => this.#follow(host, simulator.obey(packet), journey)),
    ]
  }

  #leave(host: string, output: Emitted, journey: Mutable<Journey>): Arrival[] {
    const name = this.#names.get(host)!.get(output.port) ?? ''
    const kind = KIND_OF_PORT.get(name)
    if (kind !== undefined) return this.#tunnel(host, kind, output, journey)
    for (const wire of this.#wires) {
      const end = wire.ends.find((each) => each.host === host && each.port === name)
      if (end !== undefined) return this.#wire(wire, end, output.frame, journey)
    }
    journey.deliveries.push({ host, port: output.port, frame: output.frame })
    return []
  }

  #tunnel(from: string, kind: TunnelKind, output: Emitted, journey: Mutable<Journey>): Arrival[] {
    const destination = destinationOf(output)
    const source = this.#hosts
      .get(from)!
      .addresses.map(toIpAddress)
      .find(({ family }) => family === destination?.family)
    // Without a destination, or an own address that suits it, nothing leaves the host.
    if (destination === undefined || source === undefined) return []
    const host = this.#byAddress.get(addressKey(destination))
    const to = host === undefined || !this.#areJoined(from, host.name) ? null : host
    const { frame, tunnel } = output
    const { key } = tunnel
    journey.crossings.push({ from, to: to?.name ?? null, kind, key, frame })
    const port = to?.ports.get(tunnelPort(kind))
    if (to === null || port === undefined) return []
    return [{ host: to.name, port, frame, tunnel: { key, source, destination } }]
  }

  #wire(
    wire: PhysicalSwitch<WireEnd>,
    from: WireEnd,
    frame: Uint8Array,
    journey: Mutable<Journey>,
  ): Arrival[] {
    return wire
      .forward(from, frame)
      .filter((to) => this.#areJoined(from.host, to.host))
      .flatMap((to) => {
        journey.wires.push({ from, to, frame })
        const port = this.#hosts.get(to.host)!.ports.get(to.port)
        return port === undefined ? [] : [{ host: to.host, port, frame }]
      })
  }

  /** A host reaches itself without its link: two bridges of one. */
  #areJoined(a: string, b: string): boolean {
    return a === b || !(this.#cut.has(a) || this.#cut.has(b))
  }
}
