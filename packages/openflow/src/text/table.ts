/** Tables as `ovs-ofctl dump-tables` and `dump-table-features` print them: equal ones are gathered. */
import { fieldByExperimenter, fieldByHeader } from '../codec/field-codes.ts'
import { SPELLING } from '../field-spelling.ts'
import { FIELDS, type FieldName } from '../fields.ts'
import type { OxmId, TableFeatureProperty, TableFeatures, TableStats } from '../types/message.ts'
import { actionNames } from './action-names.ts'
import { formatTable, type TextNames } from './names.ts'
import { hex } from './number.ts'

/** Blocks with an empty line between them; a run of tables like the one before is one block. */
export function formatTableStats(tables: readonly TableStats[], names: TextNames): string {
  const blocks: string[] = []
  for (let at = 0; at < tables.length; at++) {
    const table = tables[at] as TableStats
    blocks.push(
      `\n  table ${formatTable(table.table_id, names)}:\n    active=${table.active_count}, lookup=${table.lookup_count}, matched=${table.matched_count}`,
    )
    const first = at + 1
    while (isSame(tables[at + 1], table)) at++
    if (at >= first) blocks.push(`\n  ${formatRange(tables[first], tables[at], names)}: ditto`)
  }
  return blocks.join('\n')
}

const isSame = (a: TableStats | undefined, b: TableStats): boolean =>
  a !== undefined &&
  a.active_count === b.active_count &&
  a.lookup_count === b.lookup_count &&
  a.matched_count === b.matched_count

function formatRange(first: TableStats | undefined, last: TableStats | undefined, names: TextNames): string {
  const [from, to] = [formatTable(first?.table_id ?? 0, names), formatTable(last?.table_id ?? 0, names)]
  return from === to ? `table ${from}` : `tables ${from}...${to}`
}

/** What follows the head of a table, in its two parts; the names of tables are the switch's. */
interface Abilities {
  readonly limits: string
  readonly instructions: string
  readonly matching: string
}

export function formatTableFeatures(tables: readonly TableFeatures[]): string {
  let text = ''
  let before: Abilities | null = null
  let isDitto = true
  for (const table of tables) {
    const now = abilitiesOf(table)
    const change =
      before === null ? `${now.limits}${now.instructions}${now.matching}` : formatChange(before, now)
    const name = table.name === '' ? '' : ` ("${table.name}")`
    // An empty line after what is more than one.
    text += `${isDitto ? '' : '\n'}\n  table ${table.table_id}${name}:${change}`
    isDitto = change === DITTO
    before = now
  }
  return text
}

const DITTO = ' ditto'

function formatChange(before: Abilities, now: Abilities): string {
  const sameInstructions = before.instructions === now.instructions
  const sameMatching = before.matching === now.matching
  if (sameInstructions && sameMatching && before.limits === now.limits) return DITTO
  const instructions = sameInstructions ? '\n    (same instructions)' : now.instructions
  return `${now.limits}${instructions}${sameMatching ? '\n    (same matching)' : now.matching}`
}

function abilitiesOf(table: TableFeatures): Abilities {
  const { metadata_match, metadata_write } = table
  const metadata =
    metadata_match === 0n && metadata_write === 0n
      ? ''
      : `\n    metadata: match=${hex(metadata_match)} write=${hex(metadata_write)}`
  return {
    limits: `${metadata}\n    max_entries=${table.max_entries}`,
    instructions: formatInstructions(table),
    matching: formatMatching(table),
  }
}

function formatInstructions(table: TableFeatures): string {
  const usual = formatVariant(table, '')
  const miss = formatVariant(table, '_miss')
  if (usual === miss) return `\n    instructions (table miss and others):${usual}`
  return `\n    instructions (other than table miss):${usual}\n    instructions (table miss):${miss}`
}

const INSTRUCTIONS: readonly (readonly [id: number, name: string])[] = [
  [6, 'meter'],
  [4, 'apply_actions'],
  [5, 'clear_actions'],
  [3, 'write_actions'],
  [2, 'write_metadata'],
  [1, 'goto_table'],
]

/** What flows can do, or, with `_miss`, the table-miss flow: that is the same where nothing else is said. */
function formatVariant(table: TableFeatures, suffix: '' | '_miss'): string {
  const find = (type: string): TableFeatureProperty | undefined =>
    table.properties.find((one) => one.type === `${type}${suffix}`) ??
    table.properties.find((one) => one.type === type)
  const next = find('next_tables')
  const instructions = find('instructions')
  const ids =
    instructions !== undefined && 'instruction_ids' in instructions ? instructions.instruction_ids : []
  const names = INSTRUCTIONS.filter(([id]) => ids.some((one) => one.id === id)).map(([, name]) => name)
  return [
    '',
    `      next tables: ${formatRanges(next !== undefined && 'next_table_ids' in next ? next.next_table_ids : [])}`,
    `      instructions: ${names.join(' ')}`,
    '      Write-Actions features:',
    ...formatActionsFeature(find('write_actions'), find('write_setfield')),
    '      Apply-Actions features:',
    ...formatActionsFeature(find('apply_actions'), find('apply_setfield')),
  ].join('\n')
}

function formatActionsFeature(
  actions: TableFeatureProperty | undefined,
  fields: TableFeatureProperty | undefined,
): string[] {
  const ids = actions !== undefined && 'action_ids' in actions ? actions.action_ids.map((one) => one.id) : []
  return [
    `        actions: ${actionNames(ids)}`,
    `        supported on Set-Field: ${fieldNames(oxmIds(fields)).join(' ') || '<none>'}`,
  ]
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
  return ranges.length === 0 ? '<none>' : ranges.join(',')
}

function formatMatching(table: TableFeatures): string {
  const idsOf = (type: string): readonly OxmId[] => oxmIds(table.properties.find((one) => one.type === type))
  const wildcards = fieldNames(idsOf('wildcards'))
  const matched = fieldNames(idsOf('match'))
  const maskable = fieldNames(idsOf('match').filter((one) => (one.header & 0x100) !== 0))
  const kinds = [
    ['arbitrary mask', matched.filter((name) => maskable.includes(name))],
    [
      'exact match or wildcard',
      matched.filter((name) => !maskable.includes(name) && wildcards.includes(name)),
    ],
    ['must exact match', matched.filter((name) => !maskable.includes(name) && !wildcards.includes(name))],
  ] as const
  const texts = kinds.filter(([, names]) => names.length > 0)
  return `\n    matching:${texts.map(([kind, names]) => `\n      ${kind}: ${names.join(' ')}`).join('')}`
}

const oxmIds = (property: TableFeatureProperty | undefined): readonly OxmId[] =>
  property !== undefined && 'oxm_ids' in property ? property.oxm_ids : []

const ORDER = Object.keys(FIELDS)

/** In the order of our fields; without those that are not known. */
function fieldNames(ids: readonly OxmId[]): string[] {
  const fields = ids.map(fieldOf).filter((name): name is FieldName => name !== undefined)
  return fields.sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)).map(nameOf)
}

const fieldOf = ({ header, experimenter }: OxmId): FieldName | undefined =>
  (experimenter === null ? fieldByHeader(header) : fieldByExperimenter(header, experimenter))?.name

/** Open vSwitch has two fields for in_port, of 16 and of 32 bits. */
const nameOf = (field: FieldName): string => (field === 'in_port' ? 'in_port_oxm' : SPELLING[field].name)
