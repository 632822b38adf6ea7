/** `vnctl status`: every bridge, and whether it has the newest revision. */
import type { Command, Context } from '../command.ts'
import { LIST_OPTIONS } from '../globals.ts'
import { cell } from '../output/cell.ts'
import { list } from '../output/listing.ts'
import { presentRaw } from '../output/present.ts'
import { type AnswerRow, isRow } from '../output/row.ts'
import { displayWidth, escaped, layOut, type TableColumn } from '../output/table.ts'

/** The bridges of an answer of `GET /status`. */
const datapathsOf = (status: unknown): AnswerRow[] => {
  const datapaths = isRow(status) ? status['datapaths'] : undefined
  return Array.isArray(datapaths) ? datapaths.filter(isRow) : []
}

interface Column extends TableColumn {
  readonly text: (row: AnswerRow) => string
}

const plain = (name: string, header = name.toUpperCase()): Column => ({
  header,
  text: (row) => cell(row[name]),
})

const numbers = (revision: string): Column[] => [
  plain('dpid'),
  plain('uuid'),
  { header: 'CONNECTED', text: (row) => (row['connected'] === true ? 'yes' : 'no') },
  { header: 'REVISION', spare: true, text: () => revision },
  plain('acknowledged_revision', 'ACKNOWLEDGED'),
  plain('flows'),
  plain('refused'),
]
/** A bridge that is connected and is not acted for says how that is changed. */
const warningsOf = (row: AnswerRow): unknown[] => {
  const warnings = Array.isArray(row['warnings']) ? row['warnings'] : []
  return row['pending'] === true
    ? [`waits to be approved: vnctl datapath add --dpid ${row['dpid']}`, ...warnings]
    : warnings
}

const SENTENCES: readonly Column[] = [
  plain('last_error'),
  { header: 'WARNINGS', text: (row) => cell(warningsOf(row)) },
]
const WIDE = ['role', 'groups', 'flow_mods_sent', 'group_mods_sent', 'packet_ins', 'peer', 'since'].map(
  (name) => plain(name),
)

/** The most rows that a remark names. */
const NAMED = 3

const table = (columns: readonly Column[], rows: readonly AnswerRow[], limit: number | null): string => {
  const cells = rows.map((row) => columns.map(({ text }) => text(row)))
  return layOut(columns, cells, limit)
}

/** What has no place beside the numbers, below them: a warning must not be cut off. */
const sentences = (row: AnswerRow): string[] => {
  const name = cell(row['uuid'] ?? row['dpid'])
  return [
    ...(row['last_error'] ? [`${name}: last error: ${row['last_error']}`] : []),
    ...warningsOf(row).map((warning) => `${name}: warning: ${warning}`),
  ].map(escaped)
}

/** Databases of Open vSwitch that controllers should read and cannot. */
const remarkDatabases = (context: Context, status: unknown): void => {
  const controllers = isRow(status) && Array.isArray(status['controllers']) ? status['controllers'] : []
  for (const controller of controllers.filter(isRow)) {
    const databases = Array.isArray(controller['ovsdb']) ? controller['ovsdb'].filter(isRow) : []
    for (const { remote, connected, last_error } of databases) {
      if (connected !== true)
        context.remark(`database ${remote} is not read: ${last_error ?? 'no answer yet'}`)
    }
  }
}

/** What is stored and has no effect, said in one line. */
const remarkNotEnforced = (context: Context, status: unknown): void => {
  const entries = isRow(status) && Array.isArray(status['not_enforced']) ? status['not_enforced'] : []
  const rows = entries.filter(isRow)
  if (!isRow(status) || rows.length === 0) return
  const first = rows.slice(0, NAMED)
  const named = [...new Set(first.map(({ uuid, what }) => `${uuid} (${what})`))]
  const more = Number(status['not_enforced_total'] ?? rows.length) - first.length
  const rest = more > 0 ? ` and ${more} more; -o json names them` : ''
  context.remark(`not enforced yet: ${named.join(', ')}${rest}`)
}

const presentTable = (context: Context, status: unknown): void => {
  const rows = datapathsOf(status)
  const revision = cell(isRow(status) ? status['revision'] : null)
  if (rows.length === 0) {
    context.remark(`revision ${revision}; no bridge has connected yet`)
    return
  }
  const wide = context.format === 'wide'
  const full = table([...numbers(revision), ...SENTENCES, ...(wide ? WIDE : [])], rows, null)
  const { width } = context
  const fits = width === null || full.split('\n').every((line) => displayWidth(line) <= width)
  if (wide || fits) context.print(full)
  else context.print([table(numbers(revision), rows, width), ...rows.flatMap(sentences)].join('\n'))
}

/** Milliseconds between looks: what becomes of bridges is no change of rows. */
const EVERY = 1000

const show = async (context: Context): Promise<void> => {
  const { value } = await context.client.send({ method: 'GET', path: ['status'] })
  if (context.format === 'json' || context.format === 'yaml') await presentRaw(context, [value])
  else if (context.format === 'name') {
    for (const { uuid, dpid } of datapathsOf(value)) context.print(String(uuid ?? dpid))
  } else {
    presentTable(context, value)
    remarkDatabases(context, value)
    remarkNotEnforced(context, value)
  }
}

export const statusCommand: Command = {
  names: ['status'],
  help: 'Shows every bridge: connected, the revision that it has acknowledged, flows, refused flows, last error, warnings.',
  positionals: [],
  options: LIST_OPTIONS.filter(({ name }) => name === 'watch'),
  run: ({ watch = false }, context) => list(context, watch, show, EVERY),
}
