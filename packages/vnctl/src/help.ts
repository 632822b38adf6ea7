/** The text of `--help`, for a group and for a command. */
import { type Command, type CommandGroup, type CommandOption, optionText, shown } from './command.ts'
import { GLOBAL_OPTIONS } from './globals.ts'
import { displayWidth, layOut } from './output/table.ts'

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

type Entries = readonly (readonly [string, string])[]

/** Text in lines of at most so many characters; a longer word has a line of its own. */
const wrapped = (text: string, width: number): string[] => {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line === '') lines[lines.length - 1] = word
    else if (displayWidth(line) + 1 + displayWidth(word) <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}

/** Of a terminal that is narrower than this beside the names, nothing is wrapped. */
const NARROWEST = 24

/** Two aligned columns without a heading, the second within the terminal. */
const list = (entries: Entries, width: number | null): string => {
  const room = (width ?? 0) - Math.max(...entries.map(([name]) => displayWidth(name))) - 4
  const rows = entries.flatMap(([name, help]) =>
    room < NARROWEST
      ? [[`  ${name}`, help]]
      : wrapped(help, room).map((line, index) => [index === 0 ? `  ${name}` : '', line]),
  )
  return layOut([{ header: '' }, { header: '' }], rows, null).slice(1)
}

const section = (title: string, entries: Entries, width: number | null): string[] =>
  entries.length === 0 ? [] : ['', `${title}:`, list(entries, width)]

const optionEntries = (options: readonly CommandOption[]): [string, string][] =>
  options.map((option) => [optionSyntax(option), optionHelp(option)])

/** @param width columns of the terminal; `null` for as wide as needed */
export const commandHelp = (command: Command, path: readonly string[], width: number | null): string => {
  const usage = ['vnctl', ...path, ...command.positionals.map(positionalText)].join(' ')
  const others = command.names.slice(1).map(shown).join(', ')
  return [
    ...wrapped(command.help, width ?? Number.POSITIVE_INFINITY),
    '',
    `Usage: ${usage} [OPTIONS]`,
    ...(others === '' ? [] : [`Also:  ${others}`]),
    ...section('Options', optionEntries(visibleOptions(command)), width),
    ...section('Options of every command', optionEntries(GLOBAL_OPTIONS), width),
  ].join('\n')
}

/** @param width columns of the terminal; `null` for as wide as needed */
export const groupHelp = (group: CommandGroup, path: readonly string[], width: number | null): string => {
  const entry = ({ names, help }: Command | CommandGroup) => [shown(names[0]), help] as const
  const prefix = ['vnctl', ...path].join(' ')
  return [
    ...wrapped(group.help, width ?? Number.POSITIVE_INFINITY),
    '',
    `Usage: ${prefix} ${group.commands.length > 0 && group.groups.length > 0 ? '[NAMESPACE] ' : ''}COMMAND [OPTIONS]`,
    ...section('Commands', group.commands.map(entry), width),
    ...section(path.length === 0 ? 'Namespaces' : 'Relations', group.groups.map(entry), width),
    ...section('Options of every command', optionEntries(GLOBAL_OPTIONS), width),
    '',
    `\`${prefix} ${path.length === 0 ? 'NAMESPACE ' : ''}COMMAND --help\` explains one command. Names may be plural or singular, with - or _.`,
  ].join('\n')
}
