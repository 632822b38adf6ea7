/**
 * Inputs of computations by name. A cell is there as long as something reads it: a change of what nobody reads costs
 * a look. Names have two parts, so that no string has to be put together to find one.
 */
import { getOrCreate } from '../model/get_or_create.ts'
import type { CellSpace } from '../model/touch.ts'
import type { Computation } from './computation.ts'
import type { Dependents } from './dependents.ts'

export type CellKey = string | number

export class Cell {
  dependents: Dependents<Computation>
  /** When it changed last, by the clock of the graph. */
  changedAt = 0
  readonly #siblings: Map<CellKey, Cell>
  readonly #key: CellKey

  constructor(siblings: Map<CellKey, Cell>, key: CellKey) {
    this.#siblings = siblings
    this.#key = key
  }

  /** Nothing reads it any more. */
  forget(): void {
    this.#siblings.delete(this.#key)
  }
}

export class Cells {
  readonly #spaces = new Map<CellSpace, Map<CellKey, Cell>>()

  find(space: CellSpace, key: CellKey): Cell | undefined {
    return this.#spaces.get(space)?.get(key)
  }

  at(space: CellSpace, key: CellKey): Cell {
    const siblings = getOrCreate(this.#spaces, space, () => new Map<CellKey, Cell>())
    return getOrCreate(siblings, key, () => new Cell(siblings, key))
  }
}
