/** The flow and the meter by which packets of one guest and one kind get to a program: what features share of punting. */
import { OFPMF } from '@openvnet/openflow'
import type { Row } from '@openvnet/schema'
import type { Compiled } from '../../engine/rule.ts'
import { sendToController } from '../../pipeline/actions.ts'
import { meterOf } from '../../pipeline/meter_space.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { PUNT_KINDS, type PuntKind } from '../../pipeline/punts.ts'
import { puntTable } from './tables.ts'

/** For a rule of interfaces, on the switch of the guest, where a program of this kind answers it. */
export const guestPunts = (kind: PuntKind, { id, uuid }: Row<'interface'>): Compiled => {
  const { number, rate, burst } = PUNT_KINDS[kind]
  const meter_id = meterOf(number, id)
  return {
    meters: [
      {
        meter_id,
        flags: OFPMF.PKTPS | OFPMF.BURST,
        bands: [{ type: 'drop', rate, burst_size: burst }],
        why: `${uuid} may send ${rate} packets a second of kind ${kind} to the controller.`,
      },
    ],
    flows: [
      puntTable.flow({
        priority: PRIORITY.ordinary,
        match: { ingress_interface: id, punt_kind: number },
        meter: meter_id,
        steps: [sendToController(Uint8Array.of(number))],
        why: `A program answers ${uuid}, at most ${rate} times a second: ${kind}.`,
      }),
    ],
  }
}
