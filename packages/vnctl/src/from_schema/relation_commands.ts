/** A relation below a namespace: `datapaths networks add DP NW`, `show DP`, `del DP NW...`. */
import type { ResourceSpec } from '@openvnet/schema'
import type { Command, CommandGroup, Positional } from '../command.ts'
import { present, presentDeleted } from '../output/present.ts'
import { write } from '../server/write.ts'
import { addOptions, uuidKind } from './options.ts'
import { PAGING, pagingQuery } from './paging.ts'
import type { Relation } from './resources.ts'

const positional = (resource: ResourceSpec, arity: Positional['arity']): Positional => ({
  name: (resource.prefix ?? resource.name).toUpperCase(),
  arity,
  kind: uuidKind(resource),
})

const words = (name: string): string => name.replaceAll('_', ' ')

const addCommand = ({ join, base, other, given, names }: Relation): Command => ({
  names: ['add', 'create'],
  help: join.help,
  positionals: [positional(base, 'one'), positional(other, 'one')],
  options: addOptions(join, given),
  run: async ({ positionals: [from = '', to = ''], options }, context) => {
    const path = [base.collection, from, names[0], to]
    await write(context, { method: 'POST', path, body: Object.fromEntries(options) }, (answer) =>
      present(context, { answers: [answer], resource: join, name: to }),
    )
  },
})

const showCommand = ({ join, base, other, names }: Relation): Command => ({
  names: ['show', 'list'],
  help: `Shows the ${words(names[0])} of a ${words(base.name)}.`,
  positionals: [positional(base, 'one')],
  options: PAGING,
  run: async ({ positionals: [from = ''], options }, context) => {
    const path = [base.collection, from, names[0]]
    const answer = await context.client.send({ method: 'GET', path, query: pagingQuery(options) })
    const resource = join.placement?.lists === 'rows' ? join : other
    await present(context, { answers: [answer.value], resource })
  },
})

const deleteCommand = ({ base, other, names }: Relation): Command => ({
  names: ['del', 'delete', 'rm'],
  help: `Takes ${words(names[0])} from a ${words(base.name)}.`,
  positionals: [positional(base, 'one'), positional(other, 'some')],
  options: [],
  run: async ({ positionals: [from = '', ...others] }, context) => {
    for (const to of others) {
      const path = [base.collection, from, names[0], to]
      await write(context, { method: 'DELETE', path }, (answer) => presentDeleted(context, answer, to))
    }
  },
})

export const relationGroup = (relation: Relation): CommandGroup => ({
  names: relation.names,
  help: relation.join.help,
  commands: [addCommand(relation), showCommand(relation), deleteCommand(relation)],
  groups: [],
})
