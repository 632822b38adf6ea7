/** What is said when not every connected bridge has a revision in time. */
import { EXIT, Failure } from '../failure.ts'
import { type AnswerRow, isRow } from '../output/row.ts'

/**
 * @param revision that is stored
 * @param seconds how long the server waited
 * @param lacking the bridges that are behind, or why nobody can tell
 */
export const notApplied = (revision: number | null, seconds: number, lacking: string): Failure =>
  new Failure(
    EXIT.notApplied,
    `revision ${revision} is stored but was not applied within ${seconds} s: ${lacking}; \`vnctl status\` shows more`,
  )

const lateness = ({
  uuid,
  dpid,
  acknowledged_revision: acknowledged,
  refused,
  last_error: error,
}: AnswerRow): string => {
  const name = uuid === null || uuid === undefined ? `${dpid}` : `${uuid} (${dpid})`
  const refusal = refused ? `, refused ${refused} flows or groups` : ''
  return `${name} has acknowledged ${acknowledged}${refusal}${error ? `: ${error}` : ''}`
}

/** The failure that an answer of `GET /wait` means, or `null` when the revision is applied. */
export const failureOfWait = (answer: unknown, revision: number, seconds: number): Failure | null => {
  if (!isRow(answer) || answer['applied'] !== false) return null
  const pending = Array.isArray(answer['pending']) ? answer['pending'].filter(isRow) : []
  const lacking = pending.length > 0 ? pending.map(lateness).join('; ') : String(answer['reason'] ?? '')
  return notApplied(revision, seconds, lacking)
}
