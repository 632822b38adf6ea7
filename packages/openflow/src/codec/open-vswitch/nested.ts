/** Actions that hold actions, and `nat`, which lives in one: `ct`, `clone`. `lib/ofp-actions.c` of Open vSwitch. */
import { NXAST } from '../../constants.ts'
import { EncodeError } from '../../encode-error.ts'
import type { Reader } from '../../reader.ts'
import type { Clone, Ct } from '../../types/action.ts'
import type { Nat, Subfield } from '../../types/open-vswitch-action.ts'
import type { Writer } from '../../writer.ts'
import { placeOf, readFieldCode, shortHeaderOf, subfield } from '../subfield.ts'
import {
  type ActionReader,
  type ActionWriters,
  beginAction,
  endAction,
  type ReadNested,
  skipPadding,
} from './frame.ts'

function readCt(reader: Reader, depth: number, readNested: ReadNested): Ct | null {
  const flags = reader.u16()
  const zone = readZone(reader)
  if (zone === null) return null
  const recirc_table = reader.u8()
  reader.skip(3)
  const alg = reader.u16()
  return { type: 'ct', flags, zone, recirc_table, alg, actions: readNested(reader, depth + 1) }
}

const ZONE_BITS = 16

/** A header of zero and a number, or a header and a place. */
function readZone(reader: Reader): number | Subfield | null {
  if (reader.u32() === 0) return reader.u16()
  reader.offset -= 4
  const code = readFieldCode(reader)
  if (code === undefined || code.experimenter !== null) return null
  const place = reader.u16()
  const bits = (place & 0x3f) + 1
  // Open vSwitch: OFPBAC_BAD_SET_LEN.
  if (bits !== ZONE_BITS) reader.fail('value', `a ct zone of ${bits} bits`)
  return subfield(reader, code, place >>> 6, bits)
}

function readClone(reader: Reader, depth: number, readNested: ReadNested): Clone {
  reader.skip(6)
  return { type: 'clone', actions: readNested(reader, depth + 1) }
}

const KNOWN_RANGES = 0x3f

/** Values that are present follow each other without padding. */
function readNat(reader: Reader): Nat | null {
  reader.skip(2)
  const flags = reader.u16()
  const present = reader.u16()
  if ((present & ~KNOWN_RANGES) !== 0) return null
  const nat: Nat = {
    type: 'nat',
    flags,
    range_ipv4_min: present & 1 ? reader.u32() : null,
    range_ipv4_max: present & 2 ? reader.u32() : null,
    range_ipv6_min: present & 4 ? reader.u128() : null,
    range_ipv6_max: present & 8 ? reader.u128() : null,
    range_proto_min: present & 16 ? reader.u16() : null,
    range_proto_max: present & 32 ? reader.u16() : null,
  }
  skipPadding(reader)
  return nat
}

export const NESTED_READERS: readonly (readonly [number, ActionReader])[] = [
  [NXAST.CT, readCt],
  [NXAST.NAT, readNat],
  [NXAST.CLONE, readClone],
]

const presentRanges = (nat: Nat): number =>
  [
    nat.range_ipv4_min,
    nat.range_ipv4_max,
    nat.range_ipv6_min,
    nat.range_ipv6_max,
    nat.range_proto_min,
    nat.range_proto_max,
  ].reduce<number>((bits, value, index) => bits | (value === null ? 0 : 1 << index), 0)

function writeNat(writer: Writer, nat: Nat): void {
  const start = beginAction(writer, NXAST.NAT)
  writer.zeros(2)
  writer.u16(nat.flags)
  writer.u16(presentRanges(nat))
  if (nat.range_ipv4_min !== null) writer.u32(nat.range_ipv4_min)
  if (nat.range_ipv4_max !== null) writer.u32(nat.range_ipv4_max)
  if (nat.range_ipv6_min !== null) writer.u128(nat.range_ipv6_min)
  if (nat.range_ipv6_max !== null) writer.u128(nat.range_ipv6_max)
  if (nat.range_proto_min !== null) writer.u16(nat.range_proto_min)
  if (nat.range_proto_max !== null) writer.u16(nat.range_proto_max)
  endAction(writer, start)
}

function writeZone(writer: Writer, zone: number | Subfield): void {
  if (typeof zone === 'number') {
    writer.u32(0)
    writer.u16(zone)
    return
  }
  if (zone.bits !== ZONE_BITS) throw new EncodeError(`a ct zone of ${zone.bits} bits of ${zone.field}`)
  writer.u32(shortHeaderOf(zone))
  writer.u16(placeOf(zone))
}

export const NESTED_WRITERS: ActionWriters<'ct' | 'nat' | 'clone'> = {
  ct: (writer, action, depth, writeNested) => {
    const start = beginAction(writer, NXAST.CT)
    writer.u16(action.flags)
    writeZone(writer, action.zone)
    writer.u8(action.recirc_table)
    writer.zeros(3)
    writer.u16(action.alg)
    writeNested(writer, action.actions, depth + 1)
    endAction(writer, start)
  },
  nat: writeNat,
  clone: (writer, action, depth, writeNested) => {
    const start = beginAction(writer, NXAST.CLONE)
    writer.zeros(6)
    writeNested(writer, action.actions, depth + 1)
    endAction(writer, start)
  },
}
