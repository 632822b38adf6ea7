/** Actions of a few numbers. `lib/ofp-actions.c` of Open vSwitch. */
import { NXAST } from '../../constants.ts'
import { EncodeError } from '../../encode-error.ts'
import { type Reader, readList } from '../../reader.ts'
import type { Action } from '../../types/action.ts'
import type {
  DecTtlCntIds,
  Encap,
  EncapProperty,
  ResubmitTable,
  ResubmitTableCt,
} from '../../types/open-vswitch-action.ts'
import type { Writer } from '../../writer.ts'
import { type ActionReader, type ActionWriters, beginAction, endAction, skipPadding } from './frame.ts'

/** Nothing but padding. */
const empty =
  <const A extends Action>(action: A): ActionReader =>
  (reader) => {
    reader.skip(6)
    return { ...action }
  }

function readDecTtlCntIds(reader: Reader): DecTtlCntIds {
  const count = reader.u16()
  reader.skip(4)
  if (count * 2 > reader.remaining) reader.fail('length', `${count} ids in ${reader.remaining} bytes`)
  const controller_ids = Array.from({ length: count }, () => reader.u16())
  skipPadding(reader)
  return { type: 'dec_ttl_cnt_ids', controller_ids }
}

export function readResubmitTable(reader: Reader): ResubmitTable {
  const in_port = reader.u16()
  const table = reader.u8()
  reader.skip(3)
  return { type: 'resubmit_table', in_port, table }
}

function readEncap(reader: Reader): Encap {
  const hdr_size = reader.u16()
  const new_pkt_type = reader.u32()
  return {
    type: 'encap',
    hdr_size,
    new_pkt_type,
    properties: readList(reader, 'properties', readEncapProperty),
  }
}

/** The length counts the header of 4 bytes, but no padding. */
function readEncapProperty(reader: Reader): EncapProperty {
  const start = reader.offset
  const propertyClass = reader.u16()
  const type = reader.u8()
  const length = reader.u8()
  if (length < 4) reader.fail('length', `an encap property has ${length} bytes`, start)
  const data = reader.bytes(length - 4).slice()
  reader.skip(-length & 7)
  return { class: propertyClass, type, data }
}

export const PLAIN_READERS: readonly (readonly [number, ActionReader])[] = [
  [
    NXAST.RESUBMIT,
    (reader) => {
      const in_port = reader.u16()
      reader.skip(4)
      return { type: 'resubmit', in_port }
    },
  ],
  [NXAST.RESUBMIT_TABLE_CT, (reader) => ({ ...readResubmitTable(reader), type: 'resubmit_table_ct' })],
  [
    NXAST.SET_TUNNEL,
    (reader) => {
      reader.skip(2)
      return { type: 'set_tunnel', tun_id: reader.u32() }
    },
  ],
  [
    NXAST.SET_TUNNEL64,
    (reader) => {
      reader.skip(6)
      return { type: 'set_tunnel64', tun_id: reader.u64() }
    },
  ],
  [NXAST.POP_QUEUE, empty({ type: 'pop_queue' })],
  [NXAST.EXIT, empty({ type: 'exit' })],
  [NXAST.CT_CLEAR, empty({ type: 'ct_clear' })],
  [NXAST.DEC_NSH_TTL, empty({ type: 'dec_nsh_ttl' })],
  [NXAST.NOTE, (reader) => ({ type: 'note', note: reader.copyRest() })],
  [NXAST.DEC_TTL_CNT_IDS, readDecTtlCntIds],
  [
    NXAST.FIN_TIMEOUT,
    (reader) => {
      const fin_idle_timeout = reader.u16()
      const fin_hard_timeout = reader.u16()
      reader.skip(2)
      return { type: 'fin_timeout', fin_idle_timeout, fin_hard_timeout }
    },
  ],
  [
    NXAST.CONJUNCTION,
    (reader) => ({
      type: 'conjunction',
      clause: reader.u8(),
      n_clauses: reader.u8(),
      id: reader.u32(),
    }),
  ],
  [NXAST.OUTPUT_TRUNC, (reader) => ({ type: 'output_trunc', port: reader.u16(), max_len: reader.u32() })],
  [NXAST.ENCAP, readEncap],
  [
    NXAST.DECAP,
    (reader) => {
      reader.skip(2)
      return { type: 'decap', new_pkt_type: reader.u32() }
    },
  ],
]

