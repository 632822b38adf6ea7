/**
 * What a command is, as data: the parser, the help, the reference and later the completion read the same tree.
 * Names are held with underscores, as the API spells them; people may type `-` or `_`.
 */
import type { Kind, Scalar } from '@openvnet/schema'
import type { Format } from './output/format.ts'
import type { Client } from './server/client.ts'

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
}

export interface Positional {
  readonly name: string
  /** `any`: none or more; `some`: one or more; both only at the end. */
  readonly arity: 'one' | 'optional' | 'any' | 'some'
  readonly kind: Kind<Scalar>
}

/** What the user typed, checked: canonical option names, parsed values. */
export interface Input {
  readonly positionals: readonly string[]
  readonly options: ReadonlyMap<string, Scalar | null>
}

/** What a command may touch. */
export interface Context {
  readonly client: Client
  readonly format: Format
  /** Width of the terminal, or `null` where there is none. */
  readonly width: number | null
  /** Seconds to wait until a write is applied, or `null`. */
  readonly wait: number | null
  readonly stdin: AsyncIterable<string | Uint8Array>
  /** Writes lines to stdout. */
  readonly print: (text: string) => void
  /** Writes a remark to stderr: one line. */
  readonly remark: (text: string) => void
  /**
   * Runs another command line with the global options of this one.
   * @throws {Failure}
   */
  readonly execute: (argv: readonly string[]) => Promise<void>
}

export interface Command {
  /** The usual name first. */
  readonly names: readonly [string, ...string[]]
  readonly help: string
  readonly positionals: readonly Positional[]
  readonly options: readonly CommandOption[]
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
