/**
 * The actions of OpenFlow 1.1 that Open vSwitch still takes over OpenFlow 1.3: types 1 to 10, 13 and 14, one number
 * after a header of 4 bytes. `lib/ofp-actions.c` of Open vSwitch. One of another length, or with a number that has more
 * bits than its field, stays opaque.
 */
import { EncodeError } from '../../encode-error.ts'
import type { Reader } from '../../reader.ts'
import type { LeftoverAction } from '../../types/leftover-action.ts'
import type { Writer } from '../../writer.ts'
import type { ActionWriters } from './frame.ts'

interface Row {
  /** OFPAT11_*. */
  readonly code: number
  readonly type: LeftoverAction['type']
  /** The name of the number. */
  readonly key: string
  /** Of the number on the wire. */
  readonly bytes: 1 | 2 | 4 | 6
  /** Significant ones. */
  readonly bits: number
}

const ROWS: readonly Row[] = [
  { code: 1, type: 'set_vlan_vid', key: 'vlan_vid', bytes: 2, bits: 12 },
  { code: 2, type: 'set_vlan_pcp', key: 'vlan_pcp', bytes: 1, bits: 3 },
  { code: 3, type: 'set_dl_src', key: 'dl_addr', bytes: 6, bits: 48 },
  { code: 4, type: 'set_dl_dst', key: 'dl_addr', bytes: 6, bits: 48 },
  { code: 5, type: 'set_nw_src', key: 'nw_addr', bytes: 4, bits: 32 },
  { code: 6, type: 'set_nw_dst', key: 'nw_addr', bytes: 4, bits: 32 },
  { code: 7, type: 'set_nw_tos', key: 'nw_tos', bytes: 1, bits: 8 },
  { code: 8, type: 'set_nw_ecn', key: 'nw_ecn', bytes: 1, bits: 2 },
  { code: 9, type: 'set_tp_src', key: 'tp_port', bytes: 2, bits: 16 },
  { code: 10, type: 'set_tp_dst', key: 'tp_port', bytes: 2, bits: 16 },
  { code: 13, type: 'set_mpls_label', key: 'mpls_label', bytes: 4, bits: 20 },
  { code: 14, type: 'set_mpls_tc', key: 'mpls_tc', bytes: 1, bits: 3 },
]
const BY_CODE: ReadonlyMap<number, Row> = new Map(ROWS.map((row) => [row.code, row]))

const HEADER_BYTES = 4
/** With the header; addresses of 6 bytes are followed by padding of 6. */
const lengthOf = ({ bytes }: Row): number => (bytes === 6 ? 16 : 8)

/** Reads the body of an action up to the reader's limit; `null`, with nothing read, for what is to stay opaque. */
export function readLeftover(reader: Reader, type: number): LeftoverAction | null {
  const row = BY_CODE.get(type)
  if (row === undefined || reader.remaining !== lengthOf(row) - HEADER_BYTES) return null
  const start = reader.offset
  const value = readNumber(reader, row.bytes)
  if (value >= 2 ** row.bits) {
    reader.offset = start
    return null
  }
  reader.skip(reader.remaining)
  return { type: row.type, [row.key]: value } as unknown as LeftoverAction
}

function readNumber(reader: Reader, bytes: Row['bytes']): number {
  if (bytes === 1) return reader.u8()
  if (bytes === 2) return reader.u16()
  return bytes === 4 ? reader.u32() : reader.u48()
}

function writeLeftover(writer: Writer, row: Row, action: LeftoverAction): void {
  const value = (action as unknown as Readonly<Record<string, number>>)[row.key] ?? -1
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** row.bits)
    throw new EncodeError(`${row.type}: ${row.key} is not an unsigned number of ${row.bits} bits: ${value}`)
  const start = writer.offset
  writer.u16(row.code)
  writer.u16(lengthOf(row))
  writeNumber(writer, row.bytes, value)
  writer.zeros(lengthOf(row) - (writer.offset - start))
}

function writeNumber(writer: Writer, bytes: Row['bytes'], value: number): void {
  if (bytes === 1) writer.u8(value)
  else if (bytes === 2) writer.u16(value)
  else if (bytes === 4) writer.u32(value)
  else writer.u48(value)
}

export const LEFTOVER_WRITERS = Object.fromEntries(
  ROWS.map((row) => [
    row.type,
    (writer: Writer, action: LeftoverAction) => writeLeftover(writer, row, action),
  ]),
) as unknown as ActionWriters<LeftoverAction['type']>
