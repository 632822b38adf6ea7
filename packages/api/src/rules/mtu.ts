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

/** RFC 8200 §5: of every link; senders do not believe in less (RFC 8201 §4). */
const LEAST_OF_IPV6 = 1280

const warningOf = ({ mtu, ipv6_network }: Row<'network'>, fitting: number): string | null => {
  if (mtu !== null && mtu > fitting)
    return `mtu is ${mtu}, and between the hosts there is room for ${fitting}: larger packets are lost; set it to ${fitting}, or say the mtu of the datapaths where it is larger than 1500`
  if (ipv6_network !== null && (mtu ?? fitting) < LEAST_OF_IPV6)
    return `guests may use ${mtu ?? fitting} octets, and IPv6 needs ${LEAST_OF_IPV6}: its senders make no smaller packets, and theirs are lost; set mtu to ${LEAST_OF_IPV6} or more, or take ipv6_network away`
  return null
}

export const mtuShape = (reader: Reader, row: Row<'network'>): Shape => {
  const fitting = fittingMtu(row, decisiveHosts(reader))
  return { guest_mtu: row.mtu ?? fitting, mtu_warning: warningOf(row, fitting) }
}
