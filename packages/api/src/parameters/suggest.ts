/** The known name that a misspelt one is nearest to. */

/**
 * Number of characters to insert, delete, replace or swap with their neighbour to turn `a` into `b` (optimal string
 * alignment).
 */
const distance = (a: string, b: string): number => {
  let older: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwap ? (older[j - 2] as number) + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(replaced, swapped, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    older = row
    row = next
  }
  return row[b.length] as number
}

/** Nobody means a known name by more than this. */
const LONGEST = 64

/** @returns the nearest of `known`, or `undefined` when none is near. */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  if (name.length > LONGEST) return undefined
  const spelling = name.toLowerCase().replaceAll('-', '_')
  const ranked = known
    .map((candidate) => ({ candidate, steps: distance(spelling, candidate) }))
    .sort((a, b) => a.steps - b.steps)
  const best = ranked[0]
  return best !== undefined && best.steps <= Math.max(1, Math.floor(spelling.length / 3))
    ? best.candidate
    : undefined
}
