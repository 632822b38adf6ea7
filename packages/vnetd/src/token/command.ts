/**
 * `vnetd token add|list|remove`: the token file without an editor. A token is shown once, alone on stdout; what there is
 * to know about it goes to stderr. Nothing that runs has to be told: vnetd reads the file again when it changes.
 */
import {
  addToFile,
  formatEntry,
  makeToken,
  ROLES,
  type Role,
  readTokenFile,
  removeFromFile,
  TOKEN_NAME,
} from '@openvnet/api'
import { Command, CommanderError, Option } from 'commander'
import { UsageError } from '../options/usage-error.ts'

export interface Output {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
}

interface Chosen {
  readonly role: Role
  readonly tokenFile?: string
}

const add = (name: string, { role, tokenFile }: Chosen, { stdout, stderr }: Output): void => {
  if (!TOKEN_NAME.test(name))
    throw new UsageError(`'${name}' is no name for a token: letters, digits and . _ @ -, at most 64`)
  const { token, entry } = makeToken(name, role)
  if (tokenFile === undefined)
    stderr(
      `The line for the token file, which only vnetd should be able to write (chmod 600):\n\n  ${formatEntry(entry)}\n`,
    )
  else {
    addToFile(tokenFile, entry)
    stderr(`Added ${name} (${role}) to ${tokenFile}.`)
  }
  stderr('The token, which is shown this once: token in secure.yaml of vnctl, or VNCTL_TOKEN.')
  stdout(token)
}

const list = ({ tokenFile = '' }: Chosen, { stdout }: Output): void => {
  for (const { name, role } of readTokenFile(tokenFile).entries) stdout(`${name}  ${role}`)
}

const remove = (name: string, { tokenFile = '' }: Chosen, { stderr }: Output): void => {
  removeFromFile(tokenFile, name)
  stderr(`Removed ${name} from ${tokenFile}; a vnetd that uses it takes note within two seconds.`)
}

const describe = (output: Output): Command => {
  const file = (): Option => new Option('--token-file <FILE>', 'the token file').env('VNETD_TOKEN_FILE')
  const role = new Option('--role <ROLE>', 'what it may do').choices(ROLES).default('admin')
  const command = new Command('vnetd token').description('Tokens for the REST API (vnetd --token-file FILE).')
  command
    .command('add <NAME>')
    .description(
      'make a token, show it once, and add its hash to the file; without a file show the line for it',
    )
    .addOption(role)
    .addOption(file())
    .action((name: string, chosen: Chosen) => add(name, chosen, output))
  command
    .command('list')
    .description('names and roles')
    .addOption(file().makeOptionMandatory())
    .action((chosen: Chosen) => list(chosen, output))
  command
    .command('remove <NAME>')
    .description('take a token away')
    .addOption(file().makeOptionMandatory())
    .action((name: string, chosen: Chosen) => remove(name, chosen, output))
  return command
}

/**
 * @param argv what follows `token`
 * @throws {UsageError}, or UnusableFile for a file that is not what it should be
 */
export const runTokenCommand = (argv: readonly string[], output: Output): void => {
  const command = describe(output)
  const quiet = { writeOut: (text: string) => output.stdout(text.trimEnd()), writeErr: () => {} }
  for (const one of [command, ...command.commands]) one.exitOverride().configureOutput(quiet)
  try {
    command.parse(argv.length === 0 ? ['--help'] : argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return
    throw new UsageError(error.message.replace(/^error: /, '').replaceAll('\n', ' '))
  }
}
