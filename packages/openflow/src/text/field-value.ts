/** Values of fields as `ovs-ofctl` writes them, by their kind. `lib/meta-flow.c` of Open vSwitch. */
import { canonicalValue } from '../canonical-action.ts'
import { FIELDS, type FieldName } from '../fields.ts'
import type { FieldValue, OxmField } from '../types/match.ts'
import { formatMac, formatMaskedIpv4, formatMaskedIpv6 } from './address.ts'
import { formatFlags } from './flags.ts'
import { formatPort, type TextNames, wide } from './names.ts'
import { bytesToHex, hex } from './number.ts'

export function formatByKind(
  field: FieldName,
  value: FieldValue,
  mask: FieldValue | null,
  names: TextNames,
): string {
  switch (FIELDS[field].kind) {
    case 'port':
      return formatPort(field === 'nxm_in_port' ? wide(value as number) : (value as number), names)
    case 'mac':
      return formatMac(value as number) + (mask === null ? '' : `/${formatMac(mask as number)}`)
    case 'ipv4':
      return formatMaskedIpv4(value as number, mask as number | null)
    case 'ipv6':
      return formatMaskedIpv6(value as bigint, mask as bigint | null)
    case 'hex':
      return hex(value as number | bigint) + (mask === null ? '' : `/${hex(mask as number | bigint)}`)
    case 'number':
      return mask === null
        ? String(value)
        : `0x${(value as number).toString(16)}/0x${(mask as number).toString(16)}`
    case 'flags':
      return formatFlags(field, value as number, mask as number | null)
    case 'bytes':
      return formatBytes(value as Uint8Array) + (mask === null ? '' : `/${formatBytes(mask as Uint8Array)}`)
  }
}

/** A number of any length, without leading zeros. */
export function formatBytes(bytes: Uint8Array): string {
  const digits = bytesToHex(bytes).replace(/^0+/, '')
  return digits === '' ? '0' : `0x${digits}`
}

/** `(1,0x800)`: name space and type. */
export function formatPacketType(type: number): string {
  const short = (number: number): string => (number < 10 ? String(number) : hex(number))
  return `(${short(type >>> 16)},${short(type & 0xffff)})`
}

/** A value as `set_field` writes it; a mask of all ones is none. */
export function formatSetValue(field: OxmField, names: TextNames): string {
  const { value, mask } = canonicalValue(field)
  if (isZero(mask)) return 'ANY'
  if (field.field === 'packet_type') return formatPacketType(value as number)
  if (field.field === 'tun_flags') return value === 0 ? '0' : 'oam'
  // In a match it is written in hexadecimal, with the bit that says that there is a tag.
  const isDecimal = field.field === 'vlan_vid' || FIELDS[field.field].kind === 'number'
  if (isDecimal) return mask === null ? String(value) : `${value}/${hex(mask as number)}`
  return formatByKind(field.field, value, mask, names)
}

/** A mask without a bit: the value says nothing. */
const isZero = (mask: FieldValue | null): boolean =>
  mask instanceof Uint8Array ? mask.every((byte) => byte === 0) : mask === 0 || mask === 0n
