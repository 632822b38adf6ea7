/**
 * uuids of rows that belong to another one: from a hash of what they are for, so that the same description makes the
 * same rows, and with them the same MAC addresses, wherever and in whatever order it is written.
 */
import { createHash } from 'node:crypto'
import { RESOURCES, type ResourceName } from '@openvnet/schema'
import type { Reader } from '../store/rows.ts'

const LENGTH = 8

/** @param purpose what the row is for, by the uuids that the user knows */
export const partName = (reader: Reader, name: ResourceName, purpose: string): string => {
  for (let attempt = 0; ; attempt += 1) {
    const digest = createHash('sha256').update(`${name} ${purpose} ${attempt}`).digest('hex')
    const word = BigInt(`0x${digest}`).toString(36).slice(-LENGTH)
    const uuid = `${RESOURCES[name].prefix}-${word}`
    if (reader.byUuid(name, uuid) === undefined) return uuid
  }
}
