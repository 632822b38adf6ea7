/**
 * Retention (openvnet.md §3.5): a lease is released when its lease time is over, and deleted when its grace time has
 * passed since its release. Both follow from stored moments alone, so nothing is lost by a restart: what became due
 * meanwhile is due then. Of several containers with the same lease the first one that is due decides.
 */
import type { ResourceName } from '@openvnet/schema'
import type { Work } from '../crud/behaviour.ts'
import { release } from '../rules/attachment.ts'
import { beforeLeasesGo } from '../rules/topology.ts'
import type { Stored } from '../store/columns.ts'
import type { Reader } from '../store/rows.ts'

/** What one write does at most. */
const MOST = 500

type Moment = 'leased_at' | 'released_at'

interface Term {
  readonly moment: Moment
  /** Seconds from the moment on; `null`: for ever. */
  readonly seconds: number | null
}

const termsOf = (container: Stored<'ip_retention_container'>): Term[] => [
  { moment: 'released_at', seconds: container.grace_time },
  { moment: 'leased_at', seconds: container.lease_time },
]

const LATEST = '9999'

/** Retentions of a container whose term runs, the first to end first. */
const running = (
  reader: Reader,
  container: Stored<'ip_retention_container'>,
  moment: Moment,
  [until, limit]: readonly [string, number],
): Stored<'ip_retention'>[] => {
  const ofContainer = { ip_retention_container_id: container.id }
  const equals = moment === 'leased_at' ? { ...ofContainer, released_at: null } : ofContainer
  return reader.between('ip_retention', moment, ['', until], { equals, limit })
}

const containers = (reader: Reader): Stored<'ip_retention_container'>[] =>
  reader.where('ip_retention_container' satisfies ResourceName, {})

/** When something is due next, in milliseconds since 1970; `undefined` when nothing will be. */
export const nextExpiry = (reader: Reader): number | undefined => {
  const ends = containers(reader).flatMap((container) =>
    termsOf(container).flatMap(({ moment, seconds }) => {
      if (seconds === null) return []
      const [first] = running(reader, container, moment, [LATEST, 1])
      const from = first?.[moment] ?? null
      return from === null ? [] : [Date.parse(from) + seconds * 1000]
    }),
  )
  return ends.length === 0 ? undefined : Math.min(...ends)
}

const end = (work: Work, { ip_lease_id }: Stored<'ip_retention'>, moment: Moment): boolean => {
  const lease = work.byId('ip_lease', ip_lease_id)
  if (lease === undefined) return false
  if (moment === 'leased_at') {
    release(work, lease)
    return true
  }
  const follow = beforeLeasesGo(work, () => [lease.id])
  work.delete('ip_lease', lease.id)
  follow?.()
  return true
}

export interface Expired {
  readonly released: number
  readonly deleted: number
}

/** Does what is due, or a part of it when that is much. @param now milliseconds since 1970 */
export const expire = (work: Work, now: number): Expired => {
  const counts = { leased_at: 0, released_at: 0 }
  for (const container of containers(work)) {
    for (const { moment, seconds } of termsOf(container)) {
      if (seconds === null) continue
      const until = new Date(now - seconds * 1000).toISOString()
      const room = MOST - counts.leased_at - counts.released_at
      for (const due of running(work, container, moment, [until, room])) {
        counts[moment] += Number(end(work, due, moment))
      }
    }
  }
  return { released: counts.leased_at, deleted: counts.released_at }
}
