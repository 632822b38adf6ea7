/** What programs remember, by name: those that name the same share it. */
export class Memory {
  readonly #states = new Map<string, unknown>()

  /** @param create makes it, for whoever asks first */
  of(name: string, create: () => unknown): unknown {
    const known = this.#states.get(name)
    if (known !== undefined) return known
    const state = create()
    this.#states.set(name, state)
    return state
  }
}
