/** The table, as printed and as written between the marks of docs/benchmarks.md. */
import { readFile, writeFile } from 'node:fs/promises'
import type { Row } from './row.ts'

const BEGIN = '<!-- begin: written by `npm run bench` -->'
const END = '<!-- end -->'
const HEAD = ['row', 'work', 'ours', 'beside it, same run', 'ratio', 'budget', '']

const verdict = ({ isMet }: Row): string => {
  if (isMet === undefined) return ''
  return isMet ? 'met' : '**not met**'
}

const cells = (row: Row): string[] => [
  `\`${row.name}\``,
  row.work,
  row.ours,
  row.other ?? '',
  row.ratio ?? '',
  row.budget ?? '',
  verdict(row),
]

const line = (values: readonly string[]): string => `| ${values.join(' | ')} |`

export const renderRow = (row: Row): string => line(cells(row))
export const TABLE_HEAD = [line(HEAD), line(HEAD.map(() => '---'))].join('\n')

export const renderReport = (facts: string, rows: readonly Row[]): string =>
  [facts, '', TABLE_HEAD, ...rows.map(renderRow)].join('\n')

/** Replaces what stands between the marks. @throws when the document has no marks */
export const writeReport = async (file: string, report: string): Promise<void> => {
  const text = await readFile(file, 'utf8')
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`${file}: the marks are missing: ${BEGIN} … ${END}`)
  await writeFile(file, `${text.slice(0, begin + BEGIN.length)}\n\n${report}\n\n${text.slice(end)}`)
}
