/** `docs/pipeline.md`, drawn from the same data as the flows: tables, bits, cookies, priorities. */
import { OWNER_KINDS } from './cookie.ts'
import { FEATURE_NAMES } from './features.ts'
import { LAYOUT } from './layout.ts'
import { PUNT_KINDS, PUNT_REASONS } from './punts.ts'
import { SLICES } from './slices.ts'
import type { Table } from './table.ts'

const code = (names: readonly string[]): string =>
  names.length === 0 ? '–' : names.map((name) => `\`${name}\``).join(', ')

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`

const grid = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')

const missOf = ({ miss }: Table['spec']): string =>
  miss.goto === undefined ? `dropped: ${miss.why}` : `to \`${miss.goto}\`: ${miss.why}`

const tableRows = (tables: readonly Table[]): (string | number)[][] =>
  LAYOUT.flatMap(({ name, id, owner, purpose }) => {
    const table = tables.find((candidate) => candidate.name === name)
    if (table === undefined) return []
    const { match, write, goto } = table.spec
    return [[id, `\`${name}\``, owner, purpose, code(match), code(write), code(goto), missOf(table.spec)]]
  })

const sliceRows = (): (string | number)[][] =>
  Object.entries(SLICES).map(([name, { field, bits, life, help }]) => [
    `\`${name}\``,
    `${field}[${bits[0]}..${bits[1]}]`,
    `\`${life[0]}\` to \`${life[1]}\``,
    help,
  ])

/** @param tables all tables of all features */
export const renderPipeline = (tables: readonly Table[]): string => `# The pipeline

Generated from \`packages/controller/src/pipeline\` and the tables of the features by \`npm run docs\`; a check fails when it is stale.
A packet enters at table 0 and only goes down the list, but for \`resubmit\`, which goes through tables above and comes back. What no flow matches meets the table's flow of priority 0.

## Tables

${grid(['#', 'table', 'feature', 'purpose', 'matches', 'writes', 'goes to', 'else'], tableRows(tables))}

## Bits that a packet carries

${grid(['name', 'bits', 'lives from', 'meaning'], sliceRows())}

## Cookies

\`feature (8 bits) | kind (8) | object id (32) | 0x4f56 (16)\`. A flow without the 0x4f56 at the end is not ours and is never touched.

${grid(
  ['feature', 'number'],
  FEATURE_NAMES.map((name, index) => [name, index + 1]),
)}

${grid(['kind', 'number'], Object.entries(OWNER_KINDS))}

## Groups

Group \`0x40000000 + network id\` has one bucket for each guest of the network on the switch; where the network has more
than 128 guests, its buckets are the groups \`0x48000000 + 128 × network id + part\`, of which there are up to 64.
Group \`0x42000000 + network id\` has one bucket for each other switch with guests of the network; where there are more than 128,
its buckets are the groups \`0x42000000 + 2^23 × part + network id\`, of which there are up to 3.
Those of segments have \`0x44…\` and \`0x4c…\` instead of \`0x40…\` and \`0x48…\`, and \`0x46…\` instead of \`0x42…\`.
Groups outside of \`0x4…\` are not ours.

## Packets for programs

What a flow sends to the controller, by the table \`punt\`; each guest has a meter for each kind.

${grid(
  ['kind', 'number', 'packets/s', 'at once', 'what'],
  Object.entries(PUNT_KINDS).map(([name, { number, rate, burst, help }]) => [
    `\`${name}\``,
    number,
    rate,
    burst,
    help,
  ]),
)}

${grid(
  ['reason', 'number', 'kind', 'what'],
  Object.entries(PUNT_REASONS).map(([name, { number, kind, help }]) => [
    `\`${name}\``,
    number,
    `\`${kind}\``,
    help,
  ]),
)}

## Meters

Meter \`0x4 (4 bits) | kind of punt (4) | interface id (24)\` limits what one guest sends to the controller of one kind.
Meters outside of \`0x4…\` are not ours.

## Priorities

0 what a table does with packets that nothing else matches · 100 a fallback of an object · 200 ordinary · 300 an exception · 1000 + prefix length for longest prefix first.
`
