/** What the inputs of a pass changed, each thing once. */
import { getOrCreate } from '../model/get_or_create.ts'
import type { CellSpace, Touch } from '../model/touch.ts'

export class Touched {
  readonly #spaces = new Map<CellSpace, Set<string | number>>()

  readonly touch: Touch = (space, key) => {
    getOrCreate(this.#spaces, space, () => new Set<string | number>()).add(key)
  };

  *[Symbol.iterator](): Generator<readonly [CellSpace, string | number]> {
    for (const [space, keys] of this.#spaces) for (const key of keys) yield [space, key]
  }
}
