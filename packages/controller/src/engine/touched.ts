/** What the inputs of a pass changed of that which somebody reads, each thing once. */
import { getOrCreate } from '../model/get_or_create.ts'
import type { CellSpace, Touch } from '../model/touch.ts'

export class Touched {
  readonly #spaces = new Map<CellSpace, Set<string | number>>()
  readonly #isRead: (space: CellSpace, key: string | number) => boolean

  /** @param isRead what nobody reads is left out: of a first snapshot that is all */
  constructor(isRead: (space: CellSpace, key: string | number) => boolean) {
    this.#isRead = isRead
  }

  readonly touch: Touch = (space, key) => {
    if (this.#isRead(space, key)) getOrCreate(this.#spaces, space, () => new Set<string | number>()).add(key)
  };

  *[Symbol.iterator](): Generator<readonly [CellSpace, string | number]> {
    for (const [space, keys] of this.#spaces) for (const key of keys) yield [space, key]
  }
}
