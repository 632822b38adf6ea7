/**
 * One switch with tables made of rows, and the programs of the controller: what a frame of a guest comes to, answers
 * included. For what the API refuses, or no guest's stack would send; scenarios show the rest.
 */
import { FEATURES, Programs } from '@openvnet/controller'
import { compile, type Rows, viewOf } from '../../packages/controller/test/flow_lines.ts'
import { DPIDS, silent } from '../../packages/controller/test/world.ts'
import type { Punted } from '../simulator/execute.ts'
import { createSimulator, type Injected } from '../simulator/simulator.ts'

export interface Outcome {
  readonly received: readonly { readonly port: number; readonly frame: Uint8Array }[]
  /** What became of each packet that was sent to a program. */
  readonly outcomes: readonly string[]
}

/** Programs that answer each other for ever have no end here. */
const MAX_PUNTED = 200

/** @param ports see `compile` */
export const createOneSwitch = async (rows: Rows, ports: number) => {
  const tables = await compile(rows, ports)
  const simulator = createSimulator({ tables, ports: Array.from({ length: ports }, (_, index) => index + 1) })
  const view = viewOf(rows)
  const programs = new Programs({ features: FEATURES, view: () => view, log: silent, now: () => 0 })
  const ask = ({ frame, metadata, userdata }: Punted) =>
    programs.answer(DPIDS[0], {
      ...{ type: 'nxt_packet_in2', xid: 0 },
      properties: [
        { type: 'packet', data: frame },
        { type: 'metadata', metadata },
        { type: 'userdata', userdata },
      ],
    })

  /** @throws when the switch gives up on a packet */
  return (port: number, frame: Uint8Array): Outcome => {
    const punted: Punted[] = []
    const through = ({ outputs, controller, error }: Injected) => {
      if (error !== null) throw new Error(error)
      punted.push(...controller)
      if (punted.length > MAX_PUNTED) throw new Error('programs answer each other')
      return outputs
    }
    const received = [...through(simulator.inject(port, frame))]
    const outcomes: string[] = []
    for (const packet of punted) {
      const { outcome, packets } = ask(packet)
      outcomes.push(outcome)
      received.push(...packets.flatMap((one) => through(simulator.obey(one))))
    }
    return { received, outcomes }
  }
}
