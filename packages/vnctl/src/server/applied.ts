/** Whether every connected bridge has acknowledged a revision, and which one has not. */
import { EXIT, Failure } from '../failure.ts'
import { type AnswerRow, isRow } from '../output/row.ts'
import type { Client } from './client.ts'

/** The bridges of an answer of `GET /status`. */
export const datapathsOf = (status: unknown): AnswerRow[] => {
  const datapaths = isRow(status) ? status['datapaths'] : undefined
  return Array.isArray(datapaths) ? datapaths.filter(isRow) : []
}

const lateness = ({
  uuid,
  dpid,
  acknowledged_revision: acknowledged,
  last_error: error,
}: AnswerRow): string => {
  const name = uuid === null || uuid === undefined ? `${dpid}` : `${uuid} (${dpid})`
  return `${name} is at revision ${acknowledged}${error ? `, last error: ${error}` : ''}`
}

/**
 * Makes sure that every connected bridge has a revision; to be asked when the server has finished waiting.
 * @param seconds how long the server waited, for the message
 * @throws {Failure} naming the bridges that are behind
 */
export const assertApplied = async (client: Client, revision: number, seconds: number): Promise<void> => {
  const { value } = await client.send({ method: 'GET', path: ['status'] })
  const late = datapathsOf(value).filter(
    (row) => row['connected'] === true && Number(row['acknowledged_revision']) < revision,
  )
  if (late.length === 0) return
  const names = late.map(lateness).join('; ')
  throw new Failure(
    EXIT.notApplied,
    `revision ${revision} is stored but was not applied within ${seconds} s: ${names}; \`vnctl status\` shows more`,
  )
}
