/** What a network's answer says of MTUs, beyond its columns: see `mtu.ts` of the schema. */
import { fittingMtu, type Row } from '@openvnet/schema'
import type { Shape } from '../crud/behaviour.ts'
import type { Reader } from '../store/rows.ts'

export const mtuShape = (reader: Reader, row: Row<'network'>): Shape => {
  const fitting = fittingMtu(row, reader.where('datapath', {}))
  const isTooLarge = row.mtu !== null && row.mtu > fitting
  return {
    guest_mtu: row.mtu ?? fitting,
    mtu_warning: isTooLarge
      ? `mtu is ${row.mtu}, and between the hosts there is room for ${fitting}: larger packets are lost; set it to ${fitting}, or say the mtu of the datapaths where it is larger than 1500`
      : null,
  }
}
