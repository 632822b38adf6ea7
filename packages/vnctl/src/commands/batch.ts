/** `vnctl batch [FILE]`: one command per line, stops at the first that fails. */
import { readFile } from 'node:fs/promises'
import { text } from '@openvnet/schema'
import type { Command, Context } from '../command.ts'
import { EXIT, Failure } from '../failure.ts'
import { DELETE_OPTIONS } from '../globals.ts'
import { readAll } from '../stdin.ts'
import { splitWords } from './words.ts'

const readLines = async (file: string | undefined, context: Context): Promise<string[]> => {
  if (file === undefined || file === '-') return (await readAll(context.stdin)).split('\n')
  try {
    return (await readFile(file, 'utf8')).split('\n')
  } catch (error) {
    throw new Failure(EXIT.other, `cannot read ${file}: ${(error as Error).message}`)
  }
}

const runLine = async (line: string, context: Context): Promise<void> => {
  const words = splitWords(line)
  const argv = words[0] === 'vnctl' ? words.slice(1) : words
  if (argv.includes('batch')) throw new Failure(EXIT.usage, 'a batch cannot run a batch')
  await context.execute(argv)
}

export const batchCommand: Command = {
  names: ['batch'],
  help: 'Runs one command per line of FILE or stdin; skips blank lines and lines that begin with #.',
  positionals: [{ name: 'FILE', arity: 'optional', kind: text }],
  options: DELETE_OPTIONS,
  run: async ({ positionals: [file] }, context) => {
    const source = file === undefined || file === '-' ? 'stdin' : file
    for (const [index, raw] of (await readLines(file, context)).entries()) {
      const line = raw.trim()
      if (line === '' || line.startsWith('#')) continue
      try {
        await runLine(line, context)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        throw new Failure(error.exit, `${source}:${index + 1}: ${error.message}`)
      }
    }
  },
}
