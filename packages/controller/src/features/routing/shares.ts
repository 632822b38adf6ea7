/** Traffic to one destination is shared among next hops in equal links, of which each has as many as its weight says. */

/** Open vSwitch computes a hash for each of them. */
const MOST = 64

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b))

/**
 * How many links each has: the smallest numbers in the proportion of the weights; where these are too many altogether,
 * about that proportion, and one at least.
 */
export const linksOf = (weights: readonly number[]): readonly number[] => {
  const divisor = weights.reduce(commonDivisor, 0)
  const links = weights.map((weight) => weight / divisor)
  const total = links.reduce((sum, link) => sum + link, 0)
  return total <= MOST ? links : links.map((link) => Math.max(1, Math.round((link * MOST) / total)))
}
