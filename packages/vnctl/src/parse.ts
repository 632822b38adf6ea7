/**
 * From words to a command with checked values. Pure.
 * Options may stand anywhere: `--a-b x`, `--a_b x`, `--a-b=x`, `-o x`, `-ox`; booleans `--a`, `--no-a`, `--a false`.
 * `--` ends the options.
 */
import { dpid, type Kind, nearest, type Scalar } from '@openvnet/schema'
import {
  type Command,
  type CommandGroup,
  type CommandOption,
  canonical,
  type Input,
  type OptionValue,
  optionText,
  shown,
} from './command.ts'
import { EXIT, Failure } from './failure.ts'

export interface ParsedLine extends Input {
  /** The words of the command as help shows them, e.g. `datapaths networks add`. */
  readonly path: readonly string[]
  /** The group that was reached when no command was. */
  readonly group: CommandGroup
  readonly command: Command | null
  /** How each option was spelt: its name to what the user typed. */
  readonly typed: ReadonlyMap<string, string>
  /** The options that were typed and mean nothing, with the reason. */
  readonly obsolete: readonly string[]
}

interface State {
  readonly words: string[]
  readonly path: string[]
  readonly positionals: string[]
  readonly options: Map<string, OptionValue>
  readonly typed: Map<string, string>
  readonly obsolete: string[]
  group: CommandGroup
  command: Command | null
}

const inPath = (path: readonly string[], problem: string): string =>
  [path.join(' '), problem].filter((part) => part !== '').join(': ')

const usage = (path: readonly string[], problem: string): Failure =>
  new Failure(EXIT.usage, inPath(path, problem))

const helpHint = (path: readonly string[]): string => `see \`${['vnctl', ...path, '--help'].join(' ')}\``

const suggestion = (word: string, names: readonly string[], path: readonly string[]): string => {
  const name = nearest(word, names)
  return name === undefined ? helpHint(path) : `did you mean ${name}?`
}

type Named = { readonly names: readonly [string, ...string[]] }

/** The entry of that name, else the only one that begins so (the original's CLI allowed abbreviations). */
const named = <T extends Named>(entries: readonly T[], word: string): T | undefined => {
  const exact = entries.find((entry) => entry.names.includes(word))
  if (exact !== undefined) return exact
  const beginning = entries.filter((entry) => entry.names.some((name) => name.startsWith(word)))
  return beginning.length === 1 ? beginning[0] : undefined
}

/** `ip-lease-containers ip-leases ILC` is `ip-lease-containers ip-leases show ILC`, as the original's CLI had it. */
const impliedShow = ({ commands }: CommandGroup, word: string): Command | undefined => {
  const show = commands.find(({ names }) => names.includes('show'))
  const kind = show?.positionals[0]?.kind
  return kind?.prefix !== undefined && kind.parse(word).ok ? show : undefined
}

const descend = (state: State, word: string): void => {
  const { group, path } = state
  const entry = named<Command | CommandGroup>([...group.groups, ...group.commands], canonical(word))
  const implied = entry === undefined ? impliedShow(group, word) : undefined
  if (implied !== undefined) {
    state.command = implied
    path.push(shown(implied.names[0]))
    state.positionals.push(word)
    return
  }
  if (entry === undefined) {
    const entries = [...group.groups, ...group.commands]
    const begin = entries.filter(({ names }) => names.some((name) => name.startsWith(canonical(word))))
    if (begin.length > 1) {
      const several = begin.map(({ names }) => shown(names[0])).join(', ')
      throw usage(path, `${word} may be each of ${several}`)
    }
    const names = entries.flatMap(({ names }) => names.map(shown))
    throw usage(path, `unknown command ${word}; ${suggestion(word, names, path)}`)
  }
  path.push(shown(entry.names[0]))
  if ('run' in entry) state.command = entry
  else state.group = entry
}

