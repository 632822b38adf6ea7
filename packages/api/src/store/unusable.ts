/**
 * A store that cannot even be opened, as one paragraph for who starts the program: what is wrong with which file, that
 * the file was left alone, and what can be done.
 */
import { resolve } from 'node:path'

/** The message is all there is to say; `cause` is what SQLite or the system said. */
export class StoreUnusable extends Error {
  override readonly name = 'StoreUnusable'
}

const DAMAGED = (file: string, detail: string): string =>
  `the database ${file} is damaged or no database (${detail}). It has been left as it is. ` +
  `Restore it from a copy, or move it out of the way to begin with an empty one: mv ${file}* /some/other/place. ` +
  'Until then switches go on forwarding with the flows that they have'

const REASONS: readonly (readonly [code: RegExp, sentence: (file: string, detail: string) => string])[] = [
  [/^SQLITE_(?:CORRUPT|NOTADB)/, DAMAGED],
  [
    /^SQLITE_BUSY/,
    (file) =>
      `the database ${file} is kept locked by another process. ` +
      `Stop that (\`fuser ${file}\` shows it), or choose another file with --db`,
  ],
  [
    /^SQLITE_FULL|^ENOSPC/,
    (file) => `the database ${file} cannot be opened because its disk is full. Make room and start again`,
  ],
  [
    /^SQLITE_(?:CANTOPEN|READONLY|PERM|AUTH)|^E(?:ACCES|PERM|ROFS|NOTDIR|EXIST|ISDIR)$/,
    (file, detail) =>
      `the database ${file} cannot be opened (${detail}). The user that runs this program needs the right to read and ` +
      'write the file and its directory; another place is chosen with --db',
  ],
  [
    /^SQLITE_IOERR|^EIO$/,
    (file, detail) =>
      `the database ${file} cannot be read: its disk fails (${detail}). It has been left as it is`,
  ],
]

/** @returns `error` itself when it is not about the file */
export const explainUnusable = (error: unknown, file: string): unknown => {
  const { code, message } = error as { readonly code?: unknown; readonly message: string }
  const sentence = REASONS.find(([pattern]) => pattern.test(String(code)))?.[1]
  if (sentence === undefined) return error
  return new StoreUnusable(sentence(resolve(file), message), { cause: error })
}
