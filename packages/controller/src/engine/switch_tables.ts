/**
 * What one switch should hold, put together from what all rule instances say.
 * Two instances may say the same flow; should they say different things under one key, the choice does not
 * depend on who came first.
 */
import type { Flow, Group, Meter, Tables } from '../pipeline/flow.ts'
import type { TablesChange } from './desired.ts'

interface Claimed {
  readonly value: string
}

/** Claims of instances on keys; nearly every key has exactly one. */
class Claims<K, V extends Claimed> {
  readonly winners = new Map<K, V>()
  readonly #contested = new Map<K, V[]>()

  /** @returns whether the winner changed. */
  add(key: K, claim: V): boolean {
    const before = this.winners.get(key)
    if (before === undefined) {
      this.winners.set(key, claim)
      return true
    }
    const claims = this.#contested.get(key) ?? [before]
    claims.push(claim)
    this.#contested.set(key, claims)
    if (claim.value >= before.value) return false
    this.winners.set(key, claim)
    return true
  }

  /** @returns whether the winner changed. */
  remove(key: K, claim: V): boolean {
    const claims = this.#contested.get(key)
    const before = this.winners.get(key)
    if (claims === undefined) {
      if (before !== claim) return false
      this.winners.delete(key)
      return true
    }
    const index = claims.indexOf(claim)
    if (index >= 0) claims.splice(index, 1)
    if (claims.length === 1) this.#contested.delete(key)
    return before === claim && this.#elect(key, claims, before)
  }

  #elect(key: K, claims: readonly V[], before: V | undefined): boolean {
    const winner = claims.reduce((best, claim) => (claim.value < best.value ? claim : best))
    this.winners.set(key, winner)
    return winner.value !== before?.value
  }
}

/** What a rule, or several, say of a row on a switch. */
export interface Contribution {
  readonly flows: readonly Flow[]
  readonly groups: readonly Group[]
  readonly meters: readonly Meter[]
}

export const NOTHING: Contribution = { flows: [], groups: [], meters: [] }

/** What all of them say. Most say nothing: empty lists are shared. Not by `flatMap`, whose lists have room for sixteen more. */
export const join = (all: readonly Contribution[]): Contribution => {
  const said = all.filter((each) => each !== NOTHING)
  const [only = NOTHING, second] = said
  if (second === undefined) return only
  const metered = said.filter(({ meters }) => meters.length > 0)
  const grouped = said.filter(({ groups }) => groups.length > 0)
  return {
    flows: NOTHING.flows.concat(...said.map(({ flows }) => flows)),
    groups:
      grouped.length === 0 ? NOTHING.groups : NOTHING.groups.concat(...grouped.map(({ groups }) => groups)),
    meters:
      metered.length === 0 ? NOTHING.meters : NOTHING.meters.concat(...metered.map(({ meters }) => meters)),
  }
}

const sameList = <T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean =>
  a.length === b.length && a.every((item, index) => same(item, b[index] as T))

export const sameContribution = (a: Contribution, b: Contribution): boolean =>
  sameList(a.flows, b.flows, (x, y) => x.key === y.key && x.value === y.value) &&
  sameList(
    a.groups,
    b.groups,
    (x, y) => x.group_id === y.group_id && x.value === y.value && x.why === y.why,
  ) &&
  sameList(a.meters, b.meters, (x, y) => x.meter_id === y.meter_id && x.value === y.value)

export class SwitchTables {
  readonly #flows = new Claims<string, Flow>()
  readonly #groups = new Claims<number, Group>()
  readonly #meters = new Claims<number, Meter>()
  #changedFlows = new Set<string>()
  #changedGroups = new Set<number>()
  #changedMeters = new Set<number>()

  get tables(): Tables {
    return { flows: this.#flows.winners, groups: this.#groups.winners, meters: this.#meters.winners }
  }

  /** Replaces what an instance said before by what it says now. */
  replace(before: Contribution, after: Contribution): void {
    for (const flow of after.flows) if (this.#flows.add(flow.key, flow)) this.#changedFlows.add(flow.key)
    for (const group of after.groups)
      if (this.#groups.add(group.group_id, group)) this.#changedGroups.add(group.group_id)
    for (const flow of before.flows) if (this.#flows.remove(flow.key, flow)) this.#changedFlows.add(flow.key)
    for (const group of before.groups)
      if (this.#groups.remove(group.group_id, group)) this.#changedGroups.add(group.group_id)
    this.#replaceMeters(before.meters, after.meters)
  }

  #replaceMeters(before: readonly Meter[], after: readonly Meter[]): void {
    for (const meter of after)
      if (this.#meters.add(meter.meter_id, meter)) this.#changedMeters.add(meter.meter_id)
    for (const meter of before)
      if (this.#meters.remove(meter.meter_id, meter)) this.#changedMeters.add(meter.meter_id)
  }

  /** What may have changed since it was asked last. */
  takeChange(): Pick<TablesChange, 'flows' | 'groups' | 'meters'> {
    const change = { flows: this.#changedFlows, groups: this.#changedGroups, meters: this.#changedMeters }
    this.#changedFlows = new Set()
    this.#changedGroups = new Set()
    this.#changedMeters = new Set()
    return change
  }
}
