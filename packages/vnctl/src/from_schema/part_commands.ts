/**
 * What belongs to one row and has no name: the rules of a filter (`filters static add FIL --protocol tcp`), which their
 * parameters tell apart; and associations of two rows, which are there or not (`interfaces networks modify IF NW --static`).
 */
import { boolean, type ResourceSpec } from '@openvnet/schema'
import type { Command, CommandGroup, CommandOption } from '../command.ts'
import { LIST_OPTIONS, WRITE_OPTIONS } from '../globals.ts'
import { list } from '../output/listing.ts'
import { present } from '../output/present.ts'
import type { Request } from '../server/client.ts'
import { write } from '../server/write.ts'
import { addOptions, positionalOf } from './options.ts'
import { PAGING, pagingQuery } from './paging.ts'
import type { Association, Part } from './resources.ts'

/** @param path below the row that the first positional names */
const listCommand = (base: ResourceSpec, shown: ResourceSpec, path: string): Command => ({
  names: ['show', 'list'],
  help: `Shows what a ${base.name.replaceAll('_', ' ')} has there.`,
  positionals: [positionalOf(base, 'one')],
  options: [...PAGING, ...LIST_OPTIONS],
  run: async ({ positionals: [row = ''], options, watch = false }, context) => {
    await list(context, watch, async (inner) => {
      const query = pagingQuery(options, inner.view)
      const answer = await inner.client.send({ method: 'GET', path: [base.collection, row, path], query })
      await present(inner, { answers: [answer.value], resource: shown })
    })
  },
})

interface Write {
  readonly names: Command['names']
  readonly help: string
  readonly method: Request['method']
  readonly base: ResourceSpec
  readonly path: string
  readonly options: readonly CommandOption[]
  /** What the answer is. */
  readonly shown: ResourceSpec
}

const writeCommand = ({ names, help, method, base, path, options, shown }: Write): Command => ({
  names,
  help,
  positionals: [positionalOf(base, 'one')],
  options: [...options, ...WRITE_OPTIONS],
  run: async ({ positionals: [row = ''], options: given }, context) => {
    const request = { method, path: [base.collection, row, path], body: Object.fromEntries(given) }
    await write(context, request, (answer) =>
      present(context, { answers: [answer], resource: shown, name: row }),
    )
  },
})

export const partGroup = ({ resource, base, given, names: [word, other] }: Part): CommandGroup => {
  const options = addOptions(resource, [given])
  const described = { base, path: word, shown: resource, options }
  return {
    names: word === other ? [word] : [word, other],
    help: resource.help,
    commands: [
      writeCommand({ ...described, names: ['add', 'create'], help: resource.help, method: 'POST' }),
      listCommand(base, resource, word),
      writeCommand({
        ...described,
        names: ['del', 'delete', 'rm'],
        help: 'Takes away the one that the options describe, with the same words as it was added.',
        method: 'DELETE',
      }),
    ],
    groups: [],
  }
}

const STATIC: CommandOption = {
  name: 'static',
  aliases: [],
  help: 'true: for good; false: only as long as a lease or a route says so.',
  kind: boolean,
  required: true,
  bare: true,
}

export const associationGroup = ({ resource, base, other }: Association): CommandGroup => ({
  names: [other.collection, other.name],
  help: resource.help,
  commands: [
    listCommand(base, resource, other.collection),
    {
      names: ['modify', 'update'],
      help: resource.help,
      positionals: [positionalOf(base, 'one'), positionalOf(other, 'one')],
      options: [STATIC, ...WRITE_OPTIONS],
      run: async ({ positionals: [row = '', to = ''], options }, context) => {
        const path = [base.collection, row, other.collection, to]
        await write(context, { method: 'PUT', path, body: Object.fromEntries(options) }, (answer) =>
          present(context, { answers: [answer], resource, name: to }),
        )
      },
    },
  ],
  groups: [],
})
