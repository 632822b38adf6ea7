/**
 * The readers of a source. Most sources have one or two, a few have thousands, and there are hundreds of thousands of
 * sources: a set of its own for each would cost more memory than everything else. So: nothing, one, a short list, or
 * a set.
 */

export type Dependents<T extends object> = undefined | T | T[] | Set<T>

/** Most readers that are a list: more are a set. */
const LONGEST_LIST = 64

/** @returns what to keep in place of `dependents` */
export const withDependent = <T extends object>(dependents: Dependents<T>, added: T): Dependents<T> => {
  if (dependents === undefined) return added
  if (dependents instanceof Set) return dependents.add(added)
  if (!Array.isArray(dependents)) return dependents === added ? dependents : [dependents, added]
  if (dependents.includes(added)) return dependents
  if (dependents.length >= LONGEST_LIST) return new Set(dependents).add(added)
  // Not by push, which makes room for sixteen more.
  return dependents.concat(added)
}

/** @returns what to keep in place of `dependents` */
export const withoutDependent = <T extends object>(dependents: Dependents<T>, removed: T): Dependents<T> => {
  if (dependents === undefined || dependents === removed) return undefined
  if (dependents instanceof Set) {
    dependents.delete(removed)
    return dependents.size > 0 ? dependents : undefined
  }
  if (!Array.isArray(dependents)) return dependents
  const at = dependents.indexOf(removed)
  if (at >= 0) dependents.splice(at, 1)
  return dependents.length > 1 ? dependents : dependents[0]
}

export const eachDependent = <T extends object>(dependents: Dependents<T>): Iterable<T> => {
  if (dependents === undefined) return []
  return dependents instanceof Set || Array.isArray(dependents) ? dependents : [dependents]
}

/** Whether there are more than so many, of which one is looked at only where it has to be. @param most below `LONGEST_LIST` */
export const isCrowd = (dependents: Dependents<object>, most: number): boolean =>
  dependents instanceof Set || (Array.isArray(dependents) && dependents.length > most)
