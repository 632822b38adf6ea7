/** A relation below a namespace: `datapaths networks add DP NW`, `show DP`, `del DP NW...`. */
import { hasMutableFields } from '@openvnet/schema'
import type { Command, CommandGroup } from '../command.ts'
import { DELETE_OPTIONS, LIST_OPTIONS, WRITE_OPTIONS } from '../globals.ts'
import { list } from '../output/listing.ts'
import { present } from '../output/present.ts'
import { write } from '../server/write.ts'
import { deleteRows } from './deleting.ts'
import { addOptions, modifyOptions, positionalOf } from './options.ts'
import { pagingQuery, SELECTION } from './paging.ts'
import type { Relation } from './resources.ts'

const words = (name: string): string => name.replaceAll('_', ' ')

const addCommand = ({ join, base, other, given, names }: Relation): Command => ({
  names: ['add', 'create'],
  help: join.help,
  positionals: [positionalOf(base, 'one'), positionalOf(other, 'one')],
  options: [...addOptions(join, given), ...WRITE_OPTIONS],
  run: async ({ positionals: [from = '', to = ''], options }, context) => {
    const path = [base.collection, from, names[0], to]
    // Some calls of the original answer with the base alone.
    const known = { ...Object.fromEntries(options), [`${base.name}_uuid`]: from, [`${other.name}_uuid`]: to }
    await write(context, { method: 'POST', path, body: Object.fromEntries(options) }, (answer) =>
      present(context, { answers: [answer], resource: join, name: to, known }),
    )
  },
})

const showCommand = ({ join, base, other, names }: Relation): Command => ({
  names: ['show', 'list'],
  help: `Shows the ${words(names[0])} of a ${words(base.name)}.`,
  positionals: [positionalOf(base, 'one')],
  options: [...SELECTION, ...LIST_OPTIONS],
  run: async ({ positionals: [from = ''], options, watch = false }, context) => {
    const path = [base.collection, from, names[0]]
    const resource = join.placement?.lists === 'rows' ? join : other
    await list(context, watch, async (inner) => {
      const query = pagingQuery(options, inner.view)
      const answer = await inner.client.send({ method: 'GET', path, query })
      await present(inner, { answers: [answer.value], resource })
    })
  },
})

const deleteCommand = ({ join, base, other, names }: Relation): Command => ({
  names: ['del', 'delete', 'rm'],
  help: `Takes ${words(names[0])} from a ${words(base.name)}.`,
  positionals: [positionalOf(base, 'one'), positionalOf(other, 'some')],
  options: DELETE_OPTIONS,
  run: async ({ positionals: [from = '', ...others] }, context) => {
    const deletions = others.map((to) => ({
      resource: join,
      key: `${from} ${to}`,
      path: [base.collection, from, names[0], to],
      name: to,
    }))
    await deleteRows(context, deletions)
  },
})

/** Of a relation that says more than that it is there. */
const modifyCommands = ({ join, base, other, given, names }: Relation): Command[] =>
  !hasMutableFields(join)
    ? []
    : [
        {
          names: ['modify', 'update'],
          help: `Changes the ${words(names[1] ?? names[0])} of a ${words(base.name)}.`,
          positionals: [positionalOf(base, 'one'), positionalOf(other, 'one')],
          options: [...modifyOptions(join).filter(({ name }) => !given.includes(name)), ...WRITE_OPTIONS],
          run: async ({ positionals: [from = '', to = ''], options }, context) => {
            const path = [base.collection, from, names[0], to]
            await write(context, { method: 'PUT', path, body: Object.fromEntries(options) }, (answer) =>
              present(context, { answers: [answer], resource: join, name: to }),
            )
          },
        },
      ]

export const relationGroup = (relation: Relation): CommandGroup => ({
  names: relation.names,
  help: relation.join.help,
  commands: [
    addCommand(relation),
    ...modifyCommands(relation),
    showCommand(relation),
    deleteCommand(relation),
  ],
  groups: [],
})
