/** A place for the store of a test that starts no process: in memory where the system offers that, so that writing is quick. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from '../lab/exit.ts'

const MEMORY = '/dev/shm'

export interface StoreFile {
  readonly file: string
  /** Removes it and what belongs to it. */
  remove(): void
}

export const newStoreFile = (): StoreFile => {
  const directory = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'vnet-store-'))
  const remove = (): void => rmSync(directory, { recursive: true, force: true })
  const release = atExit(remove)
  return {
    file: join(directory, 'openvnet.db'),
    remove: () => {
      remove()
      release()
    },
  }
}
