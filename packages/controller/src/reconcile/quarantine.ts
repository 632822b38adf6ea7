/**
 * Flows, groups and meters that a switch refused, with the value that it refused: they are left out of every comparison
 * until the value changes or there is a reason to try again, so that one bad flow does not hold up the rest.
 */
import type { Flow, Group, Meter, Tables } from '../pipeline/flow.ts'
import type { Quarantine } from './diff.ts'
import type { Refusal } from './outcome.ts'

export interface RefusalList extends Quarantine {
  /** Takes the refusal of an addition or modification in; a refused deletion has no value to remember. */
  add(refusal: Refusal): void
  /** Forgets what is no longer wanted or is wanted with another value. */
  prune(desired: Tables): void
  /** Forgets those that may be worth another try, and tells what to compare again. */
  release(isCurable: (refusal: Refusal) => boolean): {
    readonly flows: readonly string[]
    readonly groups: readonly number[]
    readonly meters: readonly number[]
  }
  /** Number of flows, groups and meters. */
  readonly size: number
  refusals(): readonly Refusal[]
}

interface Entry {
  readonly value: string
  readonly refusal: Refusal
}
type Entries<K> = Map<K, Entry>

const forgetStale = <K>(entries: Entries<K>, wanted: ReadonlyMap<K, { readonly value: string }>) => {
  for (const [key, { value }] of entries) if (wanted.get(key)?.value !== value) entries.delete(key)
}

function releaseFrom<K>(entries: Entries<K>, isCurable: (refusal: Refusal) => boolean): K[] {
  const released = [...entries].filter(([, { refusal }]) => isCurable(refusal)).map(([key]) => key)
  for (const key of released) entries.delete(key)
  return released
}

export function createQuarantine(): RefusalList {
  const flows: Entries<string> = new Map()
  const groups: Entries<number> = new Map()
  const meters: Entries<number> = new Map()
  return {
    hasFlow: ({ key, value }: Flow) => flows.get(key)?.value === value,
    hasGroup: ({ group_id, value }: Group) => groups.get(group_id)?.value === value,
    hasMeter: ({ meter_id, value }: Meter) => meters.get(meter_id)?.value === value,
    add(refusal) {
      const { change } = refusal
      if (change.kind === 'flow_add') flows.set(change.flow.key, { value: change.flow.value, refusal })
      else if ('group' in change) groups.set(change.group.group_id, { value: change.group.value, refusal })
      else if ('meter' in change) meters.set(change.meter.meter_id, { value: change.meter.value, refusal })
    },
    prune(desired) {
      forgetStale(flows, desired.flows)
      forgetStale(groups, desired.groups)
      forgetStale(meters, desired.meters)
    },
    release: (isCurable) => ({
      flows: releaseFrom(flows, isCurable),
      groups: releaseFrom(groups, isCurable),
      meters: releaseFrom(meters, isCurable),
    }),
    get size() {
      return flows.size + groups.size + meters.size
    },
    refusals: () => [...meters.values(), ...groups.values(), ...flows.values()].map(({ refusal }) => refusal),
  }
}
