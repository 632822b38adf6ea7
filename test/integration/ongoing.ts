/**
 * Guests that ping each other all the time, within a network and through the router, in both families, and the judgement of what was
 * lost: nothing, or only as long as it had to be.
 */
import type { ContinuousPing, Outage, PingResult } from '../lab/ping.ts'
import { until } from '../lab/wait.ts'
import { inIpv6, writesInBoth } from '../scenarios/in_ipv6.ts'
import type { LabWorld } from '../scenarios/on_lab.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { walkthrough } from '../scenarios/walkthrough.ts'

/** Seconds. */
const INTERVAL = 0.01
/** Answers that say that a ping goes well. */
const ENOUGH = 30
/** The moment before a failure is known as well as a busy machine lets us. */
const BEFORE_MS = 1000

/** What may be lost: pings of this guest, or of all, between two moments in milliseconds since 1970. */
export interface Allowance {
  readonly whose: string
  readonly from: number
  readonly until: number
}

export const EVERYBODY = 'everybody'

interface Course {
  readonly from: string
  readonly to: string
  /** Guests that it concerns. */
  readonly guests: readonly string[]
}

/** The walkthrough with addresses of both families. */
export const IN_BOTH: Scenario = {
  ...walkthrough,
  writes: writesInBoth(walkthrough.writes),
  guests: [...walkthrough.guests, ...inIpv6(walkthrough).guests],
}

/** Both ways of a packet, among guests to which nothing happens and with `ns4`, to which something may. */
const COURSES: readonly Course[] = [
  { from: 'ns1', to: '172.16.1.2', guests: ['ns1', 'ns2'] },
  { from: 'ns2', to: '172.16.2.3', guests: ['ns2', 'ns3'] },
  { from: 'ns3', to: '172.16.2.4', guests: ['ns3', 'ns4'] },
  { from: 'ns1', to: '172.16.2.4', guests: ['ns1', 'ns4'] },
  { from: 'ns2', to: 'fd00:172:16:2::3', guests: ['ns2', 'ns3'] },
  { from: 'ns3', to: 'fd00:172:16:2::4', guests: ['ns3', 'ns4'] },
]

const isWithin = ({ from, until }: Outage, allowance: Allowance): boolean =>
  from >= allowance.from - BEFORE_MS && until <= allowance.until

const textOf = ({ packets, from, until }: Outage, { from: to }: Allowance): string =>
  `${packets} packets lost, from ${from - to} to ${until - to} ms after the failure`

export class OngoingPings {
  readonly #pings: readonly (Course & { readonly ping: ContinuousPing })[]

  constructor(world: LabWorld) {
    this.#pings = COURSES.map((course) => ({
      ...course,
      ping: world.guest(course.from).pingStart(course.to, { interval: INTERVAL }),
    }))
  }

  /** Resolves when all of them are answered, from now on. */
  async areAnswered(): Promise<void> {
    const before = this.#pings.map(({ ping }) => ping.answers)
    await until(
      'all pings are answered',
      () => this.#pings.every(({ ping }, index) => ping.answers >= before[index]! + ENOUGH),
      { timeout: 20_000, describe: () => this.#pings.map(({ ping }) => ping.answers).join() },
    )
  }

  /** Ends them. @returns a sentence for each loss that is not allowed, and how many packets were sent and lost */
  async stop(allowance: Allowance | null): Promise<{ faults: string[]; sent: number; lost: number }> {
    const ended = await Promise.all(
      this.#pings.map(async (course) => ({ ...course, result: await course.ping.stop() })),
    )
    return {
      faults: ended.flatMap((course) => faultsOf(course, course.result, allowance)),
      sent: ended.reduce((sum, { result }) => sum + result.sent, 0),
      lost: ended.reduce((sum, { result }) => sum + result.lost.length, 0),
    }
  }
}

const faultsOf = (
  { from, to, guests }: Course,
  { lost, outages, duplicates, sent }: PingResult,
  allowance: Allowance | null,
): string[] => {
  const what = `${from} → ${to}`
  const others = [
    ...(sent > 0 ? [] : [`${what}: nothing sent`]),
    ...(duplicates === 0 ? [] : [`${what}: ${duplicates} duplicates`]),
  ]
  if (allowance === null || (allowance.whose !== EVERYBODY && !guests.includes(allowance.whose)))
    return lost.length === 0 ? others : [...others, `${what}: ${lost.length} packets lost of ${sent}`]
  const faults = outages.filter((outage) => !isWithin(outage, allowance))
  return [...others, ...faults.map((outage) => `${what}: ${textOf(outage, allowance)}`)]
}
