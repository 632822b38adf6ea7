/**
 * Reading files that decide who may do what: what was checked is what is read (one descriptor), and a file that
 * others than its reader and root could have written is not taken.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'

/** A file that cannot be used; the message is for the user: which file, what is wrong, what to do. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile'
}

export interface OwnedFile {
  readonly text: string
  /** Whether users other than the owner may read it. */
  readonly isReadable: boolean
}

const OTHERS_WRITE = 0o022
const OTHERS_READ = 0o044
/** More than any of these files needs; a device or a mistake is not read to its end. */
const LONGEST = 1_048_576

const sentenceOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ENOENT' ? 'there is no such file' : message
}

const check = (file: string, descriptor: number, isEditing: boolean): boolean => {
  const stat = fstatSync(descriptor)
  const { mode, uid, size } = stat
  const own = process.getuid?.() ?? uid
  if (!stat.isFile()) throw new UnusableFile(`${file}: not a file`)
  if (size > LONGEST) throw new UnusableFile(`${file}: longer than ${LONGEST} octets`)
  if (uid !== own && uid !== 0 && !(isEditing && own === 0))
    throw new UnusableFile(
      `${file} belongs to user ${uid}, who could change it; run \`chown ${own} ${file}\``,
    )
  if ((mode & OTHERS_WRITE) !== 0)
    throw new UnusableFile(`${file} can be written by others; run \`chmod 600 ${file}\``)
  return (mode & OTHERS_READ) !== 0
}

/**
 * @param isEditing it is read to be changed: root may do that for others
 * @throws {UnusableFile}
 */
export const readOwnedFile = (file: string, isEditing = false): OwnedFile => {
  let descriptor: number | undefined
  try {
    // Not blocking: a pipe would hold up everything until somebody writes.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    const isReadable = check(file, descriptor, isEditing)
    return { text: readFileSync(descriptor, 'utf8'), isReadable }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new UnusableFile(`${file}: ${sentenceOf(error)}`, { cause: error })
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
