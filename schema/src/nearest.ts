/** The known name that a misspelt one is nearest to: for refusals of parameters, options and commands. */

/** Edits (insert, delete, replace, swap of neighbours: optimal string alignment) that turn `a` into `b`. */
const distance = (a: string, b: string): number => {
  let older: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwap ? older[j - 2]! + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(replaced, swapped, row[j]! + 1, next[j - 1]! + 1))
    }
    older = row
    row = next
  }
  return row[b.length]!
}

/** Nobody means a known name by more than this. */
const LONGEST = 64

/**
 * `-` and `_`, upper and lower case count as the same.
 * @returns the nearest of `known`, or `undefined` when none is within two edits (a third of its length for long ones).
 */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  if (name.length > LONGEST) return undefined
  const spell = (word: string) => word.toLowerCase().replaceAll('_', '-')
  let least = Math.max(2, Math.floor(name.length / 3)) + 1
  let best: string | undefined
  for (const candidate of known) {
    const edits = distance(spell(name), spell(candidate))
    if (edits < least && edits < candidate.length) [best, least] = [candidate, edits]
  }
  return best
}
