/** The options that every command has. */
import { boolean, type Kind, type Scalar, text, valid } from '@openvnet/schema'
import type { CommandOption } from './command.ts'
import { formatKind } from './output/format.ts'
import { DEFAULT_WAIT, waitKind } from './waiting.ts'

/** The formats, and `yml` as the original calls it. */
const outputKind: Kind<Scalar> = {
  ...formatKind,
  parse: (input) => (input === 'yml' ? valid('yaml') : formatKind.parse(input)),
}

export const GLOBAL_OPTIONS: readonly CommandOption[] = [
  {
    name: 'output',
    aliases: ['o'],
    help: 'Form of the output: tables for people, the answer of the API, or uuids only.',
    kind: outputKind,
    required: false,
  },
  {
    name: 'server',
    aliases: [],
    help: 'URL of the API, over VNCTL_SERVER, VNET_WEBAPI=host:port and the configuration file.',
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
  {
    name: 'help',
    aliases: ['h'],
    help: 'Explains the command.',
    kind: boolean,
    required: false,
    bare: true,
  },
]
