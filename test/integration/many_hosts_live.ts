/**
 * What happens to a site of many hosts while others speak: rows that go and come again, hosts, links. Pings go on
 * before, during and after it.
 */
import type { Test } from 'tap'
import type { ContinuousPing } from '../lab/ping.ts'
import { until } from '../lab/wait.ts'
import type { PingSpec, Write } from '../scenarios/scenario.ts'
import type { OverlaySite } from './overlay_site.ts'

const INTERVAL_S = 0.02
/** Answers before and after that show that they flow. */
const SOME = 15

const uuidOf = ({ body }: Write): string => String(body['uuid'])

/** Takes rows away that writes have made, the last first. */
export const unwrite = async ({ site }: OverlaySite, writes: readonly Write[]): Promise<void> => {
  for (const write of writes.toReversed()) await site.rest.delete(`${write.path}/${uuidOf(write)}`)
}

const answers = async (ping: ContinuousPing, more: number): Promise<void> => {
  const enough = ping.answers + more
  await until('pings are answered', () => ping.answers >= enough)
}

/** Pings that lose nothing and come back once, whatever happens. */
export const losesNothing = async (
  t: Test,
  world: OverlaySite,
  pings: readonly PingSpec[],
  happens: () => Promise<unknown>,
): Promise<void> => {
  const streams = pings.map((spec) => ({
    spec,
    ping: world.guest(spec.from).pingStart(spec.to, { interval: INTERVAL_S, timeout: 2 }),
  }))
  try {
    await Promise.all(streams.map(({ ping }) => answers(ping, SOME)))
    await happens()
    await Promise.all(streams.map(({ ping }) => answers(ping, SOME)))
  } finally {
    for (const { spec, ping } of streams) {
      const { sent, lost, duplicates } = await ping.stop()
      t.same([lost, duplicates], [[], 0], `${spec.from} pings ${spec.to}: none of ${sent} lost, none twice`)
    }
  }
}
