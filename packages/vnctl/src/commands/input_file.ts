/** The text of a file that a command is given, or of stdin. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '../command.ts'
import { EXIT, Failure } from '../failure.ts'
import { readAll } from '../stdin.ts'

const STDIN = '-'

/** How messages call it. */
export const sourceName = (file: string = STDIN): string => (file === STDIN ? 'stdin' : file)

const IS_DECLARATION = /\.(?:ya?ml|json)$/

const inDirectory = async (directory: string): Promise<string[]> => {
  const names = (await readdir(directory)).filter((name) => IS_DECLARATION.test(name)).sort()
  if (names.length > 0) return names.map((name) => join(directory, name))
  throw new Failure(EXIT.other, `there is no .yaml, .yml or .json in ${directory}`)
}

/** The files that are named, in place of a directory those in it, by name. @throws {Failure} */
export const filesIn = async (names: readonly string[]): Promise<string[]> => {
  const found: string[] = []
  for (const name of names) {
    const isDirectory = name !== STDIN && (await stat(name).catch(() => null))?.isDirectory() === true
    found.push(...(isDirectory ? await inDirectory(name) : [name]))
  }
  return found
}

/** @param file `-` or absent for stdin. @throws {Failure} when it cannot be read */
export const readInput = async (file: string | undefined, { stdin }: Context): Promise<string> => {
  if (file === undefined || file === STDIN) return readAll(stdin)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no such file' : message
    throw new Failure(EXIT.other, `cannot read ${file}: ${reason}`)
  }
}
