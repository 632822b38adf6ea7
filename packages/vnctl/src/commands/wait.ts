/** `vnctl wait`: until every connected bridge has acknowledged a revision. */
import { integer } from '@openvnet/schema'
import type { Command, Context } from '../command.ts'
import { EXIT, Failure } from '../failure.ts'
import { presentRaw } from '../output/present.ts'
import { isRow } from '../output/row.ts'
import { failureOfWait } from '../server/applied.ts'
import { DEFAULT_WAIT, waitKind } from '../waiting.ts'

const currentRevision = async (context: Context): Promise<number> => {
  const { value } = await context.client.send({ method: 'GET', path: ['status'] })
  const revision = isRow(value) ? value['revision'] : undefined
  if (typeof revision === 'number') return revision
  throw new Failure(EXIT.other, 'the server does not say its revision; name one with --revision')
}

export const waitCommand: Command = {
  names: ['wait'],
  help: 'Waits until every connected bridge has acknowledged a revision.',
  positionals: [],
  options: [
    {
      name: 'revision',
      aliases: [],
      help: 'The revision; the newest when absent.',
      kind: integer(0, Number.MAX_SAFE_INTEGER),
      required: false,
    },
    {
      name: 'timeout',
      aliases: [],
      help: 'Seconds to wait.',
      kind: waitKind,
      required: false,
      default: DEFAULT_WAIT,
    },
  ],
  run: async ({ options }, context) => {
    const seconds = Number(options.get('timeout') ?? context.wait ?? DEFAULT_WAIT)
    const revision = Number(options.get('revision') ?? (await currentRevision(context)))
    const query = { revision: String(revision), timeout: String(seconds) }
    const { value } = await context.client.send({ method: 'GET', path: ['wait'], query, patience: seconds })
    const failure = failureOfWait(value, revision, seconds)
    if (context.format === 'json' || context.format === 'yaml') await presentRaw(context, [value])
    else if (failure === null) context.print(`revision ${revision} is applied`)
    if (failure !== null) throw failure
  },
}
