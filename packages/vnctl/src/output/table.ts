/**
 * Lays out a table: aligned columns, two blanks apart, no wider than the terminal.
 * What does not fit: spare columns are left out, then elastic ones are shortened (the widest first), then columns
 * are left out from the right. Anything else is shown in full, so that it can be copied.
 * Nothing that a server sends can move the cursor: control characters are shown escaped.
 */

export interface TableColumn {
  readonly header: string
  /** May be left out before anything else. */
  readonly spare?: boolean
  /** Holds text that may be shortened. */
  readonly elastic?: boolean
}

const GAP = '  '
const SHORTEST = 8
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const ZERO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u

const characterWidth = (character: string): number => {
  if (ZERO_WIDTH.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

/** Columns that a terminal uses for the text. */
export const displayWidth = (text: string): number =>
  [...text].reduce((width, character) => width + characterWidth(character), 0)

/** Control characters made visible. */
export const escaped = (text: string): string =>
  text.replace(/\p{Cc}/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`)

const shortened = (text: string, width: number): string => {
  if (displayWidth(text) <= width) return text
  let kept = ''
  let used = 1
  for (const character of text) {
    used += characterWidth(character)
    if (used > width) break
    kept += character
  }
  return `${kept}…`
}

interface Placed {
  readonly column: TableColumn
  /** Its place among the cells of a row. */
  readonly index: number
  width: number
}

const total = (placed: readonly Placed[]): number =>
  placed.reduce((sum, { width }) => sum + width, (placed.length - 1) * GAP.length)

/** Leaves out the last column that `mayGo`, the first column never; `false` when there is none. */
const leaveOut = (placed: Placed[], mayGo: (column: TableColumn) => boolean): boolean => {
  const at = placed.findLastIndex(({ column }, place) => place > 0 && mayGo(column))
  if (at !== -1) placed.splice(at, 1)
  return at !== -1
}

/** Takes one character from the widest elastic column; `false` when all are as short as can be. */
const shorten = (placed: readonly Placed[]): boolean => {
  const elastic = placed.filter(({ column, width }) => column.elastic === true && width > SHORTEST)
  const widest = elastic.reduce<Placed | null>((a, b) => (a === null || b.width >= a.width ? b : a), null)
  if (widest !== null) widest.width--
  return widest !== null
}

/** Makes the columns fit. */
const fit = (placed: Placed[], limit: number): void => {
  while (total(placed) > limit) {
    const changed =
      leaveOut(placed, (column) => column.spare === true) || shorten(placed) || leaveOut(placed, () => true)
    if (!changed) return
  }
}

/**
 * @param rows cells as text, one per column
 * @param limit columns of the terminal; `null` for as wide as needed
 * @returns lines without trailing blanks
 */
export const layOut = (
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  limit: number | null,
): string => {
  const lines = [columns.map(({ header }) => header), ...rows].map((line) => line.map(escaped))
  const placed = columns.map(
    (column, index): Placed => ({
      column,
      index,
      width: Math.max(...lines.map((line) => displayWidth(line[index] ?? ''))),
    }),
  )
  if (limit !== null) fit(placed, limit)
  const pad = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - displayWidth(text)))
  return lines
    .map((line) => placed.map(({ index, width }) => pad(shortened(line[index] ?? '', width), width)))
    .map((cells) => cells.join(GAP).trimEnd())
    .join('\n')
}
