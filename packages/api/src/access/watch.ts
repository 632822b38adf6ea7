/**
 * Files that are read again when they change, without a restart. They are looked at every second: unlike the system's
 * notifications that also works for files that are replaced, linked, or mounted from elsewhere.
 */
import { unwatchFile, watchFile } from 'node:fs'

const LOOK_EVERY = 1000

/** @returns the function that ends it */
export const watchFiles = (files: readonly string[], onChange: () => void): (() => void) => {
  const changed = (): void => onChange()
  for (const file of files) watchFile(file, { interval: LOOK_EVERY, persistent: false }, changed)
  return () => {
    for (const file of files) unwatchFile(file, changed)
  }
}
