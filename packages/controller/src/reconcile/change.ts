/** One difference between what a switch should hold and what it holds: what `diff` finds and `apply` sends. */
import type { Flow, Group, Meter } from '../pipeline/flow.ts'

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

export interface MeterAdd {
  readonly kind: 'meter_add'
  readonly meter: Meter
}
export interface MeterModify {
  readonly kind: 'meter_modify'
  readonly meter: Meter
}
export interface MeterDelete {
  readonly kind: 'meter_delete'
  readonly meter_id: number
}

export type MeterChange = MeterAdd | MeterModify | MeterDelete
export type Change = FlowAdd | FlowDelete | GroupAdd | GroupModify | GroupDelete | MeterChange

/** Bundles do not take meters. */
export const isMeterChange = (change: Change): change is MeterChange =>
  change.kind === 'meter_add' || change.kind === 'meter_modify' || change.kind === 'meter_delete'
