/** What may come next on a command line that is being typed: names of the tree, options, their values, uuids of the server. */
import { type Kind, nearest, type Scalar } from '@openvnet/schema'
import {
  type Command,
  type CommandGroup,
  type CommandOption,
  canonical,
  optionText,
  shown,
} from '../command.ts'
import { resourceNamed } from '../from_schema/resources.ts'
import { GLOBAL_OPTIONS } from '../globals.ts'
import { RESOURCE_LIST } from '../model/model.ts'
import { rowsOf } from '../output/row.ts'
import type { Client } from '../server/client.ts'

/** Where the words before the last one lead. */
interface Position {
  readonly group: CommandGroup
  readonly command: Command | null
  readonly positionals: readonly string[]
  /** The option whose value comes next. */
  readonly open: CommandOption | null
}

const optionsOf = (command: Command | null): CommandOption[] =>
  [...GLOBAL_OPTIONS, ...(command?.options ?? [])].filter(
    ({ obsolete, refused }) => obsolete === undefined && refused === undefined,
  )

const optionNamed = (command: Command | null, word: string): CommandOption | undefined => {
  const name = canonical(word.replace(/^--?/, ''))
  return optionsOf(command).find((option) => option.name === name || option.aliases.includes(name))
}

const entryOf = (group: CommandGroup, word: string): Command | CommandGroup | undefined =>
  [...group.groups, ...group.commands].find(({ names }) => names.includes(canonical(word)))

const step = (position: Position, word: string): Position => {
  const { group, command, open } = position
  if (open !== null) return { ...position, open: null }
  if (word.startsWith('-')) {
    const option = word.includes('=') ? undefined : optionNamed(command, word)
    return { ...position, open: option !== undefined && option.bare === undefined ? option : null }
  }
  if (command !== null) return { ...position, positionals: [...position.positionals, word] }
  const entry = entryOf(group, word)
  if (entry === undefined) return position
  return 'run' in entry ? { ...position, command: entry } : { ...position, group: entry }
}

/** The uuids of a kind; none where the server does not answer. */
const uuidsOf = async (kind: Kind<Scalar>, position: Position, client: () => Client): Promise<string[]> => {
  const resource = RESOURCE_LIST.find(({ prefix }) => prefix !== null && prefix === kind.prefix)
  if (resource === undefined) return []
  const base =
    resource.parent === undefined
      ? []
      : [resourceNamed(resource.parent).collection, position.positionals[0] ?? '']
  try {
    const request = { method: 'GET', path: [...base, resource.collection], query: { limit: '1000' } } as const
    return rowsOf((await client().send(request)).value).map((row) => String(row['uuid']))
  } catch {
    return []
  }
}

const valuesOf = async (kind: Kind<Scalar>, position: Position, client: () => Client): Promise<string[]> => {
  if ('values' in kind) return [...(kind.values as readonly string[])]
  if (kind.name === 'boolean') return ['true', 'false']
  return kind.prefix === undefined ? [] : uuidsOf(kind, position, client)
}

const positionalKind = ({ command, positionals }: Position): Kind<Scalar> | undefined => {
  const expected = command?.positionals ?? []
  const last = expected.at(-1)
  const repeats = last?.arity === 'any' || last?.arity === 'some'
  return (expected[positionals.length] ?? (repeats ? last : undefined))?.kind
}

const namesIn = ({ group }: Position): string[] =>
  [...group.groups, ...group.commands.filter(({ hidden }) => hidden !== true)].map(({ names }) =>
    shown(names[0]),
  )

const wordsFor = async (position: Position, partial: string, client: () => Client): Promise<string[]> => {
  const { command, open } = position
  if (open !== null) return valuesOf(open.kind, position, client)
  const attached = /^(--[\w-]+=)/.exec(partial)?.[1]
  if (attached !== undefined) {
    const option = optionNamed(command, attached.slice(0, -1))
    const values = option === undefined ? [] : await valuesOf(option.kind, position, client)
    return values.map((value) => attached + value)
  }
  if (partial.startsWith('-')) return optionsOf(command).map(({ name }) => optionText(name))
  if (command === null) return namesIn(position)
  const kind = positionalKind(position)
  return kind === undefined ? [] : valuesOf(kind, position, client)
}

/**
 * @param words those behind `vnctl`, the one that is being typed last
 * @param client made when a uuid is asked for
 */
export const candidates = async (
  root: CommandGroup,
  words: readonly string[],
  client: () => Client,
): Promise<string[]> => {
  const partial = words.at(-1) ?? ''
  // Shells of which `=` is a word of its own.
  const before = words.slice(0, -1).filter((word) => word !== '=')
  const start: Position = { group: root, command: null, positionals: [], open: null }
  const position = before.reduce(step, start)
  const all = await wordsFor(position, partial === '=' ? '' : partial, client)
  const spelt = (word: string) => canonical(word)
  const fitting = all.filter((word) => spelt(word).startsWith(spelt(partial === '=' ? '' : partial)))
  const guess = fitting.length === 0 ? nearest(partial, all) : undefined
  return guess === undefined ? fitting : [guess]
}
