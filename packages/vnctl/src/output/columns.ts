/**
 * The columns of a resource's table. References are shown by uuid; in the plain table a column that says nothing
 * (empty, a boolean at its default, a name that is the uuid) is left out.
 */
import {
  boolean,
  type Computed,
  cellOf,
  type Field,
  nearest,
  networkList,
  type ResourceSpec,
  text,
} from '@openvnet/schema'
import { canonical } from '../command.ts'
import { EXIT, Failure } from '../failure.ts'
import { cell } from './cell.ts'
import { type AnswerRow, isRow } from './row.ts'
import type { TableColumn } from './table.ts'

export interface Column extends TableColumn {
  readonly text: (row: AnswerRow) => string
  /** Whether a cell says something. */
  readonly speaks: (text: string, row: AnswerRow) => boolean
}

const notEmpty = (text: string): boolean => text !== ''

/** The uuid of the row that a reference names, wherever the answer holds it. */
const referenceText = (row: AnswerRow, name: string): string => {
  const uuid = row[`${name}_uuid`]
  if (typeof uuid === 'string') return uuid
  const nested = row[name]
  if (isRow(nested) && typeof nested['uuid'] === 'string') return nested['uuid']
  const id = row[`${name}_id`]
  return typeof id === 'number' ? `#${id}` : ''
}

const fieldColumn = (name: string, field: Field): Column => {
  const header = name.toUpperCase()
  if (field.type === 'reference') {
    return { header, text: (row) => referenceText(row, name), speaks: notEmpty }
  }
  const isBoolean = field.kind.name === boolean.name
  const quiet = isBoolean ? String(field.default) : ''
  return {
    header,
    spare: isBoolean,
    elastic: field.kind.name === text.name,
    text: (row) => cell(name in row ? row[name] : cellOf(row, name, field), field.kind),
    speaks: (shown, row) => shown !== '' && shown !== quiet && shown !== row['uuid'],
  }
}

const plainColumn = (name: string): Column => ({
  header: name.toUpperCase(),
  text: (row) => cell(row[name]),
  speaks: notEmpty,
})

const computedColumn = ([name, { kind }]: [string, Computed]): Column => ({
  ...plainColumn(name),
  elastic: kind.name === text.name,
})

/** What follows from others and is shown in plain tables, or in wide ones only. */
const computedColumns = ({ computed = {} }: ResourceSpec, isPlain: boolean): Column[] =>
  Object.entries(computed)
    .filter(([, one]) => (one.isPlain === true) === isPlain)
    .map(computedColumn)

/** The networks of a router as `--networks` takes them, each with its gateways. */
const networksText = (networks: unknown): string =>
  Array.isArray(networks)
    ? networks
        .filter(isRow)
        .map(({ network_uuid, ipv4_address, ipv6_address }) =>
          [network_uuid, ipv4_address, ipv6_address].filter((one) => typeof one === 'string').join('='),
        )
        .join(',')
    : ''

/** All columns of a resource, the uuid first. */
export const columnsOf = (resource: ResourceSpec): Column[] => [
  ...(resource.prefix === null ? [] : [plainColumn('uuid')]),
  ...Object.entries(resource.fields).map(([name, field]) => fieldColumn(name, field)),
  ...Object.entries(resource.parameters ?? {}).map(
    ([name, { kind }]): Column => ({
      header: name.toUpperCase(),
      text: (row) => (kind === networkList ? networksText(row[name]) : cell(row[name], kind)),
      speaks: notEmpty,
    }),
  ),
  ...computedColumns(resource, true),
]

/** What only the wide table shows. */
export const wideColumns = (resource: ResourceSpec): Column[] => [
  ...computedColumns(resource, false),
  ...['id', 'created_at', 'updated_at'].map(plainColumn),
]

/** The columns in which at least one row says something. */
export const speaking = (columns: readonly Column[], rows: readonly AnswerRow[]): Column[] =>
  columns.filter(({ text, speaks }, index) => index === 0 || rows.some((row) => speaks(text(row), row)))

/** The column of that name in any spelling; a reference also with its `_uuid`. @throws {Failure} */
export const columnNamed = (columns: readonly Column[], name: string): Column => {
  const wanted = canonical(name.trim())
  const found = columns.find(({ header }) =>
    [header.toLowerCase(), `${header.toLowerCase()}_uuid`].includes(wanted),
  )
  if (found !== undefined) return found
  const names = columns.map(({ header }) => header.toLowerCase())
  const guess = nearest(wanted, names)
  const hint = guess === undefined ? `there are ${names.join(', ')}` : `did you mean ${guess}?`
  throw new Failure(EXIT.usage, `there is no column ${name}; ${hint}`)
}
