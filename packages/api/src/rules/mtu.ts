/**
 * What a network's answer says of MTUs, beyond its columns: see `mtu.ts` of the schema. It depends on all hosts, and every
 * write of a network answers it: so SQLite looks for the few that decide, and the others are not read.
 */
import { fittingMtu, type Row } from '@openvnet/schema'
import type { Shape } from '../crud/behaviour.ts'
import type { Reader } from '../store/rows.ts'

const ONE = { limit: 1 }
/** A hexadecimal digit or a colon is what an address begins with. */
const ANY_ADDRESS = ['', 'g'] as const
const ANY_MTU = [0, 65_535] as const

/** One with the least MTU, one that says none, and one that has an IPv6 address only: what all together give. */
const decisiveHosts = (reader: Reader): readonly Row<'datapath'>[] => [
  ...reader.between('datapath', 'mtu', ANY_MTU, ONE),
  ...[reader.first('datapath', { mtu: null })].filter((row) => row !== undefined),
  ...reader.between('datapath', 'ipv6_address', ANY_ADDRESS, { ...ONE, equals: { ipv4_address: null } }),
]

export const mtuShape = (reader: Reader, row: Row<'network'>): Shape => {
  const fitting = fittingMtu(row, decisiveHosts(reader))
  const isTooLarge = row.mtu !== null && row.mtu > fitting
  return {
    guest_mtu: row.mtu ?? fitting,
    mtu_warning: isTooLarge
      ? `mtu is ${row.mtu}, and between the hosts there is room for ${fitting}: larger packets are lost; set it to ${fitting}, or say the mtu of the datapaths where it is larger than 1500`
      : null,
  }
}