/** What is wrong with a value, said once: a reason that says only "not that kind" is what the kind expects. */
export const refusalOf = (kind: Kind<Scalar>, reason: string, text: string): string => {
  const own = new RegExp(`^${kind.prefix}[-_]`, 'i')
  const isOther = !own.test(text) && text.includes('-')
  const prefixed =
    kind.prefix === undefined || isOther ? '' : `${kind.prefix}-${text.replace(own, '').toLowerCase()}`
  const guess = prefixed !== '' && kind.parse(prefixed).ok ? `; did you mean ${prefixed}?` : ''
  if (/^(not|neither) /.test(reason))
    return `${reason.includes(kind.expects) ? reason : `not ${kind.expects}`}${guess}`
  return reason.includes(kind.expects) ? reason : `${reason}; expected ${kind.expects}`
}

/**
 * A uuid may be typed without what says of which resource it is: `r1` of a router is `rt-r1`. A datapath id may be in quotes,
 * as `ovs-vsctl get bridge br0 datapath_id` prints it.
 */
const meant = (kind: Kind<Scalar>, text: unknown): unknown => {
  if (typeof text !== 'string') return text
  if (kind.name === dpid.name) return text.replace(/^"(.*)"$/, '$1')
  return kind.prefix !== undefined && /^[a-z0-9]+$/.test(text) ? `${kind.prefix}-${text}` : text
}

/** @throws {Failure} naming the value and what it should be */
const checked = (path: readonly string[], name: string, kind: Kind<Scalar>, text: unknown): Scalar => {
  const parsed = kind.parse(meant(kind, text))
  if (parsed.ok) return parsed.value
  const problem = refusalOf(kind, parsed.reason, String(text))
  throw new Failure(EXIT.invalid, inPath(path, `${name} '${text}': ${problem}`))
}

interface TypedOption {
  readonly option: CommandOption
  readonly negated: boolean
  /** The value behind `=`, or directly behind a short option. */
  readonly attached: string | null
}

const matches = (name: string) => (option: CommandOption) =>
  option.name === name || option.aliases.includes(name)

const findLong = (word: string, available: readonly CommandOption[]): TypedOption | null => {
  const equals = word.indexOf('=')
  const name = canonical(word.slice(2, equals === -1 ? undefined : equals))
  const attached = equals === -1 ? null : word.slice(equals + 1)
  const option = available.find(matches(name))
  if (option !== undefined) return { option, negated: false, attached }
  const positive = name.startsWith('no_') ? available.find(matches(name.slice(3))) : undefined
  return positive?.bare === true && attached === null ? { option: positive, negated: true, attached } : null
}

const findShort = (word: string, available: readonly CommandOption[]): TypedOption | null => {
  const option = available.find((candidate) => candidate.aliases.includes(word.charAt(1)))
  const rest = word.slice(2).replace(/^=/, '')
  return option === undefined ? null : { option, negated: false, attached: word.length > 2 ? rest : null }
}

const optionNames = (available: readonly CommandOption[]): string[] =>
  available.flatMap((option) => [option.name, ...option.aliases]).map(optionText)

/** The option as the user spells it: `--network` of `--network=nw-1`. */
const spelling = (word: string): string =>
  word.startsWith('--') ? (word.split('=')[0] ?? word) : word.slice(0, 2)

const optionValue = (state: State, option: CommandOption, text: string, spelt: string): Scalar | null => {
  if (text === '' && option.nullable === true) return null
  const [, address, bits] = option.prefix === undefined ? [] : (/^(.*)\/(\d+)$/.exec(text) ?? [])
  if (address === undefined) return checked(state.path, spelt, option.kind, text)
  const value = checked(state.path, spelt, option.kind, address)
  const prefix = state.command?.options.find(({ name }) => name === option.prefix)
  if (prefix !== undefined) {
    put(state, prefix, checked(state.path, `${spelt} '${text}': prefix length`, prefix.kind, bits), spelt)
  }
  return value
}

/** Notes a value; the same may be said twice, but not two things. */
const put = (state: State, option: CommandOption, value: Scalar | null, spelt: string): void => {
  const before = state.options.get(option.name)
  const typed = state.typed.get(option.name)
  if (option.kind.isList === true && before !== undefined && value !== null) {
    state.options.set(option.name, checked(state.path, spelt, option.kind, [before, value]))
  } else if (option.repeats && value !== null) {
    state.options.set(option.name, [...((before as readonly Scalar[] | undefined) ?? []), value])
  } else if (before !== undefined && before !== value) {
    const name = typed === spelt ? spelt : optionText(option.name)
    throw usage(state.path, `${name} is given twice: '${before}' and '${value}'`)
  } else state.options.set(option.name, value)
  state.typed.set(option.name, typed ?? spelt)
}

