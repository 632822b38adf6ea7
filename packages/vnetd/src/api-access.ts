/**
 * What a controller of its own shows an API that asks for tokens, and whom it trusts. The token is read again when its
 * file changes, so that it can be exchanged without a restart.
 */
import { readFileSync } from 'node:fs'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { readOwnedFile, UnusableFile, watchFiles } from '@openvnet/api'
import type { Logger } from 'pino'
import { StartError } from './listen-error.ts'
import type { VnetdOptions } from './options/options.ts'

export interface ApiToken {
  /** `null`: none. */
  current(): string | null
  reload(): void
  close(): void
}

const readToken = (file: string): string => {
  const { text, isReadable } = readOwnedFile(file)
  if (isReadable)
    throw new UnusableFile(`${file} holds a token and others may read it; run \`chmod 600 ${file}\``)
  const token = text.split('\n')[0]?.trim() ?? ''
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UnusableFile(`${file}: its first line is not a token`)
  return token
}

/** @throws {UnusableFile} */
export function followApiToken({ apiTokenFile: file, apiToken }: VnetdOptions, log: Logger): ApiToken {
  let token = file === null ? apiToken : readToken(file)
  const reload = (): void => {
    if (file === null) return
    try {
      token = readToken(file)
      log.info({ file }, 'the token for the API read again')
    } catch (error) {
      log.error({ err: error, file }, 'the token for the API cannot be read again; the one before is used')
    }
  }
  return { current: () => token, reload, close: file === null ? () => undefined : watchFiles([file], reload) }
}

/** From now on this process trusts the authorities in that file too. @throws {StartError} */
export function trustAuthority(file: string): void {
  try {
    setDefaultCACertificates([...getCACertificates('default'), readFileSync(file, 'utf8')])
  } catch (error) {
    throw new StartError(`--api-ca ${file}: ${(error as Error).message}`, { cause: error })
  }
}
