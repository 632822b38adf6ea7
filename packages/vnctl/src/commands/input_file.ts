/** The text of a file that a command is given, or of stdin. */
import { readFile } from 'node:fs/promises'
import type { Context } from '../command.ts'
import { EXIT, Failure } from '../failure.ts'

const STDIN = '-'

const readAll = async (stdin: Context['stdin']): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

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
