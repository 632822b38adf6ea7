/** Medians and spreads of samples, and how they are written. Pure. */

/** @param q 0 to 1 */
export const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? Number.NaN

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** From this many samples on the spread leaves out the tenth at either end. */
const MANY = 20

/** Three significant digits, whole numbers above 100. */
export const number = (value: number): string => {
  if (!Number.isFinite(value)) return '?'
  if (value >= 100) return Math.round(value).toLocaleString('en')
  if (value >= 10) return value.toFixed(1)
  return value.toFixed(2)
}

/** `median (10 %–90 %)`, or with fewer than 20 samples `median (least–most)`. */
export const spread = (values: readonly number[], unit: string): string => {
  if (values.length === 0) return '–'
  if (values.length === 1) return `${number(values[0]!)} ${unit}`
  const [low, high] = values.length >= MANY ? [0.1, 0.9] : [0, 1]
  const text = (q: number): string => number(quantile(values, q))
  return `${text(0.5)} (${text(low)}–${text(high)}) ${unit}`
}

/** Milliseconds that `work` takes. */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}
