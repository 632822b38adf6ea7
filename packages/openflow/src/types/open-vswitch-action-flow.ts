/** Open vSwitch's actions about flows: learnt ones, those of a conjunction, their timeouts. `lib/learn.c`, `lib/ofp-actions.c`. */
import type { Subfield } from './open-vswitch-action-field.ts'

/** NXAST_FIN_TIMEOUT: timeouts of the flow from the first FIN or RST on, in seconds. */
export interface FinTimeout {
  readonly type: 'fin_timeout'
  readonly fin_idle_timeout: number
  readonly fin_hard_timeout: number
}
/** NXAST_CONJUNCTION: this flow is clause `clause` (from 0) of `n_clauses` of the conjunction `id`. */
export interface Conjunction {
  readonly type: 'conjunction'
  readonly clause: number
  readonly n_clauses: number
  readonly id: number
}
/** NXAST_LEARN: adds or changes a flow that the specs make out of the packet. */
export interface Learn {
  readonly type: 'learn'
  /** Seconds, 0..65535; 0 is never. */
  readonly idle_timeout: number
  /** Seconds, 0..65535; 0 is never. */
  readonly hard_timeout: number
  readonly priority: number
  /** 64 bits. */
  readonly cookie: bigint
  /** `NX_LEARN_F`. */
  readonly flags: number
  readonly table_id: number
  readonly fin_idle_timeout: number
  readonly fin_hard_timeout: number
  readonly specs: readonly LearnSpec[]
}
/** NXAST_LEARN2: with a limit, and a bit that says whether it was kept. */
export interface Learn2 {
  readonly type: 'learn2'
  /** Seconds, 0..65535; 0 is never. */
  readonly idle_timeout: number
  /** Seconds, 0..65535; 0 is never. */
  readonly hard_timeout: number
  readonly priority: number
  /** 64 bits. */
  readonly cookie: bigint
  readonly flags: number
  readonly table_id: number
  readonly fin_idle_timeout: number
  readonly fin_hard_timeout: number
  /** Flows; 0 for any number. */
  readonly limit: number
  readonly result_dst: Subfield | null
  readonly specs: readonly LearnSpec[]
}
/** What the flow matches, loads or outputs to: the bits of a field, or an immediate as long as `bits` asks. */
export interface LearnSpec {
  readonly bits: number
  readonly src: Subfield | Uint8Array
  readonly dst:
    | { readonly type: 'match'; readonly field: Subfield }
    | { readonly type: 'load'; readonly field: Subfield }
    | { readonly type: 'output' }
}
