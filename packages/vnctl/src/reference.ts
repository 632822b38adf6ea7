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
A reference such as \`--network-uuid\` may be written \`--network\`, and a uuid without its prefix: \`vnctl router add r1\` makes \`rt-r1\`.

An option that takes a list may be typed several times. \`--ipv4-network 10.0.0.0/24\` says the prefix length too.
Colours are shown on a terminal unless \`NO_COLOR\` is set, elsewhere when \`FORCE_COLOR\` is. \`--dry-run\` says what the server would do, which it tries and undoes. On a terminal a deletion that takes other rows along lists them
and asks; \`--yes\` does not ask, and neither does a script.

## The server

The server is \`--server URL\` or \`--cloud NAME\`, else \`VNCTL_SERVER\`, else \`VNCTL_CLOUD\`, else \`VNET_WEBAPI=host:port\`, else the
only cloud of \`clouds.yaml\`, else what the first of \`~/.vnctlrc\`,
\`~/.vnctl.conf\`, \`/etc/openvnet/vnctl.conf\` says (lines \`webapi_uri '127.0.0.1'\`, \`webapi_port '9090'\`,
\`webapi_protocol 'http'\`, \`webapi_version '1.0'\`, \`output_format 'yml'\`), else http://127.0.0.1:9090.

\`clouds.yaml\` stands in \`$XDG_CONFIG_HOME/openvnet\` (\`~/.config/openvnet\`) or \`/etc/openvnet\`:

\`\`\`yaml
clouds:
  lab:
    url: https://10.0.0.1:9090
    cacert: /etc/ssl/lab.pem   # the authority of the server's certificate
    token: vnet_…              # or in secure.yaml, in the same form
    cert: /home/me/me.pem      # where the server wants a certificate of its clients
    key: /home/me/me.key
    output_format: yaml
    profile: vendor            # what clouds-public.yaml says of public-clouds: vendor:
\`\`\`

A file that holds a token must be readable by its owner only. \`VNCTL_TOKEN\` is stronger than both.
\`VNCTL_CACERT\`, \`VNCTL_CERT\` and \`VNCTL_KEY\` say the others for a server that is named by its URL. \`vnctl prompt\` shows the cloud for the prompt of a shell.

## Files

\`vnctl export > net.yaml\`, \`vnctl plan -f net.yaml\`, \`vnctl apply -f net.yaml\`: a file holds rows by collection and uuid, with the
parameters of \`add\`; see \`examples/\`. What a row does not say is as \`add\` would make it, as far as it can be changed, and rows that the file does not name stay
([why](decisions/0021-files-say-rows-whole.md)). What cannot be changed is deleted and added again, and what hangs on it comes back as it was.
\`--prune\` removes the rows that the file does not name, of the collections that it has; with \`-l app=web\` those of any collection that have the label.
\`--label app=web\` gives it to all rows of the file. \`plan\` asks the server whether it would take it; with \`--exit-code\` it ends with ${EXIT.differs} when something would
change. Without a terminal \`apply\` removes rows only with \`--yes\`; \`del\` does as it is told, since scripts rely on that.

\`\`\`yaml
networks:
  nw-net1: {ipv4_network: 172.16.1.0/24}
interfaces:
  if-veth1: {network: nw-net1, mac_address: '52:54:00:0d:84:01', ipv4_address: 172.16.1.1}
\`\`\``

const EXIT_CODES: readonly (readonly [number, string])[] = [
  [EXIT.ok, 'done'],
  [EXIT.other, 'anything else, e.g. the server cannot be reached'],
  [EXIT.usage, 'the command line is not understood'],
  [EXIT.notFound, 'what the command names does not exist'],
  [EXIT.invalid, 'a value is not legal, or conflicts with what is there'],
  [EXIT.notApplied, 'the change is stored, but not every connected bridge has it in time'],
  [EXIT.differs, 'of `plan --exit-code`: something would change'],
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
