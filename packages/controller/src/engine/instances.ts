/** The placements of all rows, and what their instances have said since the tables were written last. */

import type { ResourceName } from '@openvnet/schema'
import { getOrCreate } from '../model/get_or_create.ts'
import type { FeatureName } from '../pipeline/features.ts'
import { Placement, type RuleGroup, type Surroundings } from './placements.ts'
import type { AnyRule, Feature } from './rule.ts'
import type { Contribution } from './switch_tables.ts'

/** What an instance said before and says now. */
export interface Revision {
  readonly dpid: string
  readonly before: Contribution
  readonly after: Contribution
}

const groupRules = (features: readonly Feature[]): Map<ResourceName, RuleGroup[]> => {
  const rules: { feature: FeatureName; rule: AnyRule }[] = features.flatMap(({ name: feature, rules }) =>
    rules.map((rule) => ({ feature, rule })),
  )
  const groups = new Map<ResourceName, RuleGroup[]>()
  for (const { rule } of rules) {
    const { entity: resource, on } = rule
    const ofResource = getOrCreate(groups, resource, () => [])
    if (ofResource.some((group) => group.on === on)) continue
    ofResource.push({
      resource,
      on,
      rules: rules.filter((owned) => owned.rule.entity === resource && owned.rule.on === on),
    })
  }
  return groups
}

export class Instances {
  readonly #around: Surroundings
  readonly #groups: Map<ResourceName, RuleGroup[]>
  readonly #placements = new Map<ResourceName, Map<number, readonly Placement[]>>()
  #revisions: Revision[] = []

  constructor(features: readonly Feature[], around: Omit<Surroundings, 'onRevision'>) {
    this.#groups = groupRules(features)
    this.#around = {
      ...around,
      onRevision: (dpid, before, after) => this.#revisions.push({ dpid, before, after }),
    }
  }

  /** A row appeared: its rules are placed in this pass. */
  add(resource: ResourceName, id: number): void {
    const groups = this.#groups.get(resource)
    if (groups === undefined) return
    const rows = getOrCreate(this.#placements, resource, () => new Map<number, readonly Placement[]>())
    const placements = groups.map((group) => new Placement(this.#around, group, id))
    for (const placement of placements) this.#around.graph.add(placement)
    rows.set(id, placements)
  }

  /** A row went: everything that it meant goes with it. */
  remove(resource: ResourceName, id: number): void {
    const placements = this.#placements.get(resource)?.get(id)
    this.#placements.get(resource)?.delete(id)
    for (const placement of placements ?? []) placement.withdraw()
  }

  /** What instances have said since this was called last, in order. */
  takeRevisions(): readonly Revision[] {
    const revisions = this.#revisions
    this.#revisions = []
    return revisions
  }
}
