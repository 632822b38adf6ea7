/** The namespace of a resource: `add`, `modify`, `show`, `del`, and its relations below it. */
import type { ResourceSpec } from '@openvnet/schema'
import { type Command, type CommandGroup, type Input, optionText } from '../command.ts'
import { EXIT, Failure } from '../failure.ts'
import { DELETE_OPTIONS, LIST_OPTIONS, WRITE_OPTIONS } from '../globals.ts'
import { list } from '../output/listing.ts'
import { present } from '../output/present.ts'
import { write } from '../server/write.ts'
import { childGroup } from './child_commands.ts'
import { deleteRows } from './deleting.ts'
import { addOptions, modifyOptions, uuidKind } from './options.ts'
import { ownCommands } from './own_commands.ts'
import { pagingQuery, SELECTION } from './paging.ts'
import { associationGroup, partGroup } from './part_commands.ts'
import { relationGroup } from './relation_commands.ts'
import { REMARKS } from './remarks.ts'
import { associationsOf, childrenOf, partsOf, relationsOf } from './resources.ts'

const title = (resource: ResourceSpec): string => resource.name.replaceAll('_', ' ')

/** `a` or `an`, by the sound of the first letter. */
const article = (word: string): string => (/^[aeio]/.test(word) ? 'an' : 'a')

const addCommand = (resource: ResourceSpec): Command => ({
  names: ['add', 'create'],
  help: `Adds ${article(resource.name)} ${title(resource)}.`,
  positionals: [{ name: 'UUID', arity: 'optional', kind: uuidKind(resource) }],
  options: [...addOptions(resource), ...WRITE_OPTIONS],
  run: async ({ positionals: [uuid], options }: Input, context) => {
    const named = options.get('uuid')
    if (uuid !== undefined && named !== undefined && named !== uuid) {
      throw new Failure(EXIT.usage, `two uuids are given: ${uuid} and ${named}`)
    }
    const body = { ...(uuid === undefined ? {} : { uuid }), ...Object.fromEntries(options) }
    await write(context, { method: 'POST', path: [resource.collection], body }, (answer) =>
      present(context, { answers: [answer], resource }),
    )
  },
})

const modifyCommand = (resource: ResourceSpec): Command => {
  const options = modifyOptions(resource)
  const changeable = options.filter((option) => !option.refused && !option.obsolete)
  return {
    names: ['modify', 'update'],
    help: `Changes ${article(resource.name)} ${title(resource)}.`,
    positionals: [{ name: 'UUID', arity: 'one', kind: uuidKind(resource) }],
    options: [...options, ...WRITE_OPTIONS],
    run: async (input, context) => {
      const [uuid = ''] = input.positionals
      if (input.options.size === 0) {
        const names = changeable.map(({ name }) => optionText(name)).join(', ')
        throw new Failure(EXIT.usage, `nothing to change in ${uuid}; give one of ${names}`)
      }
      const path = [resource.collection, uuid]
      await write(context, { method: 'PUT', path, body: Object.fromEntries(input.options) }, (answer) =>
        present(context, { answers: [answer], resource }),
      )
    },
  }
}

const showCommand = (resource: ResourceSpec): Command => ({
  names: ['show', 'list'],
  help: `Shows the ${resource.collection.replaceAll('_', ' ')}: those named, else all of them page by page.`,
  positionals: [{ name: 'UUID', arity: 'any', kind: uuidKind(resource) }],
  options: [...SELECTION, ...LIST_OPTIONS],
  run: async ({ positionals, options, watch = false }, context) => {
    if (positionals.length > 0 && options.size > 0) {
      throw new Failure(EXIT.usage, '--limit, --offset and --label are for the list, not for named rows')
    }
    const paths = positionals.length === 0 ? [[]] : positionals.map((uuid) => [uuid])
    const shown: unknown[] = []
    await list(context, watch, async (inner) => {
      const query = positionals.length === 0 ? pagingQuery(options, inner.view) : {}
      const answers: unknown[] = []
      for (const path of paths) {
        const request = { method: 'GET', path: [resource.collection, ...path], query } as const
        answers.push((await inner.client.send(request)).value)
      }
      await present(inner, { answers, resource })
      shown.splice(0, shown.length, ...answers)
    })
    if (['table', 'wide'].includes(context.format)) await REMARKS[resource.name]?.(context, shown)
  },
})

const deleteCommand = (resource: ResourceSpec): Command => ({
  names: ['del', 'delete', 'rm'],
  help: `Deletes ${resource.collection.replaceAll('_', ' ')} and what depends on them.`,
  positionals: [{ name: 'UUID', arity: 'some', kind: uuidKind(resource) }],
  options: DELETE_OPTIONS,
  run: async ({ positionals }, context) => {
    const deletions = positionals.map((uuid) => ({
      resource,
      key: uuid,
      path: [resource.collection, uuid],
      name: uuid,
    }))
    await deleteRows(context, deletions)
  },
})

/** All commands of one resource. */
export const resourceGroup = (resource: ResourceSpec): CommandGroup => {
  const changeable = Object.values(resource.fields).some((field) => field.mutable)
  return {
    names: [resource.collection, resource.name],
    help: resource.help,
    commands: [
      addCommand(resource),
      ...(changeable ? [modifyCommand(resource)] : []),
      showCommand(resource),
      deleteCommand(resource),
      ...ownCommands(resource),
    ],
    groups: [
      ...relationsOf(resource).map(relationGroup),
      ...childrenOf(resource).map((child) => childGroup(child, resource)),
      ...partsOf(resource).map(partGroup),
      ...associationsOf(resource).map(associationGroup),
    ],
  }
}
