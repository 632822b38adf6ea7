/**
 * Resources whose rows are below another's: `mac_range_groups/:uuid/mac_ranges`. POST makes one there, GET lists them,
 * DELETE removes one of its own.
 */
import { RESOURCE_NAMES, type ResourceName, type Row } from '@openvnet/schema'
import { unknownUuid } from '../errors.ts'
import { createSignature, deleteSignature } from '../parameters/expected.ts'
import { type Cells, type Stored, specOf } from '../store/columns.ts'
import type { Reader } from '../store/rows.ts'
import { type Call, type Names, rowOutcome } from '../writing/call.ts'
import type { Model } from './model.ts'
import { rowOfPath } from './reference.ts'

export interface Child {
  readonly name: ResourceName
  /** The resource below whose path it is; the reference to it has its name. */
  readonly parent: ResourceName
}

export const CHILDREN: readonly Child[] = RESOURCE_NAMES.flatMap((name) => {
  const { parent } = specOf(name)
  return parent === undefined ? [] : [{ name, parent: parent as ResourceName }]
})

/** Whether a resource is served under its own collection. */
export const hasOwnPath = (name: ResourceName): boolean => {
  const { prefix, parent } = specOf(name)
  return prefix !== null && parent === undefined
}

/** Below the path of the API. */
export const childPath = ({ name, parent }: Child): string =>
  `${specOf(parent).collection}/:uuid/${specOf(name).collection}`

export const childName = ({ name }: Child): string => `${name}_uuid`

/** The row below which a path is. @throws ApiError InvalidUUID, UnknownUUIDResource */
export const parentOf = (reader: Reader, { parent }: Child, names: Names): Stored =>
  rowOfPath(reader, parent, 'uuid', names['uuid'] ?? '')

export const childCalls = (model: Model, child: Child): Call[] => {
  const { name, parent } = child
  const column = `${parent}_id`
  return [
    {
      method: 'POST',
      path: childPath(child),
      signature: createSignature(specOf(name), [parent]),
      perform: (writer, names, given) => {
        const fixed = { [column]: parentOf(writer, child, names).id } as Partial<Row>
        return rowOutcome(model, writer, name, model.create(writer, name, given, fixed))
      },
    },
    {
      method: 'DELETE',
      path: `${childPath(child)}/:${childName(child)}`,
      signature: deleteSignature,
      perform: (writer, names) => {
        const { id } = parentOf(writer, child, names)
        const row = rowOfPath(writer, name, childName(child), names[childName(child)] ?? '')
        if ((row as unknown as Cells)[column] !== id) {
          throw unknownUuid(specOf(name).model, childName(child), row.uuid)
        }
        model.delete(writer, name, row)
        return { body: [row.uuid], notEnforced: [] }
      },
    },
  ]
}
