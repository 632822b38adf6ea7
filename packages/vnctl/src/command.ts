/**
 * What a command is, as data: the parser, the help, the reference and later the completion read the same tree.
 * Names are held with underscores, as the API spells them; people may type `-` or `_`.
 */
import type { Kind, Scalar } from '@openvnet/schema'
import type { Format } from './output/format.ts'
import type { Paint } from './output/paint.ts'
import type { Client, Request } from './server/client.ts'
import type { Choice, Environment } from './settings/settings.ts'

export interface CommandOption {
  readonly name: string
  /** Other names; one letter is a short option (`-o`). */
  readonly aliases: readonly string[]
  readonly help: string
  readonly kind: Kind<Scalar>
  readonly required: boolean
  /** An empty value means none. */
  readonly nullable?: boolean
  /** The value when none is typed; makes the value optional. */
  readonly bare?: Scalar
  /** Stored by the server when the option is absent. */
  readonly default?: Scalar
  /** Accepted and without effect, for this reason. */
  readonly obsolete?: string
  /** Known but refused here, for this reason. */
  readonly refused?: string
  /** May be typed several times: the value is the list. */
  readonly repeats?: true
  /** The option that takes the number behind a slash: `10.0.0.0/24` gives both. */
  readonly prefix?: string
}

export type OptionValue = Scalar | null | readonly Scalar[]
export type OptionValues = ReadonlyMap<string, OptionValue>

export interface Positional {
  readonly name: string
  /** `any`: none or more; `some`: one or more; both only at the end. */
  readonly arity: 'one' | 'optional' | 'any' | 'some'
  readonly kind: Kind<Scalar>
  /** The option that it is another way to give: it counts as that. */
  readonly option?: string
}

/** What the user typed, checked: canonical option names, parsed values. */
export interface Input {
  readonly positionals: readonly string[]
  readonly options: OptionValues
  /** The user wants to see every change. */
  readonly watch?: boolean
}

/** What a command may touch. */
/** What the user wants to see of a list. */
export interface View {
  /** Names of columns; `null` for the usual ones. */
  readonly columns: readonly string[] | null
  /** Name of a column, with `-` before it for the other direction. */
  readonly sort: string | null
}

export interface Context {
  /** Made when it is first used. */
  readonly client: Client
  readonly choice: Choice
  readonly env: Environment
  readonly format: Format
  readonly view: View
  readonly paint: Paint
  /** Whether stdout is a terminal. */
  readonly terminal: boolean
  /** Width of the terminal, or `null` where there is none. */
  readonly width: number | null
  /** Seconds to wait until a write is applied, or `null`. */
  readonly wait: number | null
  /** Nothing is changed, only said. */
  readonly dryRun: boolean
  /** Takes the writes of a dry run in place of the server, to be tried together; `null`: each is tried by itself. */
  readonly collect: ((request: Request) => void) | null
  /** Nobody is to be asked. */
  readonly yes: boolean
  /** Asks a question with the answers yes and no; `null` where nobody can answer or `--yes` did. */
  readonly confirm: ((question: string) => Promise<boolean>) | null
  /** Ends what goes on for ever. */
  readonly signal: AbortSignal
  readonly stdin: AsyncIterable<string | Uint8Array>
  /** Writes lines to stdout. */
  readonly print: (text: string) => void
  /** Writes a remark to stderr: one line. */
  readonly remark: (text: string) => void
  /**
   * Runs another command line with the global options of this one.
   * @param collect takes its writes when this is a dry run
   * @throws {Failure}
   */
  readonly execute: (argv: readonly string[], collect?: (request: Request) => void) => Promise<void>
}

export interface Command {
  /** The usual name first. */
  readonly names: readonly [string, ...string[]]
  readonly help: string
  readonly positionals: readonly Positional[]
  readonly options: readonly CommandOption[]
  /** Asks no server and reads no settings. */
  readonly offline?: true
  /** Not in help: for programs. */
  readonly hidden?: true
  /** @throws {Failure} */
  readonly run: (input: Input, context: Context) => Promise<void>
}

export interface CommandGroup {
  readonly names: readonly [string, ...string[]]
  readonly help: string
  readonly commands: readonly Command[]
  readonly groups: readonly CommandGroup[]
}

/** Any spelling of a name to the one that is held: `Network-Services` → `network_services`. */
export const canonical = (word: string): string => word.toLowerCase().replaceAll('-', '_')

/** The spelling that help and errors show: `network_services` → `network-services`. */
export const shown = (name: string): string => name.replaceAll('_', '-')

export const optionText = (name: string): string => (name.length === 1 ? `-${name}` : `--${shown(name)}`)
