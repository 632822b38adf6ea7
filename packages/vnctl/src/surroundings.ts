/** The context of one command: what its line and the world say, with the client made when it is first used. */
import { type Context, type OptionValues, optionText } from './command.ts'
import { EXIT, Failure } from './failure.ts'
import { type Format, formatNamed } from './output/format.ts'
import { createPaint } from './output/paint.ts'
import { type Client, createClient } from './server/client.ts'
import { readSettings } from './settings/settings.ts'

/** The world as the program sees it. */
export interface Io {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly stdin: AsyncIterable<string | Uint8Array>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Width of the terminal, or `null` where stdout is none. */
  readonly width: number | null
  /** Whether stdout shows colours. */
  readonly color?: boolean
  /** Asks a person; absent where there is none. */
  readonly ask?: (question: string) => Promise<string>
  /** Ends what goes on for ever. */
  readonly signal?: AbortSignal
}

/** One line that cannot move the cursor, whatever a server put into it. */
export const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ')

const outputFormat = (options: OptionValues, configured: string | null): Format => {
  const format = formatNamed(String(options.get('output') ?? configured ?? 'table'))
  if (format !== null) return format
  throw new Failure(EXIT.usage, `output_format '${configured}' of the configuration file is not yml or json`)
}

const text = (options: OptionValues, name: string): string | undefined => {
  const value = options.get(name)
  return value === undefined || value === null ? undefined : String(value)
}

const confirming = (options: OptionValues, { ask }: Io): Context['confirm'] => {
  if (ask === undefined || options.get('yes') === true) return null
  return async (question) => /^y(es)?$/i.test((await ask(`${question} [y/N] `)).trim())
}

export interface Surroundings {
  /** All options, those of the surroundings among them. */
  readonly options: OptionValues
  readonly typed: ReadonlyMap<string, string>
  readonly offline: boolean
  readonly io: Io
  readonly execute: Context['execute']
  readonly collect: Context['collect']
}

/** @throws {Failure} when the settings cannot be understood */
export const createContext = ({ options, typed, offline, io, execute, collect }: Surroundings): Context => {
  const choice = { server: text(options, 'server'), cloud: text(options, 'cloud') }
  const settings = offline ? null : readSettings(choice, io.env)
  const spell = (parameter: string) => typed.get(parameter) ?? optionText(parameter)
  let client: Client | undefined
  return {
    get client() {
      client ??= createClient({ ...(settings ?? readSettings(choice, io.env)), spell })
      return client
    },
    choice,
    env: io.env,
    format: outputFormat(options, settings?.outputFormat ?? null),
    view: {
      columns: text(options, 'columns')?.split(',') ?? null,
      sort: text(options, 'sort') ?? null,
    },
    paint: createPaint(io.color === true),
    terminal: io.width !== null,
    width: io.width,
    wait: (options.get('wait') as number | undefined) ?? null,
    dryRun: options.get('dry_run') === true,
    collect,
    yes: options.get('yes') === true,
    confirm: confirming(options, io),
    signal: io.signal ?? new AbortController().signal,
    stdin: io.stdin,
    print: (line) => io.stdout(`${line}\n`),
    remark: (line) => io.stderr(`${oneLine(line)}\n`),
    execute,
  }
}
