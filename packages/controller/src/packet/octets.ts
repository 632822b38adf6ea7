/**
 * Numbers in network byte order at a place in a byte array, and the text of MAC and IPv4 addresses.
 * MAC addresses are 48-bit numbers, IPv4 addresses 32-bit numbers, IPv6 addresses bigints.
 * Callers check the length first: a read past the end throws a RangeError.
 */

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Each packet has dozens of numbers: a DataView for each would be most of the garbage. */
const { readUInt16BE, readUInt32BE } = Buffer.prototype

export const readU16 = (bytes: Uint8Array, at: number): number => readUInt16BE.call(bytes, at)
export const readU32 = (bytes: Uint8Array, at: number): number => readUInt32BE.call(bytes, at)
export const readU48 = (bytes: Uint8Array, at: number): number =>
  readU16(bytes, at) * 2 ** 32 + readU32(bytes, at + 2)
export const readU128 = (bytes: Uint8Array, at: number): bigint =>
  (view(bytes).getBigUint64(at) << 64n) | view(bytes).getBigUint64(at + 8)

const checkRoom = (bytes: Uint8Array, at: number, octets: number): void => {
  if (at < 0 || at + octets > bytes.length) throw new RangeError('a write past the end')
}

/** The lowest 16 bits of a number; the same below. */
export const writeU16 = (bytes: Uint8Array, at: number, value: number): void => {
  checkRoom(bytes, at, 2)
  bytes[at] = value >>> 8
  bytes[at + 1] = value
}
export const writeU32 = (bytes: Uint8Array, at: number, value: number): void => {
  checkRoom(bytes, at, 4)
  writeU16(bytes, at, value >>> 16)
  writeU16(bytes, at + 2, value)
}
export const writeU48 = (bytes: Uint8Array, at: number, value: number): void => {
  writeU16(bytes, at, Math.floor(value / 2 ** 32))
  writeU32(bytes, at + 2, value % 2 ** 32)
}
export const writeU128 = (bytes: Uint8Array, at: number, value: bigint): void => {
  view(bytes).setBigUint64(at, value >> 64n)
  view(bytes).setBigUint64(at + 8, value & 0xffff_ffff_ffff_ffffn)
}

/** Numbers one after another. */
export const u16s = (...values: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(values.length * 2)
  for (const [index, value] of values.entries()) writeU16(bytes, index * 2, value)
  return bytes
}
export const u32s = (...values: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(values.length * 4)
  for (const [index, value] of values.entries()) writeU32(bytes, index * 4, value)
  return bytes
}
export const u128s = (...values: readonly bigint[]): Uint8Array => {
  const bytes = new Uint8Array(values.length * 16)
  for (const [index, value] of values.entries()) writeU128(bytes, index * 16, value)
  return bytes
}

/** What stands in each `width` octets; the length is a multiple of that. */
export const readEach = <T>(
  bytes: Uint8Array,
  width: number,
  read: (bytes: Uint8Array, at: number) => T,
): readonly T[] => Array.from({ length: bytes.length / width }, (_, index) => read(bytes, index * width))

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** `0x52540d8401` → `00:52:54:0d:84:01`. */
export const formatMac = (mac: number): string => mac.toString(16).padStart(12, '0').match(/../g)!.join(':')

/** @param text six hexadecimal octets separated by colons */
export const toMac = (text: string): number => Number.parseInt(text.replaceAll(':', ''), 16)

export const formatIpv4 = (address: number): string =>
  [address >>> 24, (address >>> 16) & 0xff, (address >>> 8) & 0xff, address & 0xff].join('.')

/** @param text four decimal octets separated by dots */
export const toIpv4 = (text: string): number =>
  text.split('.').reduce((address, octet) => address * 256 + Number(octet), 0)
