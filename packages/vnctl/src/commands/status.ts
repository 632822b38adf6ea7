/** `vnctl status`: every bridge, and whether it has the newest revision. */
import type { Command, Context } from '../command.ts'
import { cell } from '../output/cell.ts'
import { presentRaw } from '../output/present.ts'
import { type AnswerRow, isRow } from '../output/row.ts'
import { layOut } from '../output/table.ts'

/** The bridges of an answer of `GET /status`. */
const datapathsOf = (status: unknown): AnswerRow[] => {
  const datapaths = isRow(status) ? status['datapaths'] : undefined
  return Array.isArray(datapaths) ? datapaths.filter(isRow) : []
}

type Column = readonly [header: string, text: (row: AnswerRow) => string]

const plain = (header: string, name: string): Column => [header, (row) => cell(row[name])]

const TABLE = (revision: string): Column[] => [
  plain('DPID', 'dpid'),
  plain('UUID', 'uuid'),
  ['CONNECTED', (row) => (row['connected'] === true ? 'yes' : 'no')],
  ['REVISION', () => revision],
  plain('ACKNOWLEDGED', 'acknowledged_revision'),
  plain('FLOWS', 'flows'),
  plain('LAST_ERROR', 'last_error'),
  plain('WARNINGS', 'warnings'),
]

const WIDE: readonly Column[] = [
  'groups',
  'flow_mods_sent',
  'group_mods_sent',
  'packet_ins',
  'peer',
  'since',
].map((name) => plain(name.toUpperCase(), name))

const presentTable = (context: Context, status: unknown): void => {
  const rows = datapathsOf(status)
  const wide = context.format === 'wide'
  const revision = cell(isRow(status) ? status['revision'] : null)
  const columns = [...TABLE(revision), ...(wide ? WIDE : [])]
  const cells = rows.map((row) => columns.map(([, text]) => text(row)))
  if (rows.length === 0) context.remark(`revision ${revision}; no bridge has connected yet`)
  else
    context.print(
      layOut(
        columns.map(([header]) => header),
        cells,
        wide ? null : context.width,
      ),
    )
}

export const statusCommand: Command = {
  names: ['status'],
  help: 'Shows every bridge: connected, the revision that it has acknowledged, flows, last error, warnings.',
  positionals: [],
  options: [],
  run: async (_input, context) => {
    const { value } = await context.client.send({ method: 'GET', path: ['status'] })
    if (context.format === 'json' || context.format === 'yaml') await presentRaw(context, [value])
    else if (context.format === 'name') {
      for (const { uuid, dpid } of datapathsOf(value)) context.print(String(uuid ?? dpid))
    } else presentTable(context, value)
  },
}
