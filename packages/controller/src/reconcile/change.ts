/** One difference between what a switch should hold and what it holds: what `diff` finds and `apply` sends. */
import type { Flow, Group } from '../pipeline/flow.ts'

export interface FlowAdd {
  readonly kind: 'flow_add'
  /** Replaces a flow of the same key; its counters go on. */
  readonly flow: Flow
}
export interface FlowDelete {
  readonly kind: 'flow_delete'
  readonly key: string
}
export interface GroupAdd {
  readonly kind: 'group_add'
  readonly group: Group
}
export interface GroupModify {
  readonly kind: 'group_modify'
  readonly group: Group
}
export interface GroupDelete {
  readonly kind: 'group_delete'
  readonly group_id: number
}

export type Change = FlowAdd | FlowDelete | GroupAdd | GroupModify | GroupDelete
