/** The name that a user probably meant: the one with the fewest edits. */

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`. */
const distance = (a: string, b: string): number => {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const choices = [
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      ]
      if (swapped) choices.push((beforeLast[column - 2] ?? 0) + 1)
      current.push(Math.min(...choices))
    }
    beforeLast = last
    last = current
  }
  return last[b.length] ?? 0
}

/** The closest of `names`, or `null` when none is within two edits (a third of its length for long ones). */
export const nearest = (word: string, names: readonly string[]): string | null => {
  let best: string | null = null
  let least = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const name of names) {
    const edits = distance(word, name)
    if (edits < least && edits < name.length) [best, least] = [name, edits]
  }
  return best
}
