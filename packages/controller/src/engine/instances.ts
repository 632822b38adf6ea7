/** The placements of all rows, and what their instances have said since the tables were written last. */

import type { EntityName } from '../model/entity.ts'
import { getOrCreate } from '../model/get_or_create.ts'
import { Placement, type ResourceRules, type Surroundings } from './placements.ts'
import type { Feature } from './rule.ts'
import type { Contribution } from './switch_tables.ts'

/** What an instance said before and says now. */
export interface Revision {
  readonly dpid: string
  readonly before: Contribution
  readonly after: Contribution
}

/** By resource, and in each by the query that places them. */
const groupRules = (features: readonly Feature[]): Map<EntityName, ResourceRules> => {
  const rules = features.flatMap(({ name: feature, rules }) => rules.map((rule) => ({ feature, rule })))
  return new Map(
    [...Map.groupBy(rules, ({ rule }) => rule.entity)].map(([resource, ofResource]) => {
      const byQuery = Map.groupBy(ofResource, ({ rule }) => rule.on)
      return [resource, { resource, groups: [...byQuery].map(([on, rules]) => ({ on, rules })) }]
    }),
  )
}

export class Instances {
  readonly #around: Surroundings
  readonly #rules: Map<EntityName, ResourceRules>
  readonly #placements = new Map<EntityName, Map<number, Placement>>()
  #revisions: Revision[] = []

  constructor(features: readonly Feature[], around: Omit<Surroundings, 'onRevision'>) {
    this.#rules = groupRules(features)
    this.#around = {
      ...around,
      onRevision: (dpid, before, after) => this.#revisions.push({ dpid, before, after }),
    }
  }

  /** A row appeared: its rules are placed in this pass. */
  add(resource: EntityName, id: number): void {
    const rules = this.#rules.get(resource)
    if (rules === undefined) return
    const placement = new Placement(this.#around, rules, id)
    this.#around.graph.add(placement)
    getOrCreate(this.#placements, resource, () => new Map<number, Placement>()).set(id, placement)
  }

  /** A row went: everything that it meant goes with it. */
  remove(resource: EntityName, id: number): void {
    const ofResource = this.#placements.get(resource)
    ofResource?.get(id)?.withdraw()
    ofResource?.delete(id)
  }

  /** What instances have said since this was called last, in order. */
  takeRevisions(): readonly Revision[] {
    const revisions = this.#revisions
    this.#revisions = []
    return revisions
  }
}
