/**
 * The flows and groups of a fake switch, and what flow-mods and group-mods do to them: OpenFlow 1.3.5 §6.4, §6.5, as
 * `ovs-vswitchd` 3.1 does it. A command is carried out wholly or refused; every change goes through an Undo.
 * Left out: time (timeouts, durations, counters stay 0), CHECK_OVERLAP.
 */
import { canonicalInstructions, canonicalMatch } from '../canonical.ts'
import { writeMatch } from '../codec/match.ts'
import { OFPFC, OFPFF, OFPG, OFPGC, OFPRR, OFPTT } from '../constants.ts'
import { OFPET } from '../error-names.ts'
import type { Match } from '../types/match.ts'
import type { FlowFilter, FlowMod, FlowStats, GroupDesc, GroupMod } from '../types/message.ts'
import { Writer } from '../writer.ts'
import { hasAction, isMoreSpecific, passesFilter } from './flow-filter.ts'
import { FlowUsers } from './flow-users.ts'
import { type Refusal, refusal } from './refusal.ts'
import type { Undo } from './undo.ts'

export class SwitchTables {
  /** By table, then by priority and match. */
  readonly tables = new Map<number, Map<string, FlowStats>>()
  readonly groups = new Map<number, GroupDesc>()
  readonly #users = new FlowUsers()
  readonly #scratch = new Writer()
  readonly #maxFlows: number

  /** @param maxFlows how many flows a table takes before it is full */
  constructor(maxFlows: number) {
    this.#maxFlows = maxFlows
  }

  get flowCount(): number {
    let count = 0
    for (const table of this.tables.values()) count += table.size
    return count
  }

  /** Removes everything, as a restart does. */
  clear(): void {
    this.tables.clear()
    this.groups.clear()
    this.#users.clear()
  }

  /** The flows that a dump with this filter gives. */
  select(filter: FlowFilter): FlowStats[] {
    const general = canonicalMatch(filter.match)
    const selected: FlowStats[] = []
    for (const table of this.#tablesOf(filter.table_id)) {
      for (const flow of table.values()) {
        if (passesFilter(flow, filter) && isMoreSpecific(flow.match, general)) selected.push(flow)
      }
    }
    return selected
  }

