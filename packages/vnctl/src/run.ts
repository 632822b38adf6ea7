/** Runs one command line: parses, finds the server, runs the command, turns failures into a line and an exit code. */
import type { CommandGroup, Context, OptionValue, OptionValues } from './command.ts'
import { EXIT, Failure } from './failure.ts'
import { GLOBAL_OPTIONS, SURROUNDING_NAMES } from './globals.ts'
import { commandHelp, groupHelp } from './help.ts'
import { type ParsedLine, parseLine } from './parse.ts'
import { createClient } from './server/client.ts'
import { readSettings } from './settings/settings.ts'
import { createContext, type Io, oneLine } from './surroundings.ts'
import { createTree } from './tree.ts'

export type { Io } from './surroundings.ts'

const only = (options: OptionValues, keep: (name: string) => boolean): Map<string, OptionValue> =>
  new Map([...options].filter(([name]) => keep(name)))

/** `help datapaths add` is `datapaths add --help`, at every level; `--version` is `version`. */
const withHelp = (argv: readonly string[]): string[] => {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) return ['version']
  const words = argv.filter((word) => word !== 'help')
  const firstOption = argv.findIndex((word) => word.startsWith('-'))
  const at = argv.indexOf('help')
  const isCommand = at !== -1 && at <= 2 && (firstOption === -1 || at < firstOption)
  return isCommand ? [...words, '--help'] : [...argv]
}

const showHelp = (line: ParsedLine, io: Io): void => {
  const { command, group, path } = line
  const { width } = io
  io.stdout(`${command === null ? groupHelp(group, path, width) : commandHelp(command, path, width)}\n`)
}

const incomplete = ({ group, path }: ParsedLine): Failure => {
  const words = [...group.commands, ...group.groups].map(({ names }) => names[0].replaceAll('_', '-'))
  return new Failure(EXIT.usage, `${path.join(' ')}: name a command: ${words.join(', ')}`)
}

/** Runs a line below the options of the surroundings of the line that it belongs to. */
const execute = async (
  argv: readonly string[],
  root: CommandGroup,
  inherited: OptionValues,
  io: Io,
  collect: Context['collect'] = null,
): Promise<void> => {
  const line = parseLine(root, GLOBAL_OPTIONS, withHelp(argv))
  const { command, group, path, positionals, typed } = line
  if (line.options.get('help') === true || (group === root && command === null)) return showHelp(line, io)
  if (command === null) throw incomplete(line)
  const options = new Map([...inherited, ...only(line.options, (name) => SURROUNDING_NAMES.has(name))])
  const context = createContext({
    options,
    typed,
    offline: command.offline === true,
    io,
    execute: (words, collector) => execute(words, root, options, io, collector ?? null),
    collect,
  })
  for (const reason of line.obsolete) context.remark(`${path.join(' ')}: no effect: ${reason}`)
  const own = only(line.options, (name) => !SURROUNDING_NAMES.has(name))
  try {
    await command.run({ positionals, options: own, watch: options.get('watch') === true }, context)
  } catch (error) {
    if (!(error instanceof Failure) || error.isQuiet) throw error
    throw new Failure(error.exit, `${path.join(' ')}: ${error.message}`)
  }
}

/** Prints what may come next; what goes wrong is no concern of somebody who types. */
const complete = async (words: readonly string[], io: Io): Promise<number> => {
  const { candidates } = await import('./completion/candidates.ts')
  const following = (name: string) => words.find((_, index) => words[index - 1] === name)
  const choice = { server: following('--server'), cloud: following('--cloud') }
  const client = () => createClient({ ...readSettings(choice, io.env), spell: (name) => name })
  for (const word of await candidates(createTree(), words, client)) io.stdout(`${word}\n`)
  return EXIT.ok
}

/**
 * @param argv the words behind `vnctl`
 * @returns the exit code; never throws
 */
export const run = async (argv: readonly string[], io: Io): Promise<number> => {
  try {
    if (argv[0] === '__complete') return await complete(argv.slice(1), io)
    await execute(argv, createTree(), new Map(), io)
    return EXIT.ok
  } catch (error) {
    if (error instanceof Failure && error.isQuiet) return error.exit
    const message = error instanceof Error ? error.message : String(error)
    io.stderr(`vnctl: ${error instanceof Failure ? '' : 'internal error: '}${oneLine(message)}\n`)
    return error instanceof Failure ? error.exit : EXIT.other
  }
}
