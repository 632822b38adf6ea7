/**
 * `vnctl batch [FILE]`: one command per line, each by itself; it stops at the first that fails.
 * `vnctl batch --file FILE`: operations of the API, in JSON or YAML, all or nothing (`batch_operations.ts`).
 */
import { text } from '@openvnet/schema'
import type { Command, Context } from '../command.ts'
import type { Operation } from '../declaration/operations.ts'
import { EXIT, Failure } from '../failure.ts'
import { DELETE_OPTIONS } from '../globals.ts'
import type { Values } from '../model/model.ts'
import type { Request } from '../server/client.ts'
import { runOperations } from './batch_operations.ts'
import { readInput, sourceName } from './input_file.ts'
import { splitWords } from './words.ts'

interface Line {
  /** From 1. */
  readonly number: number
  readonly text: string
}

const commandLines = (content: string): Line[] =>
  content
    .split('\n')
    .map((line, index) => ({ number: index + 1, text: line.trim() }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'))

type Collect = (request: Request) => void

const runLine = async (line: string, context: Context, collect?: Collect): Promise<void> => {
  const words = splitWords(line)
  const argv = words[0] === 'vnctl' ? words.slice(1) : words
  if (argv.includes('batch')) throw new Failure(EXIT.usage, 'a batch cannot run a batch')
  await context.execute(argv, collect)
}

const counted = (number: number): string => (number === 1 ? '1 command' : `${number} commands`)

/** What became of the other lines, so that nobody has to find out. */
const remainder = (done: number, left: number): string => {
  const before = done === 0 ? 'nothing before it was run' : `${counted(done)} before it stood`
  return left === 0 ? `it was the last; ${before}` : `stopped: ${counted(left)} after it not run; ${before}`
}

/** A request that writes, as an operation of a batch. */
const operationOf = ({ method, path, body }: Request): Operation => ({
  method: method as Operation['method'],
  path: path.join('/'),
  ...(body === undefined ? {} : { body: body as Values }),
})

/** The lines of a dry run are tried together: a later one may need what an earlier one makes. */
const tryLines = async (file: string | undefined, context: Context): Promise<void> => {
  const requests: Request[] = []
  await eachLine(file, context, (request) => requests.push(request))
  const { batchRequest, rehearse, showRehearsal } = await import('../server/rehearsal.ts')
  const request = { ...batchRequest(requests.map(operationOf)), verbatim: true }
  await showRehearsal(context, await rehearse(context, request))
}

const eachLine = async (file: string | undefined, context: Context, collect?: Collect): Promise<void> => {
  const lines = commandLines(await readInput(file, context))
  for (const [index, { number, text }] of lines.entries()) {
    try {
      await runLine(text, context, collect)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const rest = remainder(index, lines.length - index - 1)
      throw new Failure(error.exit, `${sourceName(file)}:${number}: ${error.message} (${rest})`)
    }
  }
}

export const batchCommand: Command = {
  names: ['batch'],
  help:
    'Runs one command per line of FILE or stdin, and stops at the first that fails; skips blank lines and lines that ' +
    'begin with #. With --file instead: many writes at once, all or nothing.',
  positionals: [{ name: 'FILE', arity: 'optional', kind: text }],
  options: [
    ...DELETE_OPTIONS,
    {
      name: 'file',
      aliases: ['f'],
      help: 'A list of operations (method, path, body) in JSON or YAML, - for stdin: one transaction, all or nothing.',
      kind: text,
      required: false,
    },
  ],
  run: async ({ positionals: [lines], options }, context) => {
    const operations = options.get('file')
    if (typeof operations !== 'string')
      return context.dryRun ? tryLines(lines, context) : eachLine(lines, context)
    if (lines !== undefined) {
      throw new Failure(EXIT.usage, `two files are given: commands in ${lines}, operations in ${operations}`)
    }
    return runOperations(operations, context)
  },
}
