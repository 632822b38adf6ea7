/** The command line of `npm run bench`. */
import { parseArgs } from 'node:util'

export interface Options {
  readonly quick: boolean
  readonly ovn: boolean
  readonly list: boolean
  /** Whether the document is written: only by a whole run, unless asked for or forbidden. */
  readonly write: boolean
  /** Rows that are wanted; all when empty. */
  readonly rows: readonly string[]
  /** As typed. */
  readonly text: string
}

export const HELP = `npm run bench -- [OPTIONS] [ROW …]

ROW selects rows by consecutive parts of their names: packet-in, size/10000, 10000/memory, add-interface. All when none is given.

  --quick     fewer rounds and smaller sizes: less than two minutes, printed only
  --ovn       OVN beside ours; its packages are fetched where they are not installed
  --list      the names of all rows
  --write     write docs/benchmarks.md also after --quick or a selection
  --no-write  print only
`

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  ovn: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  write: { type: 'boolean' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** @returns `null` when help is wanted. @throws for unknown options */
export const readOptions = (args: readonly string[]): Options | null => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
    allowNegative: true,
  })
  if (values.help) return null
  const { quick, ovn, list } = values
  const write = values.write ?? (!quick && positionals.length === 0)
  return { quick, ovn, list, write, rows: positionals, text: args.join(' ') }
}

/**
 * Whether a row, or one of the rows below a name, is selected by the parts of a name: from its start, or without the
 * family anywhere.
 */
export const isWanted = (name: string, selected: string): boolean => {
  const afterFamily = name.slice(name.indexOf('/'))
  return `${name}/`.startsWith(`${selected}/`) || `${afterFamily}/`.includes(`/${selected}/`)
}
