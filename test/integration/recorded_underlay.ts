/** The underlay of a site with everything that hosts put into tunnels recorded and read, named as scenarios name it. */
import type { Capture } from '../lab/capture.ts'
import { buildEncapsulated, parseEncapsulated } from '../lab/encapsulation.ts'
import { UNDERLAY_BRIDGE } from '../lab/underlay.ts'
import { sendFrames } from '../lab/wire.ts'
import type { RecordedUnderlay } from '../scenarios/for_real.ts'
import { buildFrame, isChatterFrame } from '../scenarios/frame.ts'
import {
  type CrossingSpec,
  type ForgerySpec,
  HANDED_OVER,
  type Scenario,
  SEGMENT_KEY,
  tunnelsOf,
} from '../scenarios/scenario.ts'
import { HOST_NAMES, type HostName, type OverlaySite } from './overlay_site.ts'

const macOfHost = async ({ hosts }: OverlaySite, name: HostName): Promise<number> => {
  const text = await hosts[name].namespace.run(['cat', `/sys/class/net/${UNDERLAY_BRIDGE}/address`])
  return Number.parseInt(text.trim().replaceAll(':', ''), 16)
}

class Recording implements RecordedUnderlay {
  readonly #site: OverlaySite
  readonly #scenario: Scenario
  readonly #captures: ReadonlyMap<HostName, Capture>
  readonly #networks: ReadonlyMap<number, string>
  readonly #seen = new Map<HostName, number>()

  constructor(
    site: OverlaySite,
    scenario: Scenario,
    captures: ReadonlyMap<HostName, Capture>,
    networks: ReadonlyMap<number, string>,
  ) {
    this.#site = site
    this.#scenario = scenario
    this.#captures = captures
    this.#networks = networks
  }

  crossings(): readonly CrossingSpec[] {
    return [...this.#captures].flatMap(([from, { frames }]) => {
      const fresh = frames.slice(this.#seen.get(from) ?? 0)
      this.#seen.set(from, frames.length)
      return fresh.flatMap((frame) => this.#crossing(from, frame) ?? [])
    })
  }

  #crossing(from: HostName, outer: Uint8Array): CrossingSpec | undefined {
    const inner = parseEncapsulated(outer)
    if (inner === undefined || isChatterFrame(inner.frame)) return undefined
    const { kind, key, source, destination } = inner
    const isAsked = tunnelsOf(this.#scenario, from).includes(kind) && source === this.#addressOf(from)
    const to = HOST_NAMES.find((name) => this.#addressOf(name) === destination) ?? destination
    const network = this.#networks.get(key) ?? `key ${key}`
    return { from: isAsked ? from : `${from} by ${kind} from ${source}`, to, network }
  }

  #addressOf(name: HostName): string {
    return this.#site.addresses[name][this.#scenario.underlay!.family]
  }

  async forge({ from, to, network, frame }: ForgerySpec): Promise<void> {
    const [key] = [...this.#networks].find(([, uuid]) => uuid === network)!
    const target = to as HostName
    const [kind] = tunnelsOf(this.#scenario, to)
    const outer = buildEncapsulated(
      {
        ...{ kind: kind!, key, frame: buildFrame(frame) },
        ...{ source: this.#addressOf(from as HostName), destination: this.#addressOf(target) },
      },
      // Open vSwitch takes the sender of what it decapsulates for the neighbour: another one would lead its answers astray.
      { src: await macOfHost(this.#site, from as HostName), dst: await macOfHost(this.#site, target) },
    )
    const { underlay, hosts } = this.#site
    await sendFrames(underlay.namespace, underlay.linkOf(hosts[target]), [outer])
  }

  close(): Promise<unknown> {
    return Promise.all([...this.#captures.values()].map((capture) => capture.stop()))
  }
}

/** Begins to record what all hosts send. */
export const record = async (site: OverlaySite, scenario: Scenario): Promise<RecordedUnderlay> => {
  const captures = HOST_NAMES.map(async (name) => [name, await site.tunnelled(name)] as const)
  const rows = async (path: string) =>
    (await site.site.rest.get<{ items: { id: number; uuid: string }[] }>(`${path}?limit=1000`)).items
  const networks = new Map([
    ...(await rows('networks')).map(({ id, uuid }) => [id, uuid] as const),
    [SEGMENT_KEY, HANDED_OVER] as const,
    ...(await rows('segments')).map(({ id, uuid }) => [SEGMENT_KEY + id, uuid] as const),
  ])
  return new Recording(site, scenario, new Map(await Promise.all(captures)), networks)
}
