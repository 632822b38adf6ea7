/**
 * The rule instances: for each row a *placement*, which says for each group of rules on which switches they mean something,
 * and for each group on each of those an *instance*, whose flows go into the tables of the switch. Rules of a group read
 * nearly the same, so one computation runs them all: there are a handful for each guest instead of thirty. What is common to
 * all of a rule is in the rule.
 */

import type { Logger } from 'pino'
import type { Entity, EntityName } from '../model/entity.ts'
import { encodeCookie, type Owner } from '../pipeline/cookie.ts'
import type { FeatureName } from '../pipeline/features.ts'
import type { Explainer, Flow, Meter } from '../pipeline/flow.ts'
import { sentence, type Why } from '../pipeline/table.ts'
import { Computation } from './computation.ts'
import type { Graph } from './graph.ts'
import type { AnyRule, Compiled } from './rule.ts'
import { keyOf, stamp } from './stamp.ts'
import { type Contribution, join, NOTHING, sameContribution } from './switch_tables.ts'
import type { Query, TrackedView } from './view.ts'

export interface OwnedRule {
  readonly feature: FeatureName
  readonly rule: AnyRule
}

/** Rules of one resource that are placed by the same query. */
export interface RuleGroup {
  readonly on: Query<readonly string[]>
  readonly rules: readonly OwnedRule[]
}

/** All rules of a resource. */
export interface ResourceRules {
  readonly resource: EntityName
  readonly groups: readonly RuleGroup[]
}

/** What all placements and instances share. */
export interface Surroundings {
  readonly graph: Graph
  readonly view: TrackedView
  readonly log: Logger
  /** An instance said `before` so far and says `after` from now on. */
  readonly onRevision: (dpid: string, before: Contribution, after: Contribution) => void
}

const NO_INSTANCES: readonly Instance[] = []
const NO_SWITCHES: readonly string[] = []

/** Datapath ids for each group of rules, in their order. */
type Places = readonly (readonly string[])[]

const NO_PLACES: Places = []

/** The switches of a row, and the instances there. */
export class Placement extends Computation<Places> {
  readonly #around: Surroundings
  readonly #rules: ResourceRules
  readonly #id: number
  #instances = NO_INSTANCES

  constructor(around: Surroundings, rules: ResourceRules, id: number) {
    super()
    this.#around = around
    this.#rules = rules
    this.#id = id
  }

  compute(): Places {
    return this.#rules.groups.map((group) => this.#switchesOf(group))
  }

  override equal(a: Places, b: Places): boolean {
    return this.#rules.groups.every(({ on }, index) => on.equal(a[index]!, b[index]!))
  }

  override changed(after: Places, before = NO_PLACES): void {
    for (const [index, group] of this.#rules.groups.entries())
      this.#move(group, before[index] ?? NO_SWITCHES, after[index] ?? NO_SWITCHES)
  }

  /** The row is gone: everything that it meant goes with it. */
  withdraw(): void {
    this.#around.graph.dispose(this)
    for (const instance of this.#instances) instance.withdraw()
  }

  #switchesOf({ on }: RuleGroup): readonly string[] {
    try {
      const { view } = this.#around
      const all = on.compute(this.#id, view)
      // Mostly the same list, which others may have too.
      const switches = all.every((dpid) => view.serves(dpid)) ? all : all.filter((dpid) => view.serves(dpid))
      // Most rows mean nothing to any switch by most rules: one empty list for all of them.
      return switches.length === 0 ? NO_SWITCHES : switches
    } catch (error) {
      this.#around.log.error(
        { err: error, query: on.name, resource: this.#rules.resource, id: this.#id },
        'A query failed: by its rules the row has no effect',
      )
      return NO_SWITCHES
    }
  }

  #move(group: RuleGroup, from: readonly string[], to: readonly string[]): void {
    if (group.on.equal(from, to)) return
    const wanted = new Set(to)
    const had = new Set(from)
    const { stay = NO_INSTANCES, leave = NO_INSTANCES } = Object.groupBy(this.#instances, (instance) =>
      instance.group !== group || wanted.has(instance.dpid) ? 'stay' : 'leave',
    )
    for (const instance of leave) instance.withdraw()
    const added = to.filter((dpid) => !had.has(dpid)).map((dpid) => this.#instantiate(group, dpid))
    this.#instances = stay.concat(added)
  }

  #instantiate(group: RuleGroup, dpid: string): Instance {
    const instance = new Instance(this.#around, group, this.#id, dpid)
    this.#around.graph.add(instance)
    return instance
  }
}

/** What a group of rules says of a row on one switch. */
class Instance extends Computation<Contribution> implements Explainer {
  readonly dpid: string
  readonly group: RuleGroup
  readonly #around: Surroundings
  readonly #id: number

  constructor(around: Surroundings, group: RuleGroup, id: number, dpid: string) {
    super()
    this.#around = around
    this.group = group
    this.#id = id
    this.dpid = dpid
  }

  compute(): Contribution {
    return join(this.group.rules.map((owned) => this.#contribution(owned)))
  }

  override equal(a: Contribution, b: Contribution): boolean {
    return sameContribution(a, b)
  }

  override changed(after: Contribution, before = NOTHING): void {
    this.#around.onRevision(this.dpid, before, after)
  }

  withdraw(): void {
    this.#around.graph.dispose(this)
    this.#around.onRevision(this.dpid, this.value ?? NOTHING, NOTHING)
  }

  /** Computed again, since nobody asks for most of them: sentences of all flows would take more memory than the flows. */
  why(what: Flow | Meter): string {
    if ('meter_id' in what)
      return this.#explain(this.group.rules, ({ meters }) =>
        meters?.find(({ meter_id }) => meter_id === what.meter_id),
      )
    const rules = this.group.rules.filter((owned) => encodeCookie(this.#ownerOf(owned)) === what.cookie)
    return this.#explain(rules, ({ flows }) => flows?.find((draft) => keyOf(draft) === what.key))
  }

  #explain(
    rules: readonly OwnedRule[],
    find: (compiled: Compiled) => { readonly why: Why } | undefined,
  ): string {
    const explanation = new Explanation(() => {
      for (const owned of rules) {
        const draft = find(this.#compile(owned))
        if (draft !== undefined) return sentence(draft.why)
      }
      return 'Nothing asks for it any more.'
    })
    try {
      return this.#around.graph.once(explanation)
    } catch (error) {
      return `unknown: ${(error as Error).message}`
    }
  }

  #contribution(owned: OwnedRule): Contribution {
    try {
      return stamp(this.#compile(owned), this.#ownerOf(owned), this)
    } catch (error) {
      const { feature, rule } = owned
      this.#around.log.error(
        { err: error, feature, rule: rule.name, resource: rule.entity, id: this.#id, dpid: this.dpid },
        'A rule failed: its flows are left out',
      )
      return NOTHING
    }
  }

  #compile({ rule }: OwnedRule): Compiled {
    const row = this.#around.view.get(rule.entity, this.#id) as Entity | undefined
    return row === undefined ? {} : rule.compile(row, this.#around.view, this.dpid)
  }

  #ownerOf({ feature, rule }: OwnedRule): Owner {
    return { feature, kind: rule.entity, id: this.#id }
  }
}

class Explanation extends Computation<string> {
  readonly compute: () => string

  constructor(compute: () => string) {
    super()
    this.compute = compute
  }
}
