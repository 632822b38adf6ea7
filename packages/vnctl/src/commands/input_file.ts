/** The text of a file that a command is given, or of stdin. */
import { readFile } from 'node:fs/promises'
import type { Context } from '../command.ts'
import { EXIT, Failure } from '../failure.ts'
import { readAll } from '../stdin.ts'

const STDIN = '-'

/** How messages call it. */
export const sourceName = (file: string = STDIN): string => (file === STDIN ? 'stdin' : file)

/** @param file `-` or absent for stdin. @throws {Failure} when it cannot be read */
export const readInput = async (file: string | undefined, { stdin }: Context): Promise<string> => {
  if (file === undefined || file === STDIN) return readAll(stdin)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Failure(EXIT.other, `cannot read ${file}: ${(error as Error).message}`)
  }
}
