/** What the features of a table say it can do, gathered from its properties: OpenFlow 1.3.5 §7.3.5.5.2. */
import { fieldByExperimenter, fieldByHeader } from '../codec/field-codes.ts'
import type { FieldName } from '../fields.ts'
import type { OxmId, TableFeatureProperty, TableFeatures } from '../types/message.ts'
import { actionNames } from './action-names.ts'
import { formatFieldList } from './field-list.ts'

/** Actions and fields to set, as texts; empty for none. */
interface ActionAbilities {
  readonly actions: string
  readonly fields: string
}

/** What a flow can do: the table-miss flow or any other. */
export interface FlowAbilities {
  readonly next: readonly number[]
  readonly instructions: string
  readonly write: ActionAbilities
  readonly apply: ActionAbilities
}

const INSTRUCTIONS: readonly (readonly [id: number, name: string])[] = [
  [6, 'meter'],
  [4, 'apply_actions'],
  [5, 'clear_actions'],
  [3, 'write_actions'],
  [2, 'write_metadata'],
  [1, 'goto_table'],
]

/** With `_miss` of the table-miss flow, which can do the same where nothing else is said. */
export function flowAbilities(table: TableFeatures, suffix: '' | '_miss'): FlowAbilities {
  const find = (type: string): TableFeatureProperty | undefined =>
    table.properties.find((one) => one.type === `${type}${suffix}`) ??
    table.properties.find((one) => one.type === type)
  const next = find('next_tables')
  const instructions = find('instructions')
  const ids =
    instructions !== undefined && 'instruction_ids' in instructions ? instructions.instruction_ids : []
  const names = INSTRUCTIONS.filter(([id]) => ids.some((one) => one.id === id)).map(([, name]) => name)
  return {
    next: next !== undefined && 'next_table_ids' in next ? next.next_table_ids : [],
    instructions: names.join(' '),
    write: actionAbilities(find('write_actions'), find('write_setfield')),
    apply: actionAbilities(find('apply_actions'), find('apply_setfield')),
  }
}

function actionAbilities(
  actions: TableFeatureProperty | undefined,
  fields: TableFeatureProperty | undefined,
): ActionAbilities {
  const ids = actions !== undefined && 'action_ids' in actions ? actions.action_ids.map((one) => one.id) : []
  return { actions: ids.length === 0 ? '' : actionNames(ids), fields: formatFieldList(fieldsOf(fields)) }
}

/** Without those that are not known. */
function fieldsOf(property: TableFeatureProperty | undefined): FieldName[] {
  const ids = property !== undefined && 'oxm_ids' in property ? property.oxm_ids : []
  return ids.flatMap((id) => fieldOf(id) ?? [])
}

const fieldOf = ({ header, experimenter }: OxmId): FieldName | undefined =>
  (experimenter === null ? fieldByHeader(header) : fieldByExperimenter(header, experimenter))?.name

const HAS_MASK = 0x100

/** Which fields can be matched, by how: the lines of the text, none for none. */
export function matchAbilities(table: TableFeatures): string[] {
  const find = (type: string): TableFeatureProperty | undefined =>
    table.properties.find((one) => one.type === type)
  const match = find('match')
  const wildcards = new Set(fieldsOf(find('wildcards')))
  const ids = match !== undefined && 'oxm_ids' in match ? match.oxm_ids : []
  const maskable = new Set(ids.filter(({ header }) => (header & HAS_MASK) !== 0).map(fieldOf))
  const kindOf = (field: FieldName): string =>
    maskable.has(field)
      ? 'arbitrary mask'
      : wildcards.has(field)
        ? 'exact match or wildcard'
        : 'must exact match'
  const fields = fieldsOf(match)
  return ['arbitrary mask', 'exact match or wildcard', 'must exact match'].flatMap((kind) => {
    const list = formatFieldList(fields.filter((field) => kindOf(field) === kind))
    return list === '' ? [] : [`      ${kind}: ${list}`]
  })
}

const sameActions = (a: ActionAbilities, b: ActionAbilities): boolean =>
  a.actions === b.actions && a.fields === b.fields

export const isNothing = ({ next, instructions, write, apply }: FlowAbilities): boolean =>
  next.length === 0 && instructions === '' && sameActions(write, NOTHING) && sameActions(apply, NOTHING)

const NOTHING: ActionAbilities = { actions: '', fields: '' }

/** A flow that goes one table further cannot go back to its own: tables that differ in that alone are alike. */
export function sameNext(
  a: readonly number[],
  aTable: number,
  b: readonly number[],
  bTable: number,
): boolean {
  const later = Math.abs(aTable - bTable) === 1 ? Math.max(aTable, bTable) : null
  const text = (next: readonly number[]): string =>
    [...new Set(next)]
      .filter((table) => table !== later)
      .sort((x, y) => x - y)
      .join()
  return text(a) === text(b)
}

export const sameFlows = (a: FlowAbilities, aTable: number, b: FlowAbilities, bTable: number): boolean =>
  sameNext(a.next, aTable, b.next, bTable) && a.instructions === b.instructions && sameLists(a, b)

/** Both lists of actions. */
export const sameLists = (a: FlowAbilities, b: FlowAbilities): boolean =>
  sameActions(a.write, b.write) && sameActions(a.apply, b.apply)

/** Lines of what actions a flow can write and apply. */
export function formatLists({ write, apply }: FlowAbilities): string[] {
  if (!sameActions(write, apply)) {
    return [
      '      Write-Actions features:',
      ...formatActions(write),
      '      Apply-Actions features:',
      ...formatActions(apply),
    ]
  }
  if (sameActions(write, NOTHING)) return []
  return ['      Write-Actions and Apply-Actions features:', ...formatActions(write)]
}

const formatActions = ({ actions, fields }: ActionAbilities): string[] => [
  ...(actions === '' ? [] : [`        actions: ${actions}`]),
  ...(fields === '' ? [] : [`        supported on Set-Field: ${fields}`]),
]
