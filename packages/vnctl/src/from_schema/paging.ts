/** `--limit` and `--offset` of everything that lists. */
import { integer, labelSelector } from '@openvnet/schema'
import type { CommandOption, OptionValues, View } from '../command.ts'

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

/** `-l` of lists of rows. */
export const SELECTION: readonly CommandOption[] = [
  ...PAGING,
  {
    name: 'label',
    aliases: ['l', 'selector'],
    help: 'Only rows with these labels: app=web, tier!=front, app or !app; several must all hold.',
    kind: labelSelector,
    required: false,
  },
]

/** The query of a list: what is to be sorted is asked for whole. */
export const pagingQuery = (options: OptionValues, { sort }: View): Record<string, string> => ({
  ...(sort === null ? {} : { limit: String(LONGEST_PAGE) }),
  ...Object.fromEntries(
    SELECTION.filter(({ name }) => options.has(name)).map(({ name }) => [name, String(options.get(name))]),
  ),
})
