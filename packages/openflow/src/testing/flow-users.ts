/**
 * Which flows of a fake switch use a group or go through a meter, so that to delete one costs no look at all flows: `ovs-vswitchd`
 * keeps such lists, too. Flows that did once stay listed: who asks looks whether they still do.
 */
import type { Instruction } from '../types/instruction.ts'
import type { FlowStats } from '../types/message.ts'
import { hasAction, usesGroup } from './flow-filter.ts'

type Tables = ReadonlyMap<number, Map<string, FlowStats>>
type Kind = 'group' | 'meter'

export interface FoundFlow {
  readonly table: Map<string, FlowStats>
  readonly key: string
  readonly flow: FlowStats
}

export class FlowUsers {
  /** By kind and number, then by table. */
  readonly #keys = new Map<string, Map<number, Set<string>>>()

  /** A flow is in a table from now on, under this key. */
  note({ table_id, instructions }: Pick<FlowStats, 'table_id' | 'instructions'>, key: string): void {
    const add = (kind: Kind, id: number): void => {
      const name = `${kind} ${id}`
      const byTable = this.#keys.get(name) ?? new Map<number, Set<string>>()
      this.#keys.set(name, byTable.set(table_id, (byTable.get(table_id) ?? new Set()).add(key)))
    }
    hasAction(instructions, (action) => {
      if (action.type === 'group') add('group', action.group_id)
      return false
    })
    for (const each of instructions) if (each.type === 'meter') add('meter', each.meter_id)
  }

  /** The flows that use it now. */
  of(kind: Kind, id: number, tables: Tables): FoundFlow[] {
    const uses = kind === 'group' ? usesGroup : usesMeter
    return [...(this.#keys.get(`${kind} ${id}`) ?? [])].flatMap(([table_id, keys]) => {
      const table = tables.get(table_id)
      return [...keys].flatMap((key) => {
        const flow = table?.get(key)
        return table !== undefined && flow !== undefined && uses(flow.instructions, id)
          ? [{ table, key, flow }]
          : []
      })
    })
  }

  clear(): void {
    this.#keys.clear()
  }
}

const usesMeter = (instructions: readonly Instruction[], meter_id: number): boolean =>
  instructions.some((each) => each.type === 'meter' && each.meter_id === meter_id)
