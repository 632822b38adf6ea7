/**
 * The token file: one token a line, `NAME ROLE sha256:HEX`, and lines that begin with `#`. A line that is anything else
 * makes the whole file unusable: half of it would be a guess at what was meant.
 */
import {
  chmodSync,
  chownSync,
  existsSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { readOwnedFile, UnusableFile } from './owned_file.ts'
import { ROLES, type Role, type TokenEntry } from './token.ts'

/** What a token may be called: it stands in lines, in logs and in labels of metrics. */
export const NAME = /^[A-Za-z0-9][\w.@-]{0,63}$/

const LINE = /^(?<name>\S+)\s+(?<role>\S+)\s+sha256:(?<hex>[0-9a-f]{64})$/

export const formatEntry = ({ name, role, digest }: TokenEntry): string =>
  `${name} ${role} sha256:${digest.toString('hex')}`

const isRole = (text: string): text is Role => ROLES.some((role) => role === text)

const parseLine = (line: string, where: string): TokenEntry => {
  const { name, role, hex } = LINE.exec(line)?.groups ?? {}
  // The line itself is not shown: it may be a token that somebody put there by mistake.
  if (name === undefined || role === undefined || hex === undefined)
    throw new UnusableFile(
      `${where}: not of the form NAME ROLE sha256:HEX; \`vnetd token add\` writes such lines`,
    )
  if (!NAME.test(name))
    throw new UnusableFile(`${where}: the name is not made of letters, digits and . _ @ -`)
  if (!isRole(role)) throw new UnusableFile(`${where}: '${role}' is not a role: ${ROLES.join(' or ')}`)
  return { name, role, digest: Buffer.from(hex, 'hex') }
}

/** @throws {UnusableFile} naming the line */
const parse = (text: string, file: string): TokenEntry[] => {
  const entries = new Map<string, TokenEntry>()
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const where = `${file}:${index + 1}`
    const entry = parseLine(line, where)
    if (entries.has(entry.name)) throw new UnusableFile(`${where}: there is a token ${entry.name} already`)
    entries.set(entry.name, entry)
  }
  return [...entries.values()]
}

export interface TokenFile {
  readonly entries: readonly TokenEntry[]
  /** Whether other users can read the digests: no token follows from them, but the names do. */
  readonly isReadable: boolean
}

/** @throws {UnusableFile} */
export const readTokenFile = (file: string): TokenFile => {
  const { text, isReadable } = readOwnedFile(file)
  return { entries: parse(text, file), isReadable }
}

/** Whoever reads the file finds the old one or the new one, never a part. A link stays one, and an owner the owner. */
const replace = (name: string, text: string): void => {
  const file = existsSync(name) ? realpathSync(name) : name
  const beside = `${file}.${process.pid}.new`
  try {
    writeFileSync(beside, text, { mode: 0o600, flag: 'wx' })
    chmodSync(beside, 0o600)
    if (existsSync(file)) {
      const { uid, gid } = statSync(file)
      if (process.getuid?.() === 0) chownSync(beside, uid, gid)
    }
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw new UnusableFile(`${file} cannot be written: ${(error as Error).message}`, { cause: error })
  }
}

const textOf = (file: string): string => (existsSync(file) ? readOwnedFile(file, true).text : '')

/** Adds a token; the file is made when missing, and is its owner's only from then on. @throws {UnusableFile} */
export const addToFile = (file: string, entry: TokenEntry): void => {
  const text = textOf(file)
  if (parse(text, file).some(({ name }) => name === entry.name))
    throw new UnusableFile(
      `${file}: there is a token ${entry.name} already; remove it first, or choose another name`,
    )
  replace(file, `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${formatEntry(entry)}\n`)
}

/** @throws {UnusableFile} also when there is no such token */
export const removeFromFile = (file: string, name: string): void => {
  const { text } = readOwnedFile(file, true)
  const names = parse(text, file).map((entry) => entry.name)
  if (!names.includes(name))
    throw new UnusableFile(`${file}: there is no token ${name}; there are: ${names.join(', ') || 'none'}`)
  const lines = text.split('\n').filter((line) => line.trim().split(/\s+/)[0] !== name)
  replace(file, lines.join('\n'))
}
