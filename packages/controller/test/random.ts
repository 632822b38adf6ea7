/** Numbers that look random and are the same again for the same seed (mulberry32). */
export class Random {
  #state: number

  /** @param seed 32 bits */
  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** 0 ≤ n < 2³². */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  /** 0 ≤ n < `limit`. */
  below(limit: number): number {
    return this.next() % limit
  }

  /** 1 ≤ n ≤ `last`. */
  upTo(last: number): number {
    return 1 + this.below(last)
  }

  /** @param share 0 to 1 */
  chance(share: number): boolean {
    return this.next() < share * 2 ** 32
  }

  /** @throws for an empty list */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('nothing to choose from')
    return items[this.below(items.length)] as T
  }

  /** One of the values, each as often as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.below(choices.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, value] of choices) {
      if (left < weight) return value
      left -= weight
    }
    throw new Error('nothing to choose from')
  }

  shuffled<T>(items: readonly T[]): T[] {
    const rest = [...items]
    const taken: T[] = []
    while (rest.length > 0) taken.push(...rest.splice(this.below(rest.length), 1))
    return taken
  }
}

/** That of `scripts/tests/seed.mjs`, the same in each run unless `FUZZ_SEED` says another. */
export const newSeed = (): number => Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
