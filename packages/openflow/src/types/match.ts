/**
 * A match is a list of OXM fields in wire order (OpenFlow 1.3.5 §7.2.3).
 *
 * Values are numeric: a `number` for fields up to 48 bits (IPv4 and MAC addresses too), a `bigint` for fields
 * of 64 and 128 bits, and bytes for those of variable length (tun_metadata). Text belongs to the edge: see `text`.
 */
import type { FieldName } from '../fields.ts'

/** Up to 48 bits a `number`, 64 and 128 bits a `bigint`, variable length bytes. */
export type FieldValue = number | bigint | Uint8Array

/** One OXM TLV. */
export interface OxmField {
  readonly field: FieldName
  readonly value: FieldValue
  /** Bits that count; `null` for all of them. */
  readonly mask: FieldValue | null
  /**
   * The name of the code on the wire where it is not the usual one: `NXM_OF_ETH_SRC`, `OXM_OF_TCP_FLAGS`. Decoding
   * gives it, so that the field encodes to the same bytes; without it the usual code is written.
   */
  readonly alias?: string
}

/** A TLV whose class and field number this library does not know: kept so that it encodes to the same bytes. */
export interface UnknownOxm {
  readonly field: 'unknown'
  /** OXM header: class, field, hasmask, length. */
  readonly header: number
  /** The payload after the header. */
  readonly data: Uint8Array
}

/** A field that is known, or one that is not. */
export type MatchField = OxmField | UnknownOxm
/** Fields in wire order; empty matches every packet. */
export type Match = readonly MatchField[]