  #tablesOf(table: number): Iterable<Map<string, FlowStats>> {
    if (table === OFPTT.ALL) return this.tables.values()
    const one = this.tables.get(table)
    return one === undefined ? [] : [one]
  }

  /** Carries out a flow-mod, or says why not. It is not malformed: see `malformed.ts`. */
  applyFlowMod(mod: FlowMod, undo: Undo): Refusal | null {
    if (mod.command === OFPFC.DELETE || mod.command === OFPFC.DELETE_STRICT) {
      for (const [table, key, flow] of this.#affected(mod)) remove(undo, table, key, flow, OFPRR.DELETE)
      return null
    }
    return mod.command === OFPFC.ADD ? this.#add(mod, undo) : this.#modify(mod, undo)
  }

  #usesMissingGroup(mod: FlowMod): boolean {
    return hasAction(
      mod.instructions,
      (action) => action.type === 'group' && !this.groups.has(action.group_id),
    )
  }

  #add(mod: FlowMod, undo: Undo): Refusal | null {
    if (this.#usesMissingGroup(mod)) return refusal(OFPET.BAD_ACTION, 9)
    let table = this.tables.get(mod.table_id)
    if (table === undefined) {
      table = new Map()
      this.tables.set(mod.table_id, table)
    }
    const match = canonicalMatch(mod.match)
    const key = this.#key(mod.priority, match)
    if (table.size >= this.#maxFlows && !table.has(key)) return refusal(OFPET.FLOW_MOD_FAILED, 1)
    const flow = {
      table_id: mod.table_id,
      duration_sec: 0,
      duration_nsec: 0,
      priority: mod.priority,
      idle_timeout: mod.idle_timeout,
      hard_timeout: mod.hard_timeout,
      flags: mod.flags,
      cookie: mod.cookie,
      packet_count: 0n,
      byte_count: 0n,
      match,
      instructions: canonicalInstructions(mod.instructions),
    }
    undo.set(table, key, flow)
    this.#users.note(flow, key)
    return null
  }

  /** Changes instructions and nothing else; creates nothing. Without a flow to change, nothing is wrong. */
  #modify(mod: FlowMod, undo: Undo): Refusal | null {
    const affected = this.#affected(mod)
    if (affected.length > 0 && this.#usesMissingGroup(mod)) return refusal(OFPET.BAD_ACTION, 9)
    const instructions = canonicalInstructions(mod.instructions)
    for (const [table, key, flow] of affected) {
      undo.set(table, key, { ...flow, instructions })
      this.#users.note({ ...flow, instructions }, key)
    }
    return null
  }

  /** The flows that a modify or delete means: by identity if strict, else by what they match. */
  #affected(mod: FlowMod): [table: Map<string, FlowStats>, key: string, flow: FlowStats][] {
    const deletes = mod.command === OFPFC.DELETE || mod.command === OFPFC.DELETE_STRICT
    const filter: FlowFilter = deletes ? mod : { ...mod, out_port: OFPG.ANY, out_group: OFPG.ANY }
    const match = canonicalMatch(mod.match)
    const strict = mod.command === OFPFC.DELETE_STRICT || mod.command === OFPFC.MODIFY_STRICT
    const strictKey = strict ? this.#key(mod.priority, match) : null
    const affected: [Map<string, FlowStats>, string, FlowStats][] = []
    for (const table of this.#tablesOf(mod.table_id)) {
      const candidates = strictKey === null ? table : entryOf(table, strictKey)
      for (const [key, flow] of candidates) {
        const isMeant = strict || isMoreSpecific(flow.match, match)
        if (isMeant && passesFilter(flow, filter)) affected.push([table, key, flow])
      }
    }
    return affected
  }

  /** Carries out a group-mod, or says why not. It is not malformed: see `malformed.ts`. */
  applyGroupMod(mod: GroupMod, undo: Undo): Refusal | null {
    const { command, group_type, group_id, buckets } = mod
    if (command === OFPGC.DELETE) {
      this.#deleteGroup(group_id, undo)
      return null
    }
    const exists = this.groups.has(group_id)
    if (command === OFPGC.ADD && exists) return refusal(OFPET.GROUP_MOD_FAILED, 0)
    if (command === OFPGC.MODIFY && !exists) return refusal(OFPET.GROUP_MOD_FAILED, 8)
    undo.set(this.groups, group_id, { group_type, group_id, buckets })
    return null
  }

  /** Flows that use the group go with it. */
  #deleteGroup(id: number, undo: Undo): void {
    const ids = id === OFPG.ALL ? [...this.groups.keys()] : [id]
    for (const group of ids.filter((one) => this.groups.has(one))) {
      undo.delete(this.groups, group)
      for (const { table, key, flow } of this.#users.of('group', group, this.tables))
        remove(undo, table, key, flow, OFPRR.GROUP_DELETE)
    }
  }

  /** The flows of a meter go with it. */
  dropMetered(meter_id: number): void {
    for (const { table, key } of this.#users.of('meter', meter_id, this.tables)) table.delete(key)
  }

  /** Priority and the bytes of the canonical match. */
  #key(priority: number, match: Match): string {
    this.#scratch.u16(priority)
    writeMatch(this.#scratch, match)
    const { buffer, byteOffset, byteLength } = this.#scratch.take()
    return Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
  }
}

/** Removes a flow; a flow that asked for it is remembered to be told. */
function remove(
  undo: Undo,
  table: Map<string, FlowStats>,
  key: string,
  flow: FlowStats,
  reason: number,
): void {
  undo.delete(table, key)
  if ((flow.flags & OFPFF.SEND_FLOW_REM) !== 0) undo.removed.push({ flow, reason })
}

function entryOf(table: Map<string, FlowStats>, key: string): [string, FlowStats][] {
  const flow = table.get(key)
  return flow === undefined ? [] : [[key, flow]]
}
