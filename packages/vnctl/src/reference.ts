/** The reference of the command line as Markdown, made from the same tree that the parser reads. */
import { type Command, type CommandGroup, optionText, shown } from './command.ts'
import { EXIT } from './failure.ts'
import { GLOBAL_OPTIONS } from './globals.ts'
import { optionHelp, optionSyntax, positionalText, visibleOptions } from './help.ts'
import { createTree } from './tree.ts'

const escaped = (text: string): string => text.replaceAll('|', '\\|')

const optionTable = (options: Command['options']): string[] =>
  options.length === 0
    ? []
    : [
        '',
        '| option | meaning |',
        '|---|---|',
        ...options.map(
          (option) => `| \`${escaped(optionSyntax(option))}\` | ${escaped(optionHelp(option))} |`,
        ),
      ]

const commandSection = (command: Command, path: readonly string[]): string[] => {
  const words = ['vnctl', ...path, shown(command.names[0]), ...command.positionals.map(positionalText)]
  const others = command.names.slice(1).map((name) => `\`${shown(name)}\``)
  const obsolete = command.options.filter((option) => option.obsolete !== undefined)
  return [
    '',
    `### \`${words.join(' ')}\``,
    '',
    others.length === 0 ? command.help : `${command.help} Also: ${others.join(', ')}.`,
    ...optionTable(visibleOptions(command)),
    ...(obsolete.length === 0 ? [] : ['', "Accepted from the original's clients, without effect:", '']),
    ...obsolete.map(({ name, obsolete: reason }) => `- \`${optionText(name)}\`: ${reason}`),
  ]
}

const groupSections = (group: CommandGroup, path: readonly string[]): string[] => [
  ...group.commands.flatMap((command) => commandSection(command, path)),
  ...group.groups.flatMap((inner) => groupSections(inner, [...path, shown(inner.names[0])])),
]

const namespace = (group: CommandGroup): string[] => {
  const [plural, singular] = group.names
  return [
    '',
    `## ${shown(plural)}`,
    '',
    singular === undefined
      ? group.help
      : `${group.help} The namespace may also be written \`${shown(singular)}\`.`,
    ...groupSections(group, [shown(plural)]),
  ]
}

const INTRODUCTION = `# vnctl

<!-- Generated from schema/ by \`npm run docs\`; do not edit. -->

\`vnctl NAMESPACE COMMAND [OPTIONS]\`. Names of namespaces, commands and options may be written with \`-\` or \`_\`,
namespaces in plural or singular; a command may be shortened as long as it is the only one that begins so.
Values follow as \`--option value\` or \`--option=value\`; booleans are \`--option\`, \`--no-option\`, \`--option false\`.
A reference such as \`--network-uuid\` may be written \`--network\`.

The server is \`--server URL\`, else \`VNCTL_SERVER\`, else \`VNET_WEBAPI=host:port\`, else what the first of \`~/.vnctlrc\`,
\`~/.vnctl.conf\`, \`/etc/openvnet/vnctl.conf\` says (lines \`webapi_uri '127.0.0.1'\`, \`webapi_port '9090'\`,
\`webapi_protocol 'http'\`, \`webapi_version '1.0'\`, \`output_format 'yml'\`), else http://127.0.0.1:9090.`

const EXIT_CODES: readonly (readonly [number, string])[] = [
  [EXIT.ok, 'done'],
  [EXIT.other, 'anything else, e.g. the server cannot be reached'],
  [EXIT.usage, 'the command line is not understood'],
  [EXIT.notFound, 'what the command names does not exist'],
  [EXIT.invalid, 'a value is not legal, or conflicts with what is there'],
  [EXIT.notApplied, 'the change is stored, but not every connected bridge has it in time'],
]

/** @returns Markdown with all namespaces, commands and options */
export const renderReference = (): string => {
  const tree = createTree()
  return [
    INTRODUCTION,
    '',
    '## Options of every command',
    ...optionTable(GLOBAL_OPTIONS),
    '',
    '## Exit codes',
    '',
    '| code | meaning |',
    '|---|---|',
    ...EXIT_CODES.map(([code, meaning]) => `| ${code} | ${meaning} |`),
    '',
    'What went wrong is one line on stderr.',
    '',
    '## General commands',
    ...tree.commands.flatMap((command) => commandSection(command, [])),
    ...tree.groups.flatMap(namespace),
    '',
  ].join('\n')
}
