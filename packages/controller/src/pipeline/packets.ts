/**
 * Packets between the pipeline and a program: what a packet-in says of the bits that the packet carried, and packet-outs
 * that put a packet into a declared stage of the pipeline, as OVN's controller does (`resubmit` is allowed in a
 * packet-out, `goto_table` is not: OpenFlow 1.3.5 §7.3.7).
 */
import { type Action, type Match, OFP_NO_BUFFER, OFPP, type PacketOut } from '@openvnet/openflow'
import { KEEP_IN_PORT, setSlice } from './actions.ts'
import { type TableName, tableId } from './layout.ts'
import { SLICES, type SliceName } from './slices.ts'

/** The value of a slice among the fields of a packet-in; fields that are zero are not said. */
export const readSlice = (name: SliceName, match: Match): number => {
  const { field, bits } = SLICES[name]
  const [low, high] = bits
  const found = match.find((each) => each.field === field)
  const value = found === undefined || found.field === 'unknown' ? 0 : found.value
  if (typeof value !== 'number' && typeof value !== 'bigint') return 0
  return Number((BigInt(value) >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n))
}

/** A frame that a program made, and where it begins. */
export interface PacketToSend {
  readonly frame: Uint8Array
  /** The first table that it meets, with these bits set; all others are zero. */
  readonly at: TableName
  readonly slices: Readonly<Partial<Record<SliceName, number>>>
}

/** What puts the frame into the pipeline. The ingress port is the controller: no port is left out of a flood. */
export const packetOut = ({ frame, at, slices }: PacketToSend): Omit<PacketOut, 'xid'> => {
  const loads: Action[] = (Object.entries(slices) as [SliceName, number][]).flatMap(([name, value]) => [
    ...setSlice(name, value).actions,
  ])
  return {
    type: 'packet_out',
    buffer_id: OFP_NO_BUFFER,
    in_port: OFPP.CONTROLLER,
    actions: [...loads, { type: 'resubmit_table', in_port: KEEP_IN_PORT, table: tableId(at) }],
    data: frame,
  }
}
