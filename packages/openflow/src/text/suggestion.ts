/** What a mistyped word may have meant. */

/** `did you mean "output"?`, or nothing if no candidate is near: one letter in three may be wrong, missing or too many. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const typed = word.toLowerCase()
  let best = { name: '', distance: Math.floor(typed.length / 3) + 1 }
  for (const name of candidates) {
    // Names that differ more in length than what is allowed need no counting.
    if (Math.abs(name.length - typed.length) >= best.distance) continue
    const distance = editDistance(typed, name.toLowerCase())
    if (distance < best.distance) best = { name, distance }
  }
  return best.name === '' ? '' : `did you mean ${JSON.stringify(best.name)}?`
}

/** Letters to put in, take out or change, and neighbours to swap. */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = []
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] && i > 1 && j > 1
      const swap = isSwap ? (before[j - 2] ?? 0) + 1 : change
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
