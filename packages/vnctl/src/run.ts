/** Runs one command line: parses, finds the server, runs the command, turns failures into a line and an exit code. */
import type { Scalar } from '@openvnet/schema'
import type { CommandGroup, Context } from './command.ts'
import { EXIT, Failure } from './failure.ts'
import { GLOBAL_OPTIONS } from './globals.ts'
import { commandHelp, groupHelp } from './help.ts'
import { type Format, formatNamed } from './output/format.ts'
import { type ParsedLine, parseLine } from './parse.ts'
import { readSettings } from './server/address.ts'
import { createClient } from './server/client.ts'
import { createTree } from './tree.ts'

/** The world as the program sees it. */
export interface Io {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly stdin: AsyncIterable<string | Uint8Array>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Width of the terminal, or `null` where stdout is none. */
  readonly width: number | null
}

type Options = ReadonlyMap<string, Scalar | null>

const GLOBAL_NAMES = new Set(GLOBAL_OPTIONS.map(({ name }) => name))

const only = (options: Options, keep: (name: string) => boolean): Map<string, Scalar | null> =>
  new Map([...options].filter(([name]) => keep(name)))

/** `help datapaths add` is `datapaths add --help`, at every level. */
const withHelp = (argv: readonly string[]): string[] => {
  const words = argv.filter((word) => word !== 'help')
  const firstOption = argv.findIndex((word) => word.startsWith('-'))
  const at = argv.indexOf('help')
  const isCommand = at !== -1 && at <= 2 && (firstOption === -1 || at < firstOption)
  return isCommand ? [...words, '--help'] : [...argv]
}

const showHelp = (line: ParsedLine, io: Io): void => {
  const { command, group, path } = line
  io.stdout(`${command === null ? groupHelp(group, path) : commandHelp(command, path)}\n`)
}

const incomplete = ({ group, path }: ParsedLine): Failure => {
  const words = [...group.commands, ...group.groups].map(({ names }) => names[0].replaceAll('_', '-'))
  return new Failure(EXIT.usage, `${path.join(' ')}: name a command: ${words.join(', ')}`)
}

const outputFormat = (options: Options, configured: string | null): Format => {
  const format = formatNamed(String(options.get('output') ?? configured ?? 'table'))
  if (format !== null) return format
  throw new Failure(EXIT.usage, `output_format '${configured}' of the configuration file is not yml or json`)
}

const createContext = (options: Options, root: CommandGroup, io: Io): Context => {
  const settings = readSettings(options.get('server') as string | undefined, io.env)
  return {
    client: createClient(settings.api),
    format: outputFormat(options, settings.outputFormat),
    width: io.width,
    wait: (options.get('wait') as number | undefined) ?? null,
    stdin: io.stdin,
    print: (text) => io.stdout(`${text}\n`),
    remark: (text) => io.stderr(`${oneLine(text)}\n`),
    execute: (argv) => execute(argv, root, options, io),
  }
}

/** One line that cannot move the cursor, whatever a server put into it. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ')

/** Runs a line below the global options of the line that it belongs to. */
const execute = async (
  argv: readonly string[],
  root: CommandGroup,
  inherited: Options,
  io: Io,
): Promise<void> => {
  const line = parseLine(root, GLOBAL_OPTIONS, withHelp(argv))
  const { command, group, path, positionals } = line
  if (line.options.get('help') === true || (group === root && command === null)) return showHelp(line, io)
  if (command === null) throw incomplete(line)
  const options = new Map([...inherited, ...only(line.options, (name) => GLOBAL_NAMES.has(name))])
  const context = createContext(options, root, io)
  for (const reason of line.obsolete) context.remark(`${path.join(' ')}: no effect: ${reason}`)
  const own = only(line.options, (name) => !GLOBAL_NAMES.has(name))
  try {
    await command.run({ positionals, options: own }, context)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure(error.exit, `${path.join(' ')}: ${error.message}`)
  }
}

/**
 * @param argv the words behind `vnctl`
 * @returns the exit code; never throws
 */
export const run = async (argv: readonly string[], io: Io): Promise<number> => {
  try {
    await execute(argv, createTree(), new Map(), io)
    return EXIT.ok
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    io.stderr(`vnctl: ${error instanceof Failure ? '' : 'internal error: '}${oneLine(message)}\n`)
    return error instanceof Failure ? error.exit : EXIT.other
  }
}
