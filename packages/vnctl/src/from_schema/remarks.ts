/** What is said below the rows of a resource, and is not in them. */
import type { Context } from '../command.ts'
import { isRow } from '../output/row.ts'

type Remark = (context: Context, shown: readonly unknown[]) => Promise<void>

const rowsOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isRow) : []

const rowsIn = (shown: readonly unknown[]): Record<string, unknown>[] =>
  shown.flatMap((answer) => rowsOf(isRow(answer) && 'items' in answer ? answer['items'] : [answer]))

/** What controllers warn of: a line for each, with the command that mends it. */
const remarkBridges: Remark = async (context, shown) => {
  const rows = rowsIn(shown)
  const uuids = new Set(rows.map(({ uuid }) => uuid))
  const { value } = await context.client.send({ method: 'GET', path: ['status'] })
  const datapaths = rowsOf(isRow(value) ? value['datapaths'] : [])
  const lines = datapaths
    .filter(({ uuid }) => uuids.has(uuid))
    .flatMap(({ uuid, warnings }) =>
      (Array.isArray(warnings) ? warnings : []).map((warning) => `${uuid}: warning: ${warning}`),
    )
  // Several controllers may say the same.
  for (const line of new Set(lines)) context.remark(line)
}

const remarkNetworks: Remark = async (context, shown) => {
  for (const { uuid, mtu_warning } of rowsIn(shown))
    if (typeof mtu_warning === 'string') context.remark(`${uuid}: warning: ${mtu_warning}`)
}

/** By resource. */
export const REMARKS: Readonly<Record<string, Remark>> = { datapath: remarkBridges, network: remarkNetworks }
