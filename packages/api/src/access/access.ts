/**
 * Who may ask: the tokens of a file, as it is now. A file that has become unusable changes nothing: those who could ask
 * still can, and the log says what is wrong with it.
 */
import type { Logger } from 'pino'
import { bearerToken, findEntry, type TokenEntry } from './token.ts'
import { readTokenFile } from './token_file.ts'
import { watchFiles } from './watch.ts'

export interface Access {
  /** @returns `null` when the header holds no token of the file */
  identify(authorization: string | undefined): TokenEntry | null
  /** Whether what `identify` returned is still in the file. */
  isValid(entry: TokenEntry): boolean
  /** Calls `handler` whenever the tokens changed; returns the function that ends it. */
  onChange(handler: () => void): () => void
  /** Reads the file again. */
  reload(): void
  close(): void
}

/** @throws {UnusableFile} */
export const openAccess = (file: string, log: Logger): Access => {
  const read = (): readonly TokenEntry[] => {
    const { entries, isReadable } = readTokenFile(file)
    if (isReadable) log.warn({ file }, 'others can read the names of tokens; run chmod 600 on the file')
    if (entries.length === 0) log.warn({ file }, 'there are no tokens: nobody can use the API')
    return entries
  }
  let entries = read()
  const handlers = new Set<() => void>()
  const reload = (): void => {
    try {
      entries = read()
    } catch (error) {
      log.error({ err: error, file }, 'the tokens cannot be read again; those read before still count')
      return
    }
    log.info({ file, tokens: entries.length }, 'tokens read again')
    for (const handler of [...handlers]) handler()
  }
  const unwatch = watchFiles([file], reload)
  return {
    identify: (authorization) => {
      const token = bearerToken(authorization)
      return token === null ? null : (findEntry(token, entries) ?? null)
    },
    isValid: ({ name, role, digest }) =>
      entries.some((entry) => entry.name === name && entry.role === role && entry.digest.equals(digest)),
    onChange: (handler) => {
      handlers.add(handler)
      return () => void handlers.delete(handler)
    },
    reload,
    close: () => {
      unwatch()
      handlers.clear()
    },
  }
}
