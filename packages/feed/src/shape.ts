/**
 * The shapes of the feed as they come in from outside (Redis, HTTP). Checked is what this package reads: identities,
 * revisions, lists and what an operation names. Values of rows were checked by the store that wrote them.
 */
import { RESOURCE_NAMES, type ResourceName } from '@openvnet/schema'
import type { Change, ChangesSince, Snapshot } from './change.ts'

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isRevision = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

export const isRow = (value: unknown): boolean => isRecord(value) && Number.isSafeInteger(value['id'])

const isOperation = (value: unknown): boolean =>
  isRecord(value) &&
  RESOURCE_NAMES.includes(value['resource'] as ResourceName) &&
  Number.isSafeInteger(value['id']) &&
  (value['row'] === null || isRow(value['row']))

export const isChange = (value: unknown): value is Change =>
  isRecord(value) &&
  isRevision(value['revision']) &&
  Array.isArray(value['operations']) &&
  value['operations'].every(isOperation)

const isAtRevision = (value: Record<string, unknown>): boolean =>
  typeof value['store'] === 'string' && value['store'] !== '' && isRevision(value['revision'])

/** A snapshot without its rows. */
export const isSnapshotHead = isAtRevision

/** Changes since a revision without the changes. */
export const isChangesHead = (value: Record<string, unknown>): boolean =>
  isAtRevision(value) && (value['kind'] === 'changes' || value['kind'] === 'gone')

export const isSnapshot = (value: unknown): value is Snapshot => {
  if (!isRecord(value) || !isAtRevision(value)) return false
  const rows = value['rows']
  return (
    isRecord(rows) && RESOURCE_NAMES.every((name) => Array.isArray(rows[name]) && rows[name].every(isRow))
  )
}

export const isChangesSince = (value: unknown): value is ChangesSince => {
  if (!isRecord(value) || !isAtRevision(value)) return false
  if (value['kind'] === 'gone') return true
  return value['kind'] === 'changes' && Array.isArray(value['changes']) && value['changes'].every(isChange)
}
