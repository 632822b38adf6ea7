/** The command line: which options were typed, and the help. Values are read elsewhere, as those of other origins are. */
import { Command, CommanderError, Option } from 'commander'
import { definition, environmentName, OPTION_KEYS } from './definitions.ts'
import { UsageError } from './usage-error.ts'

export interface CommandLine {
  /** Values as typed, by option name. */
  readonly values: ReadonlyMap<string, readonly string[]>
  /** A text to print instead of running: the help or the version. */
  readonly print: string | null
}

/** @throws {UsageError} when an option is unknown or lacks its value. */
export function parseCommandLine(argv: readonly string[], version: string): CommandLine {
  const values = new Map<string, string[]>()
  let output = ''
  const command = describe(version)
  for (const { name, option } of typedOptions()) {
    command.addOption(
      option.argParser((value: string) => {
        values.set(name, [...(values.get(name) ?? []), value])
      }),
    )
    if (!option.required) command.on(`option:${name}`, () => values.set(name, ['true']))
  }
  command.exitOverride().configureOutput({
    writeOut: (text) => {
      output += text
    },
    writeErr: () => {},
  })
  try {
    command.parse(argv, { from: 'user' })
    return { values, print: null }
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { values, print: output.trimEnd() }
    throw new UsageError(oneLine(error.message))
  }
}

const describe = (version: string): Command =>
  new Command('vnetd')
    .description('Virtual networks on Open vSwitch: the REST API and the OpenFlow controller.')
    .usage('[options]')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .configureHelp({ helpWidth: 110 })
    .allowExcessArguments(false)
    .addHelpText(
      'after',
      `
Each option is also an environment variable (--log-level: ${environmentName('log-level')}; several values are separated
by commas) and a key of the configuration file (log-level: debug). A flag is stronger than the environment, that
than the file.

  vnetd token add NAME --token-file FILE    makes a token and adds it to the file (vnetd token --help)
  ovs-vsctl set-fail-mode br0 secure -- set-controller br0 tcp:127.0.0.1:6633    connects the bridge br0`,
    )

function typedOptions(): { name: string; option: Option }[] {
  const known = OPTION_KEYS.map((key) => {
    const { name, value, help, default: standard, isFlag } = definition(key)
    const text = standard === undefined ? help : `${help} (${[standard].flat().join(', ')})`
    // A flag has its value too, so that all are read alike.
    return { name, option: new Option(isFlag === true ? `--${name}` : `--${name} <${value}>`, text) }
  })
  const config = new Option('--config <FILE>', 'read options from this file, YAML or JSON')
  return [...known, { name: 'config', option: config }]
}

/** `error: unknown option '--htp'\n(Did you mean --http?)` in one line. */
const oneLine = (message: string): string => message.replace(/^error: /, '').replaceAll('\n', ' ')
