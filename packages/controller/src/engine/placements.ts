/**
 * The rule instances: for each row a *placement* for each set of switches that its rules name, and for each switch of
 * a placement an *instance* per rule, whose flows go into the tables of that switch. There are a dozen for each guest,
 * so they hold little: what is common to all of a rule is in the rule.
 */

import type { ResourceName, Row } from '@openvnet/schema'
import type { Logger } from 'pino'
import type { Owner } from '../pipeline/cookie.ts'
import type { FeatureName } from '../pipeline/features.ts'
import type { Explainer } from '../pipeline/flow.ts'
import { sentence } from '../pipeline/table.ts'
import { Computation } from './computation.ts'
import type { Graph } from './graph.ts'
import type { AnyRule, Compiled } from './rule.ts'
import { keyOf, stamp } from './stamp.ts'
import { type Contribution, NOTHING, sameContribution } from './switch_tables.ts'
import type { Query, TrackedView } from './view.ts'

export interface OwnedRule {
  readonly feature: FeatureName
  readonly rule: AnyRule
}

/** Rules of one resource that are placed by the same query. */
export interface RuleGroup {
  readonly resource: ResourceName
  readonly on: Query<readonly string[]>
  readonly rules: readonly OwnedRule[]
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

/** The switches of a row for a group of rules, and the instances there. */
export class Placement extends Computation<readonly string[]> {
  readonly #around: Surroundings
  readonly #group: RuleGroup
  readonly #id: number
  #instances = NO_INSTANCES

  constructor(around: Surroundings, group: RuleGroup, id: number) {
    super()
    this.#around = around
    this.#group = group
    this.#id = id
  }

  compute(): readonly string[] {
    try {
      const { view } = this.#around
      const all = this.#group.on.compute(this.#id, view)
      // Mostly the same list, which others may have too.
      const switches = all.every((dpid) => view.serves(dpid)) ? all : all.filter((dpid) => view.serves(dpid))
      // Most rows mean nothing to any switch by most rules: one empty list for all of them.
      return switches.length === 0 ? NO_SWITCHES : switches
    } catch (error) {
      this.#around.log.error(
        { err: error, query: this.#group.on.name, resource: this.#group.resource, id: this.#id },
        'A query failed: the row has no effect',
      )
      return NO_SWITCHES
    }
  }

  override equal(a: readonly string[], b: readonly string[]): boolean {
    return this.#group.on.equal(a, b)
  }

  override changed(dpids: readonly string[], before = NO_SWITCHES): void {
    if (dpids.length === 0 && before.length === 0) return
    const wanted = new Set(dpids)
    const had = new Set(before)
    const { stay = NO_INSTANCES, leave = NO_INSTANCES } = Object.groupBy(this.#instances, ({ dpid }) =>
      wanted.has(dpid) ? 'stay' : 'leave',
    )
    for (const instance of leave) instance.withdraw()
    const added = dpids.filter((dpid) => !had.has(dpid)).flatMap((dpid) => this.#instantiate(dpid))
    this.#instances = stay.concat(added)
  }

  /** The row is gone: everything that it meant goes with it. */
  withdraw(): void {
    this.#around.graph.dispose(this)
    for (const instance of this.#instances) instance.withdraw()
  }

  #instantiate(dpid: string): Instance[] {
    return this.#group.rules.map((owned) => {
      const instance = new Instance(this.#around, owned, this.#id, dpid)
      this.#around.graph.add(instance)
      return instance
    })
  }
}

/** What a rule says of a row on one switch. */
class Instance extends Computation<Contribution> implements Explainer {
  readonly dpid: string
  readonly #around: Surroundings
  readonly #owned: OwnedRule
  readonly #id: number

  constructor(around: Surroundings, owned: OwnedRule, id: number, dpid: string) {
    super()
    this.#around = around
    this.#owned = owned
    this.#id = id
    this.dpid = dpid
  }

  get #owner(): Owner {
    return { feature: this.#owned.feature, kind: this.#owned.rule.entity, id: this.#id }
  }

  /** The rule's answer, whether or not it is wanted for the tables. */
  compile(): Compiled {
    const { rule } = this.#owned
    const row = this.#around.view.get(rule.entity, this.#id) as Row | undefined
    return row === undefined ? {} : rule.compile(row, this.#around.view, this.dpid)
  }

  compute(): Contribution {
    try {
      return stamp(this.compile(), this.#owner, this)
    } catch (error) {
      const { feature, rule } = this.#owned
      this.#around.log.error(
        { err: error, feature, rule: rule.name, resource: rule.entity, id: this.#id, dpid: this.dpid },
        'A rule failed: its flows are left out',
      )
      return NOTHING
    }
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
  why(key: string): string {
    const explanation = new Explanation(this, key)
    try {
      return this.#around.graph.once(explanation)
    } catch (error) {
      return `unknown: ${(error as Error).message}`
    }
  }
}

class Explanation extends Computation<string> {
  readonly #instance: Instance
  readonly #key: string

  constructor(instance: Instance, key: string) {
    super()
    this.#instance = instance
    this.#key = key
  }

  compute(): string {
    const draft = this.#instance.compile().flows?.find((flow) => keyOf(flow) === this.#key)
    return draft === undefined ? 'Nothing asks for it any more.' : sentence(draft.why)
  }
}
