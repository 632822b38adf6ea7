/**
 * Watches the file below an open store. SQLite holds on to the file that it opened: after `rm` or `mv` it would write
 * on, into what is gone with the process; and what others write into the file it may never read. So before every
 * transaction two questions: is this still the file (and the journal) that was opened, and has anybody but us
 * written into it? While the answer is bad nothing is written; when it is good again, writing goes on.
 *
 * The file itself changes at our checkpoints only (and at those of another vnetd on the same file): after any
 * other change it is read from end to end.
 */
import { statSync } from 'node:fs'
import { checkHealth } from './health.ts'

/** The file was deleted or replaced. */
class Moved extends Error {
  readonly code = 'STORE_MOVED'
}

export interface Guard {
  /** @throws when nothing must be written now */
  check(): void
  /** Somebody met damage: the next check reads everything. */
  suspect(): void
  /** We ourselves wrote into the file. */
  written(): void
}

/** Milliseconds between readings of a damaged file. */
const PATIENCE = 1000

interface Identity {
  readonly ino: number
  readonly dev: number
}

const isSame = (one: Identity, other: Identity): boolean => one.ino === other.ino && one.dev === other.dev

export const watchFile = (file: string, health: (file: string) => void = checkHealth): Guard => {
  const look = () => statSync(file, { throwIfNoEntry: false })
  const lookAtJournal = () => statSync(`${file}-wal`, { throwIfNoEntry: false })
  const opened = look()
  let changed = opened?.mtimeMs
  let journal = lookAtJournal()
  let damage: { readonly error: unknown; readonly at: number } | undefined
  let suspected = false

  const checkIdentity = (found: ReturnType<typeof look>): void => {
    if (opened === undefined) return
    if (found === undefined || !isSame(found, opened))
      throw new Moved(`${file} is not the file that was opened`)
    const now = lookAtJournal()
    if (journal !== undefined && (now === undefined || !isSame(now, journal))) {
      throw new Moved(`${file}-wal is not the file that was opened`)
    }
    journal = now
  }
  const checkContent = (mtimeMs: number | undefined): void => {
    if (damage !== undefined && performance.now() - damage.at < PATIENCE) throw damage.error
    if (damage === undefined && !suspected && mtimeMs === changed) return
    try {
      health(file)
    } catch (error) {
      damage = { error, at: performance.now() }
      throw error
    }
    damage = undefined
    suspected = false
    changed = mtimeMs
  }
  return {
    check: () => {
      const found = look()
      checkIdentity(found)
      checkContent(found?.mtimeMs)
    },
    suspect: () => {
      suspected = true
    },
    written: () => {
      changed = look()?.mtimeMs
    },
  }
}
