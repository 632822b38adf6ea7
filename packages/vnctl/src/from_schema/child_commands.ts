/** Rows that have a uuid and their path below another's: `ip-range-groups ip-ranges add IPRG`, `show IPRG`, `del IPRG IPR...`. */
import type { ResourceSpec } from '@openvnet/schema'
import type { Command, CommandGroup, Positional } from '../command.ts'
import { DELETE_OPTIONS, LIST_OPTIONS, WRITE_OPTIONS } from '../globals.ts'
import { list } from '../output/listing.ts'
import { present } from '../output/present.ts'
import { write } from '../server/write.ts'
import { deleteRows } from './deleting.ts'
import { addOptions, positionalOf } from './options.ts'
import { pagingQuery, SELECTION } from './paging.ts'

const words = (name: string): string => name.replaceAll('_', ' ')

/** What a row needs may be typed without its names, in their order: `ip-ranges add IPRG 10.0.0.1 10.0.0.9`. */
const inOrder = ({ fields }: ResourceSpec): Positional[] =>
  Object.entries(fields).flatMap(([name, field]): Positional[] =>
    field.type === 'value' && field.required
      ? [{ name: name.toUpperCase(), arity: 'optional', kind: field.kind, option: name }]
      : [],
  )

const addCommand = (child: ResourceSpec, parent: ResourceSpec): Command => ({
  names: ['add', 'create'],
  help: child.help,
  positionals: [positionalOf(parent, 'one'), ...inOrder(child)],
  options: [...addOptions(child, [`${parent.name}_uuid`]), ...WRITE_OPTIONS],
  run: async ({ positionals: [from = ''], options }, context) => {
    const path = [parent.collection, from, child.collection]
    await write(context, { method: 'POST', path, body: Object.fromEntries(options) }, (answer) =>
      present(context, { answers: [answer], resource: child }),
    )
  },
})

const showCommand = (child: ResourceSpec, parent: ResourceSpec): Command => ({
  names: ['show', 'list'],
  help: `Shows the ${words(child.collection)} of ${words(parent.name)}.`,
  positionals: [positionalOf(parent, 'one')],
  options: [...SELECTION, ...LIST_OPTIONS],
  run: async ({ positionals: [from = ''], options, watch = false }, context) => {
    const path = [parent.collection, from, child.collection]
    await list(context, watch, async (inner) => {
      const answer = await inner.client.send({ method: 'GET', path, query: pagingQuery(options, inner.view) })
      await present(inner, { answers: [answer.value], resource: child })
    })
  },
})

const deleteCommand = (child: ResourceSpec, parent: ResourceSpec): Command => ({
  names: ['del', 'delete', 'rm'],
  help: `Deletes ${words(child.collection)} of ${words(parent.name)}.`,
  positionals: [positionalOf(parent, 'one'), positionalOf(child, 'some')],
  options: DELETE_OPTIONS,
  run: async ({ positionals: [from = '', ...uuids] }, context) => {
    const base = [parent.collection, from, child.collection]
    const deletions = uuids.map((key) => ({ resource: child, key, path: [...base, key], name: key }))
    await deleteRows(context, deletions)
  },
})

export const childGroup = (child: ResourceSpec, parent: ResourceSpec): CommandGroup => ({
  names: [child.collection, child.name],
  help: child.help,
  commands: [addCommand(child, parent), showCommand(child, parent), deleteCommand(child, parent)],
  groups: [],
})
