/** The flow and the meter by which packets of one guest and one kind get to a program, and where answers enter: what features share of punting. */
import { type MeterBand, OFPMF } from '@openvnet/openflow'
import type { Row } from '@openvnet/schema'
import type { PuntedPacket } from '../../engine/packet.ts'
import type { Compiled } from '../../engine/rule.ts'
import type { View } from '../../engine/view.ts'
import { formatMac } from '../../packet/index.ts'
import { sendToController } from '../../pipeline/actions.ts'
import { macNumber } from '../../pipeline/addresses.ts'
import { meterOf } from '../../pipeline/meter_space.ts'
import type { PacketToSend } from '../../pipeline/packets.ts'
import { PRIORITY } from '../../pipeline/priority.ts'
import { PUNT_KINDS, type PuntKind } from '../../pipeline/punts.ts'
import { puntTable } from './tables.ts'

const bands = ({ rate, burst }: { readonly rate: number; readonly burst: number }): readonly MeterBand[] => [
  { type: 'drop', rate, burst_size: burst },
]

/** The same for all guests. */
const BANDS: { readonly [K in PuntKind]: readonly MeterBand[] } = {
  icmp_error: bands(PUNT_KINDS.icmp_error),
  dns: bands(PUNT_KINDS.dns),
  router_solicitation: bands(PUNT_KINDS.router_solicitation),
  dhcp4: bands(PUNT_KINDS.dhcp4),
  dhcp6: bands(PUNT_KINDS.dhcp6),
  resolution: bands(PUNT_KINDS.resolution),
  neighbour: bands(PUNT_KINDS.neighbour),
}

/** For a rule of interfaces, on the switch of the guest, where a program of this kind answers it. */
export const guestPunts = (kind: PuntKind, { id, uuid }: Pick<Row<'interface'>, 'id' | 'uuid'>): Compiled => {
  const { number, rate } = PUNT_KINDS[kind]
  const meter_id = meterOf(number, id)
  return {
    meters: [
      {
        meter_id,
        flags: OFPMF.PKTPS | OFPMF.BURST,
        bands: BANDS[kind],
        why: () => `${uuid} may send ${rate} packets a second of kind ${kind} to the controller.`,
      },
    ],
    flows: [
      puntTable.flow({
        priority: PRIORITY.ordinary,
        match: { ingress_interface: id, punt_kind: number },
        meter: meter_id,
        steps: [sendToController(Uint8Array.of(number))],
        why: () => `A program answers ${uuid}, at most ${rate} times a second: ${kind}.`,
      }),
    ],
  }
}

/** The same of several kinds. */
export const severalPunts = (
  kinds: readonly PuntKind[],
  row: Pick<Row<'interface'>, 'id' | 'uuid'>,
): Compiled => {
  const all = kinds.map((kind) => guestPunts(kind, row))
  return {
    meters: all.flatMap(({ meters = [] }) => meters),
    flows: all.flatMap(({ flows = [] }) => flows),
  }
}

const isLeg = (id: number, view: View): boolean => view.get('interface', id)?.mode === 'simulated'

/** A packet that the router has turned to its way before it ends has the address of a leg, and not that of its sender any more. */
const isOfLeg = (mac: number, view: View): boolean =>
  view.list('mac_lease.mac_address', formatMac(mac)).some(({ interface_id }) => isLeg(interface_id, view))

/**
 * Where an answer enters the pipeline: to a guest beside the router, or to who came to its leg from outside, the way that its packet came;
 * to others as the router sends any packet there. `undefined`: it has no way there.
 * @param src MAC address that sent the frame to the router
 */
export const entryOfAnswer = (
  { ingress_interface, ingress_domain: domain, router }: PuntedPacket,
  src: number,
  view: View,
): Pick<PacketToSend, 'at' | 'slices'> | undefined => {
  const macs = view.list('mac_lease.interface_id', ingress_interface)
  const isBeside = isLeg(ingress_interface, view)
    ? domain !== 0 && !isOfLeg(src, view)
    : macs.some(({ mac_address }) => macNumber(mac_address) === src)
  if (isBeside) return { at: 'bridging', slices: { domain } }
  return router === 0 ? undefined : { at: 'route', slices: { router, counted: 1 } }
}
