/** Numbers as `printf` writes them for Open vSwitch. */

/** `%#x`: `0x1f`, but `0` for zero. */
export function hex(value: number | bigint): string {
  return value === 0 || value === 0n ? '0' : `0x${value.toString(16)}`
}

/** Hexadecimal with at least `digits` digits: `0x0806`. */
export function paddedHex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`
}

export function bytesToHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** Seconds, with three decimals or as many as are needed: `3s`, `3.020s`, `3.0201s`. */
export function duration(seconds: number, nanoseconds: number): string {
  if (nanoseconds === 0) return `${seconds}s`
  const fraction =
    nanoseconds % 1_000_000 === 0
      ? String(nanoseconds / 1_000_000).padStart(3, '0')
      : String(nanoseconds).padStart(9, '0').replace(/0+$/, '')
  return `${seconds}.${fraction}s`
}

/** Names of the bits that are set, and the rest in hexadecimal. `none` if there is nothing to name. */
export function bitNames(
  bits: number,
  names: readonly (readonly [bit: number, name: string])[],
  none: string,
): string {
  const parts = names.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name)
  const rest = names.reduce((left, [bit]) => left & ~bit, bits) >>> 0
  if (rest !== 0) parts.push(hex(rest))
  return parts.length === 0 ? none : parts.join(' ')
}

/** Bytes as `note` and `userdata` write them: `01.02.0a`. */
export const dotted = (bytes: Uint8Array): string => bytesToHex(bytes).replace(/(..)(?=.)/g, '$1.')
