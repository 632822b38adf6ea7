/** What features have to say of a switch, as rows, ports and the hosts of bridges are now. */
import type { Feature } from './engine/rule.ts'
import type { View } from './engine/view.ts'

/** Others at the same address that are named; there may be thousands. */
const NAMED = 3

export interface WarningSources {
  readonly features: readonly Feature[]
  readonly view: () => View | undefined
  readonly hasOthers: () => boolean
  /** Datapath ids of others at the same address. */
  readonly besides: (dpid: string) => Iterable<string>
  /** See `Surroundings`. */
  readonly isAway: (dpid: string) => boolean
  /** Of others at the same address, those that are on the same host for sure, or away. */
  readonly isNoQuestion: (dpid: string, other: string) => boolean
}

const firstOthers = (dpid: string, { besides, isNoQuestion }: WarningSources): string[] => {
  const named: string[] = []
  for (const other of besides(dpid)) {
    if (!isNoQuestion(dpid, other)) named.push(other)
    if (named.length === NAMED) break
  }
  return named
}

export const createFeatureWarnings =
  (sources: WarningSources) =>
  (dpid: string): readonly string[] => {
    const view = sources.view()
    if (view === undefined) return []
    const surroundings = {
      ...{ hasOthers: sources.hasOthers(), besides: firstOthers(dpid, sources) },
      isAway: sources.isAway,
    }
    return sources.features.flatMap((feature) => feature.warnings?.(dpid, view, surroundings) ?? [])
  }
