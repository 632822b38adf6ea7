/**
 * A switch in memory: the flow tables of one bridge executed as Open vSwitch executes OpenFlow 1.3, for tests that
 * ask where a packet goes. Pure: the same frame gives the same answer. `simulator.test.ts` compares it with a real
 * Open vSwitch, byte for byte.
 *
 * Meters let everything pass: there is no time here. Not simulated, and said so by an exception: select and fast failover
 * groups, the ports NORMAL and TABLE, IPv6 extension headers.
 */
import type { PacketOut } from '@openvnet/openflow'
import { checkTables } from './check_tables.ts'
import { type Emitted, Execution, type Punted, type TraceStep, TranslationError } from './execute.ts'
import { createLookup } from './lookup.ts'
import { type PacketState, receive, type TunnelFacts } from './packet_state.ts'
import type { SimulatedFlow, SimulatedTables } from './simulated_flow.ts'

export interface SimulatorOptions {
  readonly tables: SimulatedTables
  /** Numbers of the ports that exist; 0xfffffffe is LOCAL. */
  readonly ports: Iterable<number>
}

export interface Injected {
  readonly outputs: readonly Emitted[]
  /** The flows that the packet met, in order. */
  readonly trace: readonly TraceStep[]
  readonly controller: readonly Punted[]
  /** Why the switch gave up on the packet, which then goes nowhere; `null` when it did not. */
  readonly error: string | null
}

export interface Simulator {
  /**
   * @param frame at least 14 octets
   * @param tunnel by which it came, where the port leads into tunnels
   */
  readonly inject: (port: number, frame: Uint8Array, tunnel?: TunnelFacts) => Injected
  /** What a packet-out does. */
  readonly obey: (packet: Pick<PacketOut, 'actions' | 'data'>) => Injected
}

/** OFPP_CONTROLLER: from where the packets of a controller come. */
const CONTROLLER = 0xffff_fffd

/** The controller's flows are read from bytes each time that one looks: once is enough here. */
const takenApart = ({ table_id, priority, match, instructions, why }: SimulatedFlow): SimulatedFlow => ({
  table_id,
  priority,
  match,
  instructions,
  why,
})

/** @throws {Refusal} when a switch would refuse a flow or a group, or when flows overlap */
export const createSimulator = ({ tables, ports }: SimulatorOptions): Simulator => {
  const flows = new Map([...tables.flows].map(([key, flow]) => [key, takenApart(flow)]))
  checkTables({ ...tables, flows })
  const simulated = {
    lookup: createLookup(flows.values()),
    groups: tables.groups,
    ports: new Set(ports),
  }
  const execute = (packet: PacketState, run: (execution: Execution) => void): Injected => {
    const execution = new Execution(simulated, packet)
    const { trace } = execution
    try {
      run(execution)
      return { outputs: execution.outputs, trace, controller: execution.controller, error: null }
    } catch (error) {
      if (!(error instanceof TranslationError)) throw error
      return { outputs: [], trace, controller: [], error: error.message }
    }
  }
  return {
    inject: (port, frame, tunnel) => execute(receive(port, frame, tunnel), (execution) => execution.run()),
    obey: ({ actions, data }) => execute(receive(CONTROLLER, data), (execution) => execution.obey(actions)),
  }
}
