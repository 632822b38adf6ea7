/** The shortest list that still fails, as far as leaving things out goes (delta debugging, Zeller 2002). */

const without = <T>(items: readonly T[], start: number, count: number): T[] => [
  ...items.slice(0, start),
  ...items.slice(start + count),
]

/** What is left after trying once to leave out each part of that size. */
const pass = async <T>(
  items: readonly T[],
  size: number,
  fails: (items: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> => {
  let left = items
  for (let end = left.length; end > 0; end -= size) {
    const start = Math.max(0, end - size)
    const fewer = without(left, start, end - start)
    if (await fails(fewer)) left = fewer
  }
  return left
}

/**
 * @param items a list that fails
 * @returns a list of some of them that fails too, and from which none can be left out; the same list when it does not fail
 */
export const shrink = async <T>(
  items: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> => {
  let left = items
  for (let size = Math.ceil(items.length / 2); size > 0; ) {
    const fewer = await pass(left, size, fails)
    const isShorter = fewer.length < left.length
    left = fewer
    if (size > 1) size = Math.ceil(size / 2)
    else if (!isShorter) break
  }
  return left
}

/**
 * The same for what an item is made of.
 * @param parts what an item is made of; `null` when it is made of nothing that could be left out
 * @returns the list with items of fewer parts that fails too
 */
export const shrinkItems = async <T, P>(
  items: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean>,
  {
    parts,
    assemble,
  }: { parts: (item: T) => readonly P[] | null; assemble: (item: T, parts: readonly P[]) => T },
): Promise<readonly T[]> => {
  let left = items
  for (const [index, item] of items.entries()) {
    const all = parts(item)
    if (all === null) continue
    const having = (some: readonly P[]) => left.with(index, assemble(item, some))
    left = having(await shrink(all, (some) => fails(having(some))))
  }
  return left
}