/** The value of an option, taken from the following word where it is not attached. */
const typedValue = (state: State, typed: TypedOption, word: string): Scalar | null => {
  const { option, negated, attached } = typed
  if (negated) return false
  const spelt = spelling(word)
  if (attached !== null) return optionValue(state, option, attached, spelt)
  const next = state.words[0]
  if (option.bare !== undefined) {
    if (next === undefined || next.startsWith('--') || !option.kind.parse(next).ok) return option.bare
  } else if (next === undefined || next.startsWith('--')) {
    throw usage(state.path, `${word} needs a value: ${option.kind.expects}`)
  }
  state.words.shift()
  return optionValue(state, option, next, spelt)
}

const takeOption = (state: State, word: string, globals: readonly CommandOption[]): void => {
  const available = [...globals, ...(state.command?.options ?? [])]
  const typed = word.startsWith('--') ? findLong(word, available) : findShort(word, available)
  if (typed === null) {
    const name = word.split('=')[0] ?? word
    throw usage(state.path, `unknown option ${name}; ${suggestion(name, optionNames(available), state.path)}`)
  }
  const { option } = typed
  if (option.refused !== undefined) throw usage(state.path, `${word.split('=')[0]}: ${option.refused}`)
  const value = typedValue(state, typed, word)
  if (option.obsolete !== undefined) state.obsolete.push(`${optionText(option.name)}: ${option.obsolete}`)
  put(state, option, value, spelling(word))
}

/** Checks number and form of the positionals; those that are options in another way become these. */
const checkPositionals = (state: State, command: Command): string[] => {
  const { path, positionals } = state
  const expected = command.positionals
  const last = expected.at(-1)
  const repeats = last?.arity === 'any' || last?.arity === 'some'
  const surplus = positionals[expected.length]
  if (!repeats && surplus !== undefined) throw usage(path, `unexpected '${surplus}'; ${helpHint(path)}`)
  const missing = expected[positionals.length]
  if (missing !== undefined && missing.arity !== 'any' && missing.arity !== 'optional') {
    throw usage(path, `${missing.name} is missing: ${missing.kind.expects}`)
  }
  return positionals.flatMap((text, index) => {
    const { name, kind, option: named } = expected[index] ?? (last as NonNullable<typeof last>)
    const value = checked(path, name, kind, text)
    const option = command.options.find((one) => one.name === named)
    if (option === undefined) return [String(value)]
    put(state, option, value, name)
    return []
  })
}

/** Checks that what the command cannot do without is there. */
const checkRequired = ({ path, options }: State, command: Command): void => {
  const missing = command.options.find((option) => option.required && !options.has(option.name))
  if (missing !== undefined) {
    throw usage(path, `${optionText(missing.name)} is missing: ${missing.kind.expects}`)
  }
}

/**
 * @param root the tree of commands
 * @param globals the options that every command has
 * @throws {Failure} for anything that is not a legal command line; `help` skips the check for completeness
 */
export const parseLine = (
  root: CommandGroup,
  globals: readonly CommandOption[],
  argv: readonly string[],
): ParsedLine => {
  const state: State = {
    words: [...argv],
    path: [],
    positionals: [],
    options: new Map(),
    typed: new Map(),
    obsolete: [],
    group: root,
    command: null,
  }
  let onlyWords = false
  for (let word = state.words.shift(); word !== undefined; word = state.words.shift()) {
    if (!onlyWords && word === '--') onlyWords = true
    else if (!onlyWords && /^-./.test(word)) takeOption(state, word, globals)
    else if (state.command === null) descend(state, word)
    else state.positionals.push(word)
  }
  const { command } = state
  if (command === null || state.options.get('help') === true) return state
  const positionals = checkPositionals(state, command)
  checkRequired(state, command)
  return { ...state, positionals }
}
