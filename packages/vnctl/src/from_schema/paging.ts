/** `--limit` and `--offset` of everything that lists. */
import { integer, type Scalar } from '@openvnet/schema'
import type { CommandOption } from '../command.ts'

/** The most rows that the API answers at once. */
export const LONGEST_PAGE = 1000

export const PAGING: readonly CommandOption[] = [
  {
    name: 'limit',
    aliases: [],
    help: 'At most so many rows.',
    kind: integer(0, LONGEST_PAGE),
    required: false,
  },
  {
    name: 'offset',
    aliases: [],
    help: 'Leave out so many rows first.',
    kind: integer(0, Number.MAX_SAFE_INTEGER),
    required: false,
  },
]

/** The query of a list. */
export const pagingQuery = (options: ReadonlyMap<string, Scalar | null>): Record<string, string> =>
  Object.fromEntries(
    PAGING.filter(({ name }) => options.has(name)).map(({ name }) => [name, String(options.get(name))]),
  )
