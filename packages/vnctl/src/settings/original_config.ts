/** The original's configuration file of `vnctl`: lines `key 'value'`; the first file that exists counts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, Failure } from '../failure.ts'

export interface OriginalConfig {
  /** The file that was read; empty when there is none. */
  readonly file: string
  readonly values: ReadonlyMap<string, string>
}

const LINE = /^(\w+)[\s=]+(?:'([^']*)'|"([^"]*)"|([^\s'"#]+))\s*(?:#.*)?$/

const readIfThere = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new Failure(EXIT.other, `cannot read the configuration file ${file}: ${message}`)
  }
}

/** @throws {Failure} naming the line that is none */
export const parseOriginalConfig = (file: string, content: string): OriginalConfig => {
  const values = new Map<string, string>()
  for (const [index, raw] of content.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const [, key, single, double, plain] = LINE.exec(line) ?? []
    const value = single ?? double ?? plain
    if (key === undefined || value === undefined) {
      throw new Failure(EXIT.usage, `${file}:${index + 1}: '${line}' is not of the form key 'value'`)
    }
    values.set(key, value)
  }
  return { file, values }
}

/** @param home the user's directory; without it only the machine's file is looked at */
export const readOriginalConfig = (home: string | undefined): OriginalConfig => {
  const own = home ? [join(home, '.vnctlrc'), join(home, '.vnctl.conf')] : []
  for (const file of [...own, '/etc/openvnet/vnctl.conf', '/etc/wakame-vnet/vnctl.conf']) {
    const content = readIfThere(file)
    if (content !== null) return parseOriginalConfig(file, content)
  }
  return { file: '', values: new Map() }
}
