/**
 * Runs a scenario for real: guests are namespaces, the bridge is an Open vSwitch, the rows are written over HTTP to a
 * vnetd in a process of its own. The frames that guests get are recorded at their end of the wire.
 */
import type { Capture } from '../lab/capture.ts'
import type { Guest } from '../lab/guest.ts'
import { createLab, type Lab, type LabOptions } from '../lab/lab.ts'
import type { PingOptions } from '../lab/ping.ts'
import { type RestAnswer, revisionOf } from '../lab/rest.ts'
import { OPENFLOW_PORT, Site } from '../lab/vnetd.ts'
import { sleep } from '../lab/wait.ts'
import { type Arrival, checkPing, checkSend } from './check.ts'
import { buildFrame, describeFrame } from './frame.ts'
import type { BridgeSpec, GuestSpec, PingSpec, Scenario, SendSpec, Write } from './scenario.ts'

/** Time in which a frame is surely through. */
const SETTLE_MS = 80
const CONTROLLER = `tcp:127.0.0.1:${OPENFLOW_PORT}`

const optionsOf = ({ answered, ttl }: PingSpec): PingOptions => ({
  count: 1,
  timeout: answered ? 2 : 0.3,
  ...(ttl === undefined ? {} : { ttl }),
})

/** Inbound frames at every guest, as they come. */
class Ears {
  readonly #captures: ReadonlyMap<string, Capture>
  readonly #heard = new Map<string, number>()

  private constructor(captures: ReadonlyMap<string, Capture>) {
    this.#captures = captures
  }

  static async open(guests: ReadonlyMap<string, Guest>): Promise<Ears> {
    const captures = [...guests].map(async ([name, guest]) => [name, await guest.listen()] as const)
    return new Ears(new Map(await Promise.all(captures)))
  }

  /** What has come since the last time. */
  async arrivals(): Promise<Arrival[]> {
    await sleep(SETTLE_MS)
    return [...this.#captures].flatMap(([at, { frames }]) => {
      const fresh = frames.slice(this.#heard.get(at) ?? 0)
      this.#heard.set(at, frames.length)
      return fresh.map((frame) => ({ at, frame: describeFrame(frame) }))
    })
  }

  async close(): Promise<void> {
    await Promise.all([...this.#captures.values()].map((capture) => capture.stop()))
  }
}

export class LabWorld {
  readonly lab: Lab
  readonly site: Site

  private constructor(lab: Lab, site: Site) {
    this.lab = lab
    this.site = site
  }

  /** A host on which nothing runs yet but Open vSwitch. */
  static async create(options: LabOptions = {}): Promise<LabWorld> {
    const lab = await createLab(options)
    try {
      return new LabWorld(lab, await Site.on(await lab.host()))
    } catch (error) {
      lab.close()
      throw error
    }
  }

  /** Everything of a scenario is there: vnetd runs, the bridge is connected, the guests are plugged in, the rows apply. */
  static async running(scenario: Scenario): Promise<LabWorld> {
    const world = await LabWorld.create()
    try {
      await world.site.start()
      await world.build(scenario)
      return world
    } catch (error) {
      world.close()
      throw error
    }
  }

  /** Bridges, guests and rows; vnetd must run. */
  async build({ bridges, guests, writes }: Scenario): Promise<void> {
    for (const bridge of bridges) await this.addBridge(bridge)
    await this.addGuests(guests)
    await this.write(writes)
    for (const { dpid } of bridges) await this.site.converged(dpid)
  }

  get guests(): ReadonlyMap<string, Guest> {
    return this.site.host.guests
  }

  guest(name: string): Guest {
    const guest = this.guests.get(name)
    if (guest === undefined) throw new Error(`no guest ${name}`)
    return guest
  }

  /** A bridge whose controller is vnetd. */
  async addBridge({ name, dpid }: BridgeSpec, failMode: 'secure' | 'standalone' = 'secure'): Promise<void> {
    await this.site.host.bridge({ name, dpid, failMode, controllers: [CONTROLLER] })
  }

  /** @param plugged whether the port is on its bridge at once */
  async addGuest(spec: GuestSpec, plugged = true): Promise<Guest> {
    const { name, port, mac, address, gateway, routes = [], bridge } = spec
    return this.site.host.guest({
      ...{ name, port, mac, addresses: [address], routes: routes.map((route) => `${route} via ${gateway}`) },
      ...(plugged ? { bridge } : {}),
    })
  }

  async addGuests(specs: readonly GuestSpec[], plugged = true): Promise<void> {
    for (const spec of specs) await this.addGuest(spec, plugged)
  }

  /** @returns the revision of the last write */
  async write(writes: readonly Write[]): Promise<number> {
    let answer: RestAnswer | undefined
    for (const { path, body } of writes) answer = await this.site.rest.post(path, body)
    return answer === undefined ? 0 : revisionOf(answer)
  }

  async #ping(spec: PingSpec, ears: Ears): Promise<string[]> {
    await ears.arrivals()
    const result = await this.guest(spec.from).ping(spec.to, optionsOf(spec))
    const arrivals = await ears.arrivals()
    return checkPing(spec, { answered: result.received > 0, answerTtl: result.ttl, arrivals })
  }

  async #send(spec: SendSpec, ears: Ears): Promise<string[]> {
    await ears.arrivals()
    await this.guest(spec.from).send(buildFrame(spec.frame))
    return checkSend(spec, await ears.arrivals())
  }

  /** All of a scenario's pings and frames; sentences for everything that is not as it says. */
  async check({ pings, sends }: Pick<Scenario, 'pings' | 'sends'>): Promise<string[]> {
    const ears = await Ears.open(this.guests)
    const problems: string[] = []
    try {
      for (const spec of pings) problems.push(...(await this.#ping(spec, ears)))
      await Promise.all([...this.guests.values()].map((guest) => guest.fallSilent()))
      for (const spec of sends) problems.push(...(await this.#send(spec, ears)))
      return problems
    } finally {
      await Promise.all([...this.guests.values()].map((guest) => guest.speak()))
      await ears.close()
    }
  }

  /** Without looking at who hears it: quick. */
  async checkPings(pings: readonly PingSpec[]): Promise<string[]> {
    return (await Promise.all(pings.map((spec) => this.pingOnce(spec)))).flat()
  }

  async pingOnce(spec: PingSpec): Promise<string[]> {
    const { received, text } = await this.guest(spec.from).ping(spec.to, optionsOf(spec))
    return received > 0 === spec.answered ? [] : [`${spec.from} pings ${spec.to} (${spec.why}): ${text}`]
  }

  close(): void {
    this.lab.close()
  }
}
