/** Options that are not about one resource: those of every command, of what writes, of what lists. */
import { boolean, type Kind, type Scalar, text, valid } from '@openvnet/schema'
import type { CommandOption } from './command.ts'
import { formatKind } from './output/format.ts'
import { DEFAULT_WAIT, waitKind } from './waiting.ts'

/** The formats, and `yml` as the original calls it. */
const outputKind: Kind<Scalar> = {
  ...formatKind,
  parse: (input) => (input === 'yml' ? valid('yaml') : formatKind.parse(input)),
}

const flag = (name: string, help: string, aliases: readonly string[] = []): CommandOption => ({
  name,
  aliases,
  help,
  kind: boolean,
  required: false,
  bare: true,
})

export const GLOBAL_OPTIONS: readonly CommandOption[] = [
  {
    name: 'output',
    aliases: ['o'],
    help: 'Form of the output: tables for people, the answer of the API, or uuids only.',
    kind: outputKind,
    required: false,
  },
  {
    name: 'cloud',
    aliases: [],
    help: 'Name of a cloud in clouds.yaml, over VNCTL_CLOUD and the only one that is there.',
    kind: text,
    required: false,
  },
  {
    name: 'server',
    aliases: [],
    help: 'URL of the API, over VNCTL_SERVER, VNET_WEBAPI=host:port and the configuration files.',
    kind: text,
    required: false,
  },
  {
    name: 'wait',
    aliases: [],
    help: `Waits until every connected bridge has the change (${DEFAULT_WAIT} seconds when none are given).`,
    kind: waitKind,
    required: false,
    bare: DEFAULT_WAIT,
  },
  flag('help', 'Explains the command.', ['h']),
]

/** Of every command that writes. */
export const WRITE_OPTIONS: readonly CommandOption[] = [
  flag('dry_run', 'Says what would be sent and what a deletion would take along; changes nothing.'),
]

/** Of every command that deletes. */
export const DELETE_OPTIONS: readonly CommandOption[] = [
  ...WRITE_OPTIONS,
  flag('yes', 'Does not ask before a deletion that takes other rows along.', ['y']),
]

/** Of every command that lists. */
export const LIST_OPTIONS: readonly CommandOption[] = [
  {
    name: 'columns',
    aliases: [],
    help: 'The columns to show, separated by commas, e.g. uuid,network.',
    kind: { ...text, name: 'names' },
    required: false,
  },
  {
    name: 'sort',
    aliases: [],
    help: 'The column to sort by; -NAME for the other direction.',
    kind: { ...text, name: 'name' },
    required: false,
  },
  flag('watch', 'Shows the list again whenever something changes, until Ctrl-C.', ['w']),
]

/** What is for the surroundings of a command and no part of what it sends. */
export const SURROUNDING_NAMES: ReadonlySet<string> = new Set(
  [...GLOBAL_OPTIONS, ...DELETE_OPTIONS, ...LIST_OPTIONS].map(({ name }) => name),
)