function writeEmpty(writer: Writer, subtype: number): void {
  beginAction(writer, subtype, 16)
  writer.zeros(6)
}

function writeResubmit(writer: Writer, subtype: number, action: ResubmitTable | ResubmitTableCt): void {
  beginAction(writer, subtype, 16)
  writer.u16(action.in_port)
  writer.u8(action.table)
  writer.zeros(3)
}

function writeEncap(writer: Writer, { hdr_size, new_pkt_type, properties }: Encap): void {
  const start = beginAction(writer, NXAST.ENCAP)
  writer.u16(hdr_size)
  writer.u32(new_pkt_type)
  for (const property of properties) {
    const at = writer.offset
    writer.u16(property.class)
    writer.u8(property.type)
    writer.u8(property.data.length + 4)
    writer.bytes(property.data)
    writer.pad8(at)
  }
  endAction(writer, start)
}

export const PLAIN_WRITERS: ActionWriters<
  | 'resubmit'
  | 'resubmit_table'
  | 'resubmit_table_ct'
  | 'set_tunnel'
  | 'set_tunnel64'
  | 'pop_queue'
  | 'exit'
  | 'ct_clear'
  | 'dec_nsh_ttl'
  | 'note'
  | 'dec_ttl_cnt_ids'
  | 'fin_timeout'
  | 'conjunction'
  | 'output_trunc'
  | 'encap'
  | 'decap'
> = {
  resubmit: (writer, { in_port }) => {
    beginAction(writer, NXAST.RESUBMIT, 16)
    writer.u16(in_port)
    writer.zeros(4)
  },
  resubmit_table: (writer, action) => writeResubmit(writer, NXAST.RESUBMIT_TABLE, action),
  resubmit_table_ct: (writer, action) => writeResubmit(writer, NXAST.RESUBMIT_TABLE_CT, action),
  set_tunnel: (writer, { tun_id }) => {
    beginAction(writer, NXAST.SET_TUNNEL, 16)
    writer.zeros(2)
    writer.u32(tun_id)
  },
  set_tunnel64: (writer, { tun_id }) => {
    beginAction(writer, NXAST.SET_TUNNEL64, 24)
    writer.zeros(6)
    writer.u64(tun_id)
  },
  pop_queue: (writer) => writeEmpty(writer, NXAST.POP_QUEUE),
  exit: (writer) => writeEmpty(writer, NXAST.EXIT),
  ct_clear: (writer) => writeEmpty(writer, NXAST.CT_CLEAR),
  dec_nsh_ttl: (writer) => writeEmpty(writer, NXAST.DEC_NSH_TTL),
  note: (writer, { note }) => {
    if (note.length % 8 !== 6) throw new EncodeError(`a note has 6, 14, 22 … bytes, not ${note.length}`)
    const start = beginAction(writer, NXAST.NOTE)
    writer.bytes(note)
    endAction(writer, start)
  },
  dec_ttl_cnt_ids: (writer, { controller_ids }) => {
    const start = beginAction(writer, NXAST.DEC_TTL_CNT_IDS)
    writer.u16(controller_ids.length)
    writer.zeros(4)
    for (const id of controller_ids) writer.u16(id)
    endAction(writer, start)
  },
  fin_timeout: (writer, { fin_idle_timeout, fin_hard_timeout }) => {
    beginAction(writer, NXAST.FIN_TIMEOUT, 16)
    writer.u16(fin_idle_timeout)
    writer.u16(fin_hard_timeout)
    writer.zeros(2)
  },
  conjunction: (writer, { clause, n_clauses, id }) => {
    beginAction(writer, NXAST.CONJUNCTION, 16)
    writer.u8(clause)
    writer.u8(n_clauses)
    writer.u32(id)
  },
  output_trunc: (writer, { port, max_len }) => {
    beginAction(writer, NXAST.OUTPUT_TRUNC, 16)
    writer.u16(port)
    writer.u32(max_len)
  },
  encap: writeEncap,
  decap: (writer, { new_pkt_type }) => {
    beginAction(writer, NXAST.DECAP, 16)
    writer.zeros(2)
    writer.u32(new_pkt_type)
  },
}
