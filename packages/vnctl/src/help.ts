/** The text of `--help`, for a group and for a command. */
import { type Command, type CommandGroup, type CommandOption, optionText, shown } from './command.ts'
import { GLOBAL_OPTIONS } from './globals.ts'
import { layOut } from './output/table.ts'

const ARITY = { one: ['', ''], optional: ['[', ']'], any: ['[', '...]'], some: ['', '...'] } as const

/** `UUID`, `[UUID]`, `[UUID...]`, `UUID...` */
export const positionalText = ({ name, arity }: Command['positionals'][number]): string =>
  `${ARITY[arity][0]}${name}${ARITY[arity][1]}`

const valueText = ({ kind, bare }: CommandOption): string => {
  if (bare === true) return ''
  const words = 'values' in kind ? (kind.values as readonly string[]).join('|') : kind.name.replace(/ /g, '-')
  return bare === undefined ? ` ${words}` : `[=${words}]`
}

/** `--ipv4-prefix integer` with its other names. */
export const optionSyntax = (option: CommandOption): string => {
  const names = [...option.aliases.filter((alias) => alias.length === 1), option.name]
  return `${names.map(optionText).join(', ')}${valueText(option)}`
}

/** The help of an option with what else is to know: required, default, other names. */
export const optionHelp = ({ help, required, default: fallback, aliases }: CommandOption): string => {
  const others = aliases.filter((alias) => alias.length > 1).map(optionText)
  const remarks = [
    ...(required ? ['required'] : []),
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
    ...(others.length === 0 ? [] : [`also ${others.join(', ')}`]),
  ]
  return remarks.length === 0 ? help : `${help} (${remarks.join('; ')})`
}

/** The options that help shows: those that do something here. */
export const visibleOptions = ({ options }: Command): CommandOption[] =>
  options.filter(({ obsolete, refused }) => obsolete === undefined && refused === undefined)

/** Two aligned columns without a heading. */
const list = (entries: readonly (readonly [string, string])[]): string =>
  entries.length === 0
    ? ''
    : layOut(
        [{ header: '' }, { header: '' }],
        entries.map(([name, help]) => [`  ${name}`, help]),
        null,
      ).slice(1)

const section = (title: string, entries: readonly (readonly [string, string])[]): string[] =>
  entries.length === 0 ? [] : ['', `${title}:`, list(entries)]

const optionEntries = (options: readonly CommandOption[]): [string, string][] =>
  options.map((option) => [optionSyntax(option), optionHelp(option)])

export const commandHelp = (command: Command, path: readonly string[]): string => {
  const usage = ['vnctl', ...path, ...command.positionals.map(positionalText)].join(' ')
  const others = command.names.slice(1).map(shown).join(', ')
  return [
    command.help,
    '',
    `Usage: ${usage} [OPTIONS]`,
    ...(others === '' ? [] : [`Also:  ${others}`]),
    ...section('Options', optionEntries(visibleOptions(command))),
    ...section('Options of every command', optionEntries(GLOBAL_OPTIONS)),
  ].join('\n')
}

export const groupHelp = (group: CommandGroup, path: readonly string[]): string => {
  const entry = ({ names, help }: Command | CommandGroup) => [shown(names[0]), help] as const
  const prefix = ['vnctl', ...path].join(' ')
  return [
    group.help,
    '',
    `Usage: ${prefix} ${group.commands.length > 0 && group.groups.length > 0 ? '[NAMESPACE] ' : ''}COMMAND [OPTIONS]`,
    ...section('Commands', group.commands.map(entry)),
    ...section(path.length === 0 ? 'Namespaces' : 'Relations', group.groups.map(entry)),
    ...section('Options of every command', optionEntries(GLOBAL_OPTIONS)),
    '',
    `\`${prefix} ${path.length === 0 ? 'NAMESPACE ' : ''}COMMAND --help\` explains one command. Names may be plural or singular, with - or _.`,
  ].join('\n')
}
