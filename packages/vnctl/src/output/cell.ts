/** One value as text for people. */
import { type Kind, type Labels, labelsText, type Scalar } from '@openvnet/schema'
import { isRow } from './row.ts'

const hexPairs = (value: number): string =>
  (value.toString(16).padStart(12, '0').match(/../g) ?? []).join(':')

const dottedQuad = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')

/** The original prints addresses as numbers in some answers. */
const fromNumber = (value: number, kind: Kind<Scalar> | null): string => {
  if (kind?.name === 'mac') return hexPairs(value)
  return kind?.name === 'ipv4' ? dottedQuad(value) : String(value)
}

/** Rows by their uuids. */
const listText = (entries: readonly unknown[]): string => {
  const names = entries.map((entry) => (isRow(entry) ? entry['uuid'] : entry))
  return names.every((name) => typeof name === 'string') ? names.join('; ') : JSON.stringify(entries)
}

/**
 * @param value what the API answered; objects and lists as compact JSON
 * @param kind what the value is, where known
 */
export const cell = (value: unknown, kind: Kind<Scalar> | null = null): string => {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return fromNumber(value, kind)
  if (kind?.isMap === true && typeof value === 'object') return labelsText(value as Labels)
  if (Array.isArray(value)) return listText(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
