/**
 * A table declares what it may match, write and go to; a flow outside of that does not compile.
 * Goto only goes down the layout: that too is checked by the compiler.
 */
import type { Action, Instruction, OxmField } from '@openvnet/openflow'
import type { Step } from './actions.ts'
import { LAYOUT, type TableAfter, type TableName, tableId } from './layout.ts'
import { compileMatch, type Matchable, type MatchSpec } from './match.ts'
import { PRIORITY } from './priority.ts'

/** One sentence, or what makes it when somebody asks: few do, and what it names need not be read for the flow. */
export type Why = string | (() => string)

export const sentence = (why: Why): string => (typeof why === 'string' ? why : why())

/** A flow before the engine has put its owner on it. */
export interface FlowDraft {
  readonly table_id: number
  readonly priority: number
  readonly match: readonly OxmField[]
  readonly instructions: readonly Instruction[]
  readonly why: Why
}

interface FlowSpec<M extends Matchable, W extends string, G extends TableName> {
  readonly priority: number
  readonly match: MatchSpec<M>
  /** Packets go through this meter first, which may drop them. */
  readonly meter?: number
  /** Done in order; none means that the packet is only sent on, or dropped. */
  readonly steps?: readonly Step<W>[]
  /** The next table; absent: the packet ends here. */
  readonly goto?: G
  /** Why this flow exists. */
  readonly why: Why
}

interface TableSpec<M extends Matchable, W extends string, G extends TableName> {
  readonly match: readonly M[]
  readonly write: readonly W[]
  readonly goto: readonly G[]
  /** What happens to a packet that no flow matches. */
  readonly miss: { readonly goto?: NoInfer<G>; readonly why: string }
}

export interface Table<
  N extends TableName = TableName,
  M extends Matchable = Matchable,
  W extends string = string,
  G extends TableName = TableName,
> {
  readonly name: N
  readonly id: number
  readonly spec: TableSpec<M, W, G>
  flow(spec: FlowSpec<M, W, G>): FlowDraft
  /** The flow of priority 0. */
  readonly missFlow: FlowDraft
}

/** Loads of metadata become the instruction `write_metadata`; the rest stays in order. */
const instructionsOf = (
  meter_id: number | undefined,
  steps: readonly Step<string>[],
  goto: TableName | undefined,
): Instruction[] => {
  const actions: Action[] = []
  let metadata = 0n
  let mask = 0n
  for (const action of steps.flatMap((step) => step.actions)) {
    if (action.type === 'reg_load' && action.dst.field === 'metadata') {
      metadata |= action.value << BigInt(action.dst.offset)
      mask |= ((1n << BigInt(action.dst.bits)) - 1n) << BigInt(action.dst.offset)
    } else actions.push(action)
  }
  const instructions: Instruction[] = meter_id === undefined ? [] : [{ type: 'meter', meter_id }]
  if (actions.length > 0) instructions.push({ type: 'apply_actions', actions })
  if (mask !== 0n) instructions.push({ type: 'write_metadata', metadata, metadata_mask: mask })
  if (goto !== undefined) instructions.push({ type: 'goto_table', table_id: tableId(goto) })
  return instructions
}

export const defineTable = <
  N extends TableName,
  const M extends Matchable,
  const W extends string,
  const G extends TableAfter<N>,
>(
  name: N,
  spec: TableSpec<M, W, G>,
): Table<N, M, W, G> => {
  const id = tableId(name)
  const flow = (flowSpec: FlowSpec<M, W, G>): FlowDraft => ({
    table_id: id,
    priority: flowSpec.priority,
    match: compileMatch(flowSpec.match as MatchSpec<Matchable>),
    instructions: instructionsOf(flowSpec.meter, flowSpec.steps ?? [], flowSpec.goto),
    why: flowSpec.why,
  })
  const missFlow = flow({ priority: PRIORITY.miss, match: {} as MatchSpec<M>, ...spec.miss } as FlowSpec<
    M,
    W,
    G
  >)
  return { name, id, spec, flow, missFlow }
}

/** @throws when the layout and the defined tables disagree. */
export const checkTables = (tables: readonly { readonly name: TableName }[]): void => {
  for (const row of LAYOUT) {
    const count = tables.filter((table) => table.name === row.name).length
    if (count !== 1) throw new Error(`table ${row.name} of the layout is defined ${count} times, not once`)
  }
}
