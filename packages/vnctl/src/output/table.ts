/**
 * Lays out a table: aligned columns, two blanks apart, no wider than the terminal.
 * What does not fit is first shortened (widest column first), then columns are left out from the right.
 * Nothing that a server sends can move the cursor: control characters are shown escaped.
 */

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

const escaped = (text: string): string =>
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

const total = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width, (widths.length - 1) * GAP.length)

/** Widths that together fit: the widest columns give way, then the last ones go. */
const fitted = (natural: readonly number[], limit: number | null): number[] => {
  const widths = [...natural]
  while (limit !== null && total(widths) > limit && widths.length > 1) {
    const widest = Math.max(...widths.slice(1))
    if (widest > SHORTEST) widths[widths.lastIndexOf(widest)] = widest - 1
    else widths.pop()
  }
  return widths
}

/**
 * @param headers one per column
 * @param rows cells as text
 * @param limit columns of the terminal; `null` for as wide as needed
 * @returns lines without trailing blanks
 */
export const layOut = (
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  limit: number | null,
): string => {
  const lines = [headers, ...rows].map((line) => line.map(escaped))
  const natural = headers.map((_, column) =>
    Math.max(...lines.map((line) => displayWidth(line[column] ?? ''))),
  )
  const widths = fitted(natural, limit)
  const pad = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - displayWidth(text)))
  return lines
    .map((line) => widths.map((width, column) => pad(shortened(line[column] ?? '', width), width)))
    .map((cells) => cells.join(GAP).trimEnd())
    .join('\n')
}
