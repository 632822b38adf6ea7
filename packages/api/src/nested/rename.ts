/** `PUT /interfaces/:uuid/rename`: another uuid for an interface. What was allocated by the old one stays. */
import { uuid } from '@openvnet/schema'
import type { Model } from '../crud/model.ts'
import { ApiError } from '../errors.ts'
import { rowSchema } from '../openapi/schemas.ts'
import { EVERY_WRITE, optional, signature } from '../parameters/expected.ts'
import { checkPort } from '../rules/port.ts'
import { rowOutcome } from '../writing/call.ts'
import { baseOf, type NestedCall } from './nested.ts'

const NEW = { ...optional('new_uuid', uuid('if'), 'The uuid that it gets.'), required: true }

export const renameCall = (model: Model): NestedCall => ({
  base: 'interface',
  operationId: 'rename_interface',
  summary: 'Give an interface another uuid',
  answer: rowSchema('interface'),
  call: {
    method: 'PUT',
    path: 'interfaces/:uuid/rename',
    signature: signature([NEW, ...EVERY_WRITE]),
    perform: (writer, names, given) => {
      const row = baseOf(writer, 'interface', names)
      const wanted = String(given.get('new_uuid'))
      if (wanted === row.uuid) return rowOutcome(model, writer, 'interface', row)
      if (writer.byUuid('interface', wanted) !== undefined) throw new ApiError('DuplicateUUID', wanted)
      const renamed = writer.update('interface', row.id, { uuid: wanted })
      checkPort(writer, renamed)
      return rowOutcome(model, writer, 'interface', renamed)
    },
  },
})
