/**
 * Pings and frames of a scenario between guests that are namespaces: what each gets at its end of the wire is recorded, and
 * what crosses the underlay where there is one.
 */
import type { Capture } from '../lab/capture.ts'
import type { Guest } from '../lab/guest.ts'
import type { PingOptions } from '../lab/ping.ts'
import { sleep, until } from '../lab/wait.ts'
import { type Arrival, checkPing, checkSend } from './check.ts'
import { buildFrame, describeFrame, isChatterFrame } from './frame.ts'
import type { CrossingSpec, ForgerySpec, PingSpec, Scenario, SendSpec } from './scenario.ts'

/** Time in which a frame that nobody expects would surely be through; for one that is expected there is more. */
const SETTLE_MS = 80
const EXPECTED_MS = 3000

/** What lies between hosts, with everything that crosses it recorded. */
export interface RecordedUnderlay {
  /** What has crossed since the last time. */
  crossings(): readonly CrossingSpec[]
  /** Lets a frame come through a tunnel. */
  forge(spec: ForgerySpec): Promise<void>
  close(): Promise<unknown>
}

export const pingOptionsOf = ({ answered, ttl }: PingSpec): PingOptions => ({
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
  arrivals(): Arrival[] {
    return [...this.#captures].flatMap(([at, { frames }]) => {
      const fresh = frames.slice(this.#heard.get(at) ?? 0)
      this.#heard.set(at, frames.length)
      return fresh
        .filter((frame) => !isChatterFrame(frame))
        .map((frame) => ({ at, frame: describeFrame(frame) }))
    })
  }

  async close(): Promise<void> {
    await Promise.all([...this.#captures.values()].map((capture) => capture.stop()))
  }
}

class Stage {
  readonly #guests: ReadonlyMap<string, Guest>
  readonly #ears: Ears
  readonly #underlay: RecordedUnderlay | undefined

  constructor(guests: ReadonlyMap<string, Guest>, ears: Ears, underlay: RecordedUnderlay | undefined) {
    this.#guests = guests
    this.#ears = ears
    this.#underlay = underlay
  }

  async ping(spec: PingSpec): Promise<string[]> {
    const expected = { arrivals: 0, crossings: spec.crosses?.length ?? 0 }
    const { result, ...heard } = await this.#observe(expected, () =>
      this.#guest(spec.from).ping(spec.to, pingOptionsOf(spec)),
    )
    return checkPing(spec, { answered: result.received > 0, answerTtl: result.ttl, ...heard })
  }

  send(spec: SendSpec): Promise<string[]> {
    return this.#frame(spec, () => this.#guest(spec.from).send(buildFrame(spec.frame)))
  }

  forge(spec: ForgerySpec): Promise<string[]> {
    return this.#frame(spec, () => this.#underlay!.forge(spec))
  }

  async #frame(spec: Pick<SendSpec, 'why' | 'from' | 'arrives' | 'crosses'>, act: () => Promise<void>) {
    const expected = { arrivals: spec.arrives.length, crossings: spec.crosses?.length ?? 0 }
    const { arrivals, crossings } = await this.#observe(expected, act)
    return checkSend(spec, arrivals, crossings)
  }

  /** What comes of something; what came before is not of it. @param expected how much must come at least */
  async #observe<T>(expected: Readonly<Record<'arrivals' | 'crossings', number>>, act: () => Promise<T>) {
    this.#hear()
    const result = await act()
    const arrivals: Arrival[] = []
    const crossings: CrossingSpec[] = []
    const listen = (): boolean => {
      const heard = this.#hear()
      arrivals.push(...heard.arrivals)
      crossings.push(...heard.crossings)
      return arrivals.length >= expected.arrivals && crossings.length >= expected.crossings
    }
    await until('what is expected', listen, { timeout: EXPECTED_MS }).catch(() => {})
    await sleep(SETTLE_MS)
    listen()
    return { result, arrivals, crossings }
  }

  #hear() {
    return { arrivals: this.#ears.arrivals(), crossings: this.#underlay?.crossings() ?? [] }
  }

  #guest(name: string): Guest {
    const guest = this.#guests.get(name)
    if (guest === undefined) throw new Error(`no guest ${name}`)
    return guest
  }
}

/**
 * All of a scenario's pings and frames; sentences for everything that is not as it says.
 * @param guests by their names in the scenario
 * @param record begins to record the underlay, where there is one
 */
export const checkForReal = async (
  { pings, sends, forgeries = [] }: Pick<Scenario, 'pings' | 'sends' | 'forgeries'>,
  guests: ReadonlyMap<string, Guest>,
  record?: () => Promise<RecordedUnderlay>,
): Promise<string[]> => {
  // A question that comes by itself is of no ping, nor is its answer.
  await Promise.all([...guests.values()].map((guest) => guest.askOnce()))
  await Promise.all([...guests.values()].map((guest) => guest.probed()))
  const ears = await Ears.open(guests)
  const underlay = await record?.()
  const stage = new Stage(guests, ears, underlay)
  const problems: string[] = []
  try {
    for (const spec of pings) problems.push(...(await stage.ping(spec)))
    await Promise.all([...guests.values()].map((guest) => guest.fallSilent()))
    for (const spec of sends) problems.push(...(await stage.send(spec)))
    for (const spec of forgeries) problems.push(...(await stage.forge(spec)))
    return problems
  } finally {
    await Promise.all([...guests.values()].map((guest) => guest.speak()))
    await Promise.all([ears.close(), underlay?.close()])
  }
}
