/**
 * Tables as `ovs-ofctl dump-table-features` prints them (`lib/ofp-table.c` of Open vSwitch): what is as in the table
 * before is not said again, and tables that are as a whole are gathered.
 */
import type { TableFeatures } from '../types/message.ts'
import { hex } from './number.ts'
import {
  type FlowAbilities,
  flowAbilities,
  formatLists,
  isNothing,
  matchAbilities,
  sameFlows,
  sameLists,
} from './table-abilities.ts'

interface Table {
  readonly id: number
  readonly name: string
  readonly limits: readonly string[]
  readonly usual: FlowAbilities
  readonly miss: FlowAbilities
  readonly matching: readonly string[]
}

/** Each on lines of its own; begins with a line break. */
export function formatTableFeatures(tables: readonly TableFeatures[]): string {
  let text = ''
  let before: Table | null = null
  /** Tables like the one before them, which have no name. */
  let alike: Table[] = []
  const finish = (): void => {
    if (alike.length > 0) text += `\n  ${rangeOf(alike)}: ditto\n`
    alike = []
  }
  for (const table of tables.map(tableOf)) {
    const isAlike = before !== null && isSame(table, before)
    if (isAlike && table.name === '') alike.push(table)
    else {
      finish()
      text += `\n  table ${table.id}${table.name === '' ? '' : ` ("${table.name}")`}:`
      text += isAlike ? ' ditto' : `\n${formatTable(table, before).join('\n')}\n`
    }
    before = table
  }
  finish()
  return text
}

const rangeOf = (tables: readonly Table[]): string =>
  tables.length === 1 ? `table ${tables[0]?.id}` : `tables ${tables[0]?.id}...${tables.at(-1)?.id}`

function tableOf(table: TableFeatures): Table {
  const { metadata_match, metadata_write, max_entries } = table
  const hasMetadata = metadata_match !== 0n || metadata_write !== 0n
  return {
    id: table.table_id,
    name: table.name,
    limits: [
      ...(hasMetadata ? [`    metadata: match=${hex(metadata_match)} write=${hex(metadata_write)}`] : []),
      ...(max_entries === 0 ? [] : [`    max_entries=${max_entries}`]),
    ],
    usual: flowAbilities(table, ''),
    miss: flowAbilities(table, '_miss'),
    matching: matchAbilities(table),
  }
}

const sameText = (a: readonly string[], b: readonly string[]): boolean => a.join('\n') === b.join('\n')

const sameInstructions = (a: Table, b: Table): boolean =>
  sameFlows(a.usual, a.id, b.usual, b.id) && sameFlows(a.miss, a.id, b.miss, b.id)

const isSame = (a: Table, b: Table): boolean =>
  sameText(a.limits, b.limits) && sameInstructions(a, b) && sameText(a.matching, b.matching)

const formatTable = (table: Table, before: Table | null): string[] => [
  ...table.limits,
  ...formatInstructions(table, before),
  ...formatMatching(table, before),
]

function formatInstructions(table: Table, before: Table | null): string[] {
  const { id, usual, miss } = table
  if (before !== null && sameInstructions(table, before))
    return isNothing(usual) ? [] : ['    (same instructions)']
  if (!sameFlows(usual, id, miss, id)) {
    return [
      '    instructions (other than table miss):',
      ...formatFlows(usual, before?.usual),
      '    instructions (table miss):',
      ...formatFlows(miss, before?.miss),
    ]
  }
  if (isNothing(usual)) return []
  return ['    instructions (table miss and others):', ...formatFlows(usual, before?.usual)]
}

function formatFlows(flows: FlowAbilities, before: FlowAbilities | undefined): string[] {
  const { next, instructions, write } = flows
  const isSaid = before !== undefined && sameLists(flows, before) && write.fields !== ''
  return [
    ...(next.length === 0 ? [] : [`      next tables: ${formatRanges(next)}`]),
    ...(instructions === '' ? [] : [`      ${formatNames(instructions, before?.instructions)}`]),
    ...(isSaid ? ['      (same actions)'] : formatLists(flows)),
  ]
}

const formatNames = (instructions: string, before: string | undefined): string =>
  instructions === before ? '(same instructions)' : `instructions: ${instructions}`

function formatMatching({ matching }: Table, before: Table | null): readonly string[] {
  if (matching.length === 0) return []
  if (before !== null && sameText(matching, before.matching)) return ['    (same matching)']
  return ['    matching:', ...matching]
}

/** `1-3,5` */
function formatRanges(tables: readonly number[]): string {
  const sorted = [...new Set(tables)].sort((a, b) => a - b)
  const ranges: string[] = []
  for (let at = 0; at < sorted.length; at++) {
    const first = sorted[at] as number
    while (sorted[at + 1] === (sorted[at] as number) + 1) at++
    ranges.push(sorted[at] === first ? String(first) : `${first}-${sorted[at]}`)
  }
  return ranges.join(',')
}
