/**
 * The rule instances: for each row a *placement* for each set of switches that its rules name, and for each switch of
 * a placement an *instance* per rule, whose flows go into the tables of that switch.
 */

import type { ResourceName, Row } from '@openvnet/schema'
import type { Logger } from 'pino'
import { getOrCreate } from '../model/get_or_create.ts'
import type { Model } from '../model/model.ts'
import type { FeatureName } from '../pipeline/features.ts'
import type { Computation, Graph } from './graph.ts'
import type { AnyRule, Feature } from './rule.ts'
import { stamp } from './stamp.ts'
import { type Contribution, NOTHING, type SwitchTables, sameContribution } from './switch_tables.ts'
import type { Query, Views } from './view.ts'

interface OwnedRule {
  readonly feature: FeatureName
  readonly rule: AnyRule
}

/** Rules of one resource that are placed by the same query. */
interface RuleGroup {
  readonly on: Query<readonly string[]>
  readonly rules: readonly OwnedRule[]
}

interface Placement {
  readonly computation: Computation<readonly string[]>
  readonly instances: Map<string, Computation<Contribution>[]>
}

interface Parts {
  readonly features: readonly Feature[]
  readonly model: Model
  readonly graph: Graph
  readonly views: Views
  readonly log: Logger
  readonly tables: (dpid: string) => SwitchTables
}

/** What an instance said before and says now. */
interface Revision {
  readonly dpid: string
  readonly before: Contribution
  readonly after: Contribution
}

const groupRules = (features: readonly Feature[]): Map<ResourceName, RuleGroup[]> => {
  const groups = new Map<ResourceName, { on: Query<readonly string[]>; rules: OwnedRule[] }[]>()
  for (const { name: feature, rules } of features) {
    for (const rule of rules) {
      const ofResource = groups.get(rule.entity) ?? []
      groups.set(rule.entity, ofResource)
      const group = ofResource.find(({ on }) => on === rule.on)
      if (group === undefined) ofResource.push({ on: rule.on, rules: [{ feature, rule }] })
      else group.rules.push({ feature, rule })
    }
  }
  return groups
}

export class Instances {
  readonly #parts: Parts
  readonly #groups: Map<ResourceName, RuleGroup[]>
  readonly #placements = new Map<ResourceName, Map<number, Placement[]>>()
  #revisions: Revision[] = []

  constructor(parts: Parts) {
    this.#parts = parts
    this.#groups = groupRules(parts.features)
  }

  /** A row appeared: its rules are placed in this pass. */
  add(resource: ResourceName, id: number): void {
    const groups = this.#groups.get(resource)
    if (groups === undefined) return
    const rows = getOrCreate(this.#placements, resource, () => new Map<number, Placement[]>())
    rows.set(
      id,
      groups.map((group) => this.#place(group, resource, id)),
    )
  }

  /** A row went: everything that it meant goes with it. */
  remove(resource: ResourceName, id: number): void {
    const placements = this.#placements.get(resource)?.get(id)
    this.#placements.get(resource)?.delete(id)
    for (const { computation, instances } of placements ?? []) {
      this.#parts.graph.dispose(computation)
      for (const dpid of [...instances.keys()]) this.#withdraw(instances, dpid)
    }
  }

  /**
   * Ends a pass: what instances say now goes into the tables, in one go. A pass may give way to the event loop, and
   * whoever looks at the tables meanwhile must see the end of the last pass, not the middle of this one.
   */
  commit(): void {
    const revisions = this.#revisions
    this.#revisions = []
    for (const { dpid, before, after } of revisions) this.#parts.tables(dpid).replace(before, after)
  }

  #place(group: RuleGroup, resource: ResourceName, id: number): Placement {
    const { graph, views, log } = this.#parts
    const instances = new Map<string, Computation<Contribution>[]>()
    const computation = graph.create<readonly string[]>({
      name: `${group.on.name} ${resource} ${id}`,
      compute: (tracker) => {
        try {
          return views.tracked(tracker).query(group.on, id)
        } catch (error) {
          log.error(
            { err: error, query: group.on.name, resource, id },
            'A query failed: the row has no effect',
          )
          return []
        }
      },
      equal: group.on.equal,
      onChange: (dpids) => {
        for (const dpid of [...instances.keys()]) if (!dpids.includes(dpid)) this.#withdraw(instances, dpid)
        for (const dpid of dpids) {
          if (!instances.has(dpid))
            instances.set(
              dpid,
              group.rules.map((owned) => this.#instantiate(owned, id, dpid)),
            )
        }
      },
    })
    return { computation, instances }
  }

  #instantiate({ feature, rule }: OwnedRule, id: number, dpid: string): Computation<Contribution> {
    const { graph, views, log } = this.#parts
    const owner = { feature, kind: rule.entity, id }
    return graph.create<Contribution>({
      name: `${feature}/${rule.name} ${rule.entity} ${id} on ${dpid}`,
      compute: (tracker) => {
        try {
          const view = views.tracked(tracker)
          const row = view.get(rule.entity, id) as Row | undefined
          return row === undefined ? NOTHING : stamp(rule.compile(row, view, dpid), owner)
        } catch (error) {
          log.error(
            { err: error, feature, rule: rule.name, resource: rule.entity, id, dpid },
            'A rule failed: its flows are left out',
          )
          return NOTHING
        }
      },
      equal: sameContribution,
      onChange: (after, before = NOTHING) => this.#revisions.push({ dpid, before, after }),
    })
  }

  #withdraw(instances: Map<string, Computation<Contribution>[]>, dpid: string): void {
    for (const instance of instances.get(dpid) ?? []) {
      this.#parts.graph.dispose(instance)
      this.#revisions.push({ dpid, before: instance.value ?? NOTHING, after: NOTHING })
    }
    instances.delete(dpid)
  }
}
