/** A plan for people: a line per row with a sign, and below it what of it is other than before. */
import { cell } from '../output/cell.ts'
import type { Paint } from '../output/paint.ts'
import { escaped } from '../output/table.ts'
import type { Change, Difference, Plan } from './change.ts'

const nameOf = ({ resource, key }: Change): string =>
  `${resource.name.replaceAll('_', ' ')} ${key.replace(' ', ' and ')}`.trimEnd()

const valueText = (value: unknown): string =>
  value === null || value === undefined ? '(none)' : escaped(cell(value))

const differenceLine = ({ parameter, before, after }: Difference): string =>
  `    ${parameter}: ${valueText(before)} → ${valueText(after)}`

const linesOf = (change: Change, paint: Paint): string[] => {
  switch (change.kind) {
    case 'add':
      return [
        paint.green(`+ ${nameOf(change)}`),
        ...Object.entries(change.values).flatMap(([name, value]) =>
          value === null ? [] : [`    ${name}: ${valueText(value)}`],
        ),
      ]
    case 'change':
      return [paint.yellow(`~ ${nameOf(change)}`), ...change.differences.map(differenceLine)]
    case 'remove':
      return [paint.red(`- ${nameOf(change)}${change.reason === 'along' ? ' (goes along)' : ''}`)]
    case 'replace': {
      const why =
        change.differences.length > 0
          ? 'cannot be changed: deleted and added again'
          : 'goes along and comes back as it was'
      return [paint.red(`± ${nameOf(change)} (${why})`), ...change.differences.map(differenceLine)]
    }
  }
}

const COUNTED = [
  ['add', 'to add', 'added'],
  ['change', 'to change', 'changed'],
  ['replace', 'to replace', 'replaced'],
  ['remove', 'to remove', 'removed'],
] as const

const countsOf = (changes: readonly Change[], isDone = false): string[] =>
  COUNTED.flatMap(([kind, todo, done]) => {
    const count = changes.filter((change) => change.kind === kind).length
    return count === 0 ? [] : [`${count} ${isDone ? done : todo}`]
  })

/** `2 to add, 1 to change, 5 unchanged`; `2 added, 1 changed, 5 unchanged` */
export const summaryOf = ({ changes, unchanged }: Plan, isDone: boolean): string =>
  [...countsOf(changes, isDone), `${unchanged} unchanged`].join(', ')

/** What a deletion entails, a line each: first what goes, then what loses something. */
export const consequenceLines = (changes: readonly Change[]): string[] => [
  ...changes.filter(({ kind }) => kind === 'remove').map(nameOf),
  ...changes.flatMap((change) =>
    change.kind === 'change'
      ? change.differences.map((one) => `changed: ${nameOf(change)}: ${differenceLine(one).trim()}`)
      : [],
  ),
]

/** What a call would do, said by the server. */
export const rehearsalText = (changes: readonly Change[], paint: Paint): string =>
  changes.length === 0
    ? 'nothing would change'
    : `${changes.flatMap((change) => linesOf(change, paint)).join('\n')}\n${countsOf(changes).join(', ')}; nothing was done`

/** What a plan does, row by row; empty when nothing is to be done. */
export const planText = (plan: Plan, paint: Paint): string =>
  plan.changes.flatMap((change) => linesOf(change, paint)).join('\n')
