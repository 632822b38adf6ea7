/**
 * Runs a scenario for real: guests are namespaces, the bridge is an Open vSwitch, the rows are written over HTTP to a
 * vnetd in a process of its own. The frames that guests get are recorded at their end of the wire.
 */
import type { Guest } from '../lab/guest.ts'
import { createLab, type Lab, type LabOptions } from '../lab/lab.ts'
import { type RestAnswer, revisionOf } from '../lab/rest.ts'
import { OPENFLOW_PORT, Site } from '../lab/vnetd.ts'
import { checkForReal, pingOptionsOf } from './for_real.ts'
import { byName, guestOptionsOf, prepare } from './lab_guest.ts'
import type { BridgeSpec, GuestSpec, PingSpec, Scenario, Write } from './scenario.ts'

const CONTROLLER = `tcp:127.0.0.1:${OPENFLOW_PORT}`

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
    await Promise.all([...this.guests.values()].map((guest) => guest.probed()))
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
  addGuest(spec: GuestSpec, plugged = true): Promise<Guest> {
    return this.#add([spec], plugged)
  }

  /** Those of one name are one guest. */
  async addGuests(specs: readonly GuestSpec[], plugged = true): Promise<void> {
    for (const same of byName(specs)) await this.#add(same, plugged)
  }

  async #add(specs: readonly [GuestSpec, ...GuestSpec[]], plugged: boolean): Promise<Guest> {
    const [{ bridge }] = specs
    const guest = await this.site.host.guest({ ...guestOptionsOf(specs), ...(plugged ? { bridge } : {}) })
    await prepare(guest, specs)
    return guest
  }

  /** @returns the revision of the last write */
  async write(writes: readonly Write[]): Promise<number> {
    let answer: RestAnswer | undefined
    for (const { method = 'POST', path, body } of writes)
      answer = await this.site.rest.call(method, path, body)
    return answer === undefined ? 0 : revisionOf(answer)
  }

  /** All of a scenario's pings and frames; sentences for everything that is not as it says. */
  check(scenario: Pick<Scenario, 'pings' | 'sends'>): Promise<string[]> {
    return checkForReal(scenario, this.guests)
  }

  /** Without looking at who hears it: quick. */
  async checkPings(pings: readonly PingSpec[]): Promise<string[]> {
    return (await Promise.all(pings.map((spec) => this.pingOnce(spec)))).flat()
  }

  async pingOnce(spec: PingSpec): Promise<string[]> {
    const { received, text } = await this.guest(spec.from).ping(spec.to, pingOptionsOf(spec))
    return received > 0 === spec.answered ? [] : [`${spec.from} pings ${spec.to} (${spec.why}): ${text}`]
  }

  close(): void {
    this.lab.close()
  }
}
