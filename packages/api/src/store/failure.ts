/**
 * What can be wrong with the file of the store, by SQLite's result codes (https://sqlite.org/rescode.html), as a
 * sentence for who runs the API: what and where, nothing of the statement.
 */
import { basename } from 'node:path'
import { ApiError, type ErrorName } from '../errors.ts'

interface Failure {
  readonly error: ErrorName
  /** Completes "the store FILE …". */
  readonly sentence: string
}

const DAMAGED =
  'is damaged and is not written any more; stop this program, restore the file from a copy and start it again'

/** By the beginning of the code: extended codes name the same and more. */
const FAILURES: readonly (readonly [code: string, failure: Failure])[] = [
  ['SQLITE_BUSY', { error: 'StoreBusy', sentence: 'is kept locked by another process; try again' }],
  ['SQLITE_FULL', { error: 'StoreFull', sentence: 'cannot grow: its disk is full; make room and try again' }],
  [
    'SQLITE_READONLY',
    {
      error: 'StoreUnavailable',
      sentence:
        'is read-only; give the user that runs this program the right to write the file and its directory',
    },
  ],
  [
    'SQLITE_IOERR',
    { error: 'StoreUnavailable', sentence: 'cannot be read or written: its disk fails; the log says how' },
  ],
  [
    'SQLITE_CANTOPEN',
    {
      error: 'StoreUnavailable',
      sentence: 'cannot be opened; the file or its directory is gone or not accessible',
    },
  ],
  ['SQLITE_CORRUPT', { error: 'StoreUnavailable', sentence: DAMAGED }],
  ['SQLITE_NOTADB', { error: 'StoreUnavailable', sentence: DAMAGED }],
  ['SQLITE_PROTOCOL', { error: 'StoreBusy', sentence: 'is kept locked by another process; try again' }],
  [
    'STORE_MOVED',
    {
      error: 'StoreUnavailable',
      sentence:
        'was deleted, moved or replaced while it was in use; put the same file back, or start this program again to use what is there now',
    },
  ],
  [
    'STORE_HUNG',
    { error: 'StoreBusy', sentence: 'does not answer: its disk hangs, or a very long batch is written' },
  ],
]

/** @returns `undefined` when `error` does not come from the file, e.g. for a bug */
export const storeFailure = (error: unknown, file: string): ApiError | undefined => {
  const { code } = error as { readonly code?: unknown }
  if (typeof code !== 'string') return undefined
  const failure = FAILURES.find(([start]) => code.startsWith(start))?.[1]
  return failure && new ApiError(failure.error, `the store ${basename(file)} ${failure.sentence}`)
}

/** Whether SQLite met pages that contradict each other. */
export const isDamage = (error: unknown): boolean =>
  /^SQLITE_(?:CORRUPT|NOTADB)/.test(String((error as { readonly code?: unknown }).code))
