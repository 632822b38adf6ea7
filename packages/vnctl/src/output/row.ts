/** Reading answers of the API: rows, lists of rows. */

export type AnswerRow = Readonly<Record<string, unknown>>

export const isRow = (value: unknown): value is AnswerRow =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The rows of an answer: the items of a list, or the one row that it is. */
export const rowsOf = (answer: unknown): AnswerRow[] => {
  if (Array.isArray(answer)) return answer.filter(isRow)
  if (!isRow(answer)) return []
  const items = answer['items']
  return Array.isArray(items) ? items.filter(isRow) : [answer]
}
