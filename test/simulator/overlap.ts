/**
 * Two flows of one table and priority that match the same packet: which of them the switch takes is not defined.
 * Flows with the same fields and masks can only overlap when they are equal, so only different shapes are compared.
 */
import type { Instruction } from '@openvnet/openflow'
import { numeric } from './check_match.ts'
import { Refusal } from './refusal.ts'
import type { SimulatedFlow } from './simulated_flow.ts'

export interface FieldTest {
  readonly value: bigint
  /** `-1n` for all bits. */
  readonly mask: bigint
}
export type MatchTests = ReadonlyMap<string, FieldTest>

/** A match as tests by field name; those that let everything through are left out. */
export const matchTests = ({ match }: Pick<SimulatedFlow, 'match'>): MatchTests => {
  const tests = new Map<string, FieldTest>()
  for (const field of match) {
    if (field.field === 'unknown') continue
    const { value, mask } = numeric(field)
    if (mask !== 0n) tests.set(field.field, { value, mask: mask ?? -1n })
  }
  return tests
}

const disjoint = (a: MatchTests, b: MatchTests): boolean => {
  for (const [name, { value, mask }] of a) {
    const other = b.get(name)
    if (other !== undefined && ((value ^ other.value) & mask & other.mask) !== 0n) return true
  }
  return false
}

const shape = (tests: MatchTests): string => [...tests].map(([name, { mask }]) => `${name}/${mask}`).join()

const outcome = (instructions: readonly Instruction[]): string =>
  JSON.stringify(instructions, (_key, value) => (typeof value === 'bigint' ? `${value}n` : value))

interface Candidate {
  readonly flow: SimulatedFlow
  readonly tests: MatchTests
  readonly shape: string
}

const refuse = (a: SimulatedFlow, b: SimulatedFlow): never => {
  throw new Refusal('OVERLAP', `table ${a.table_id} priority ${a.priority}: "${a.why}" and "${b.why}"`)
}

const compare = (a: Candidate, b: Candidate): void => {
  if (a.shape === b.shape || disjoint(a.tests, b.tests)) return
  if (outcome(a.flow.instructions) !== outcome(b.flow.instructions)) refuse(a.flow, b.flow)
}

/** @throws {Refusal} with the sentences of both flows */
export const checkOverlaps = (flows: readonly SimulatedFlow[]): void => {
  const rivals = Map.groupBy(flows, ({ table_id, priority }) => table_id * 65536 + priority)
  for (const same of rivals.values()) {
    const candidates = same.map((flow) => {
      const tests = matchTests(flow)
      return { flow, tests, shape: shape(tests) }
    })
    for (const [index, candidate] of candidates.entries()) {
      for (const other of candidates.slice(index + 1)) compare(candidate, other)
    }
  }
}
