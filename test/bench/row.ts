/**
 * What a benchmark gives: rows of one table. A family measures rows that share a set-up; it is asked only for those
 * that are wanted and gives each as soon as it is known. Budgets are written in the families, from DESIGN §10.
 */
import { median, number, spread } from './statistics.ts'

export interface Row {
  /** `size/10000/add-interface`: what it is selected by. */
  readonly name: string
  readonly work: string
  readonly ours: string
  /** The program beside it, and its result in the same run. */
  readonly other?: string
  readonly ratio?: string
  readonly budget?: string
  /** Absent: there is no budget, or not for this. */
  readonly isMet?: boolean
}

export interface Context {
  /** Fewer rounds and smaller sizes. */
  readonly quick: boolean
  readonly ovn: boolean
  /** Files of this run. */
  readonly directory: string
  /** Whether a row is to be measured. */
  wants(name: string): boolean
  /** A row that is not wanted is left out. */
  give(row: Row): void
  /** A line for who waits; not part of the table. */
  say(line: string): void
}

export interface Family {
  readonly name: string
  /** One line for `--list`. */
  readonly about: string
  /** Needs namespaces and real interfaces. */
  readonly asRoot?: boolean
  /** Names of its rows below its own: a part may hold several rows. */
  readonly parts: readonly string[]
  run(context: Context): Promise<void>
}

/** A budget as text, and whether a value holds it. */
export interface Budget {
  readonly text: string
  readonly holds: (value: number) => boolean
}

export const atMost = (limit: number, unit: string): Budget => ({
  text: `≤ ${number(limit).replace(/\.0+$/, '')}${unit === '' ? '' : ` ${unit}`}`,
  holds: (value) => value <= limit,
})

/** Columns of a budget for a value that was measured. */
export const judged = (budget: Budget | undefined, value: number): Pick<Row, 'budget' | 'isMet'> =>
  budget === undefined ? {} : { budget: budget.text, isMet: budget.holds(value) }

interface Comparison {
  readonly name: string
  readonly work: string
  readonly unit: string
  readonly ours: readonly number[]
  readonly program: string
  readonly theirs: readonly number[]
  /** On the ratio of medians, ours to theirs. */
  readonly budget?: Budget
}

/** Ours beside another program: the ratio is that of the medians, ours to theirs. */
export const compared = ({ name, work, unit, ours, program, theirs, budget }: Comparison): Row => {
  const ratio = median(ours) / median(theirs)
  return {
    name,
    work,
    ours: spread(ours, unit),
    other: `${program} ${spread(theirs, unit)}`,
    ratio: `${number(ratio)} ×`,
    ...judged(budget, ratio),
  }
}

/** Ours alone; the budget is on the median. */
export const alone = (
  name: string,
  work: string,
  values: readonly number[],
  unit: string,
  budget?: Budget,
): Row => ({ name, work, ours: spread(values, unit), ...judged(budget, median(values)) })
