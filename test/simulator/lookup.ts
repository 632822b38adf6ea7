/** The tables of a switch: of the flows that match, the one with the highest priority. */
import type { FieldName } from '@openvnet/openflow'
import { type MatchTests, matchTests } from './overlap.ts'
import { type PacketState, readForLookup } from './packet_state.ts'
import type { SimulatedFlow } from './simulated_flow.ts'

interface Entry {
  readonly flow: SimulatedFlow
  readonly tests: MatchTests
}

export type Lookup = (table_id: number, packet: PacketState) => SimulatedFlow | undefined

const matches = ({ tests }: Entry, packet: PacketState): boolean => {
  for (const [name, { value, mask }] of tests) {
    if (((readForLookup(packet, name as FieldName) ^ value) & mask) !== 0n) return false
  }
  return true
}

export const createLookup = (flows: Iterable<SimulatedFlow>): Lookup => {
  const tables = Map.groupBy(
    [...flows].map((flow): Entry => ({ flow, tests: matchTests(flow) })),
    ({ flow }) => flow.table_id,
  )
  for (const entries of tables.values()) entries.sort((a, b) => b.flow.priority - a.flow.priority)
  return (table_id, packet) => tables.get(table_id)?.find((entry) => matches(entry, packet))?.flow
}
