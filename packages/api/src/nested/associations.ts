/**
 * Associations of interfaces (openvnet.md §1.2): a static one is a row of its own, the others follow from leases and
 * routes. PUT with `static` makes or removes the row; without it answers nothing and changes nothing.
 */
import { boolean, type ResourceName, type Row } from '@openvnet/schema'
import type { Shape } from '../crud/behaviour.ts'
import type { Model } from '../crud/model.ts'
import { rowOfPath, uuidOf } from '../crud/reference.ts'
import { formatTime } from '../crud/shape.ts'
import { type JsonSchema, uuidSchema } from '../openapi/schemas.ts'
import { EVERY_WRITE, optional, signature } from '../parameters/expected.ts'
import { notEnforcedIn } from '../status/not_enforced.ts'
import { type Cells, type Stored, specOf } from '../store/columns.ts'
import type { Equals, Reader, Writer } from '../store/rows.ts'
import type { Call } from '../writing/call.ts'
import { baseOf, type NestedCall, type NestedList, paged } from './nested.ts'

interface Association {
  readonly other: ResourceName
  readonly rows: ResourceName
  /** What the interface is associated with anyway. */
  implied(reader: Reader, interfaceId: number): readonly number[]
}

const ASSOCIATIONS: readonly Association[] = [
  {
    other: 'network',
    rows: 'interface_network',
    implied: (reader, id) =>
      reader.where('ip_lease', { interface_id: id }).map(({ network_id }) => network_id),
  },
  {
    other: 'segment',
    rows: 'interface_segment',
    implied: (reader, id) => {
      const own = reader.byId('interface', id)?.segment_id ?? null
      return own === null ? [] : [own]
    },
  },
  {
    other: 'route_link',
    rows: 'interface_route_link',
    implied: (reader, id) => reader.where('route', { interface_id: id }).map((route) => route.route_link_id),
  },
]

const STATIC = optional('static', boolean, 'true: for good; false: only as long as a lease or route says so.')

const TIME: JsonSchema = { type: ['string', 'null'], description: 'UTC; null without a row of its own.' }

const answerOf = (other: ResourceName): JsonSchema => {
  const properties = {
    id: { type: ['integer', 'null'], description: 'Of the row that says static; else null.' },
    interface_id: { type: 'integer', minimum: 1 },
    interface_uuid: uuidSchema('if'),
    [`${other}_id`]: { type: 'integer', minimum: 1 },
    [`${other}_uuid`]: uuidSchema(specOf(other).prefix ?? ''),
    static: { type: 'boolean', description: STATIC.help },
    created_at: TIME,
    updated_at: TIME,
    deleted_at: { type: 'null' },
    is_deleted: { const: 0 },
  }
  return { type: 'object', properties, required: Object.keys(properties) }
}

/** Without `static` nothing is said. */
const NOTHING: JsonSchema = { type: 'object', maxProperties: 0 }

const shapeOf = (
  reader: Reader,
  { other }: Association,
  ends: { readonly interface: number; readonly other: number },
  row: Stored | undefined,
): Shape => ({
  id: row?.id ?? null,
  interface_id: ends.interface,
  interface_uuid: uuidOf(reader, 'interface', ends.interface),
  [`${other}_id`]: ends.other,
  [`${other}_uuid`]: uuidOf(reader, other, ends.other),
  static: row !== undefined,
  created_at: row === undefined ? null : formatTime(row.created_at),
  updated_at: row === undefined ? null : formatTime(row.updated_at),
  deleted_at: null,
  is_deleted: 0,
})

const putCall = (model: Model, association: Association): NestedCall => {
  const { other, rows } = association
  const parameter = `${other}_uuid`
  const perform: Call['perform'] = (writer: Writer, names, given) => {
    const owner = baseOf(writer, 'interface', names)
    const { id } = rowOfPath(writer, other, parameter, names[parameter] ?? '')
    const wanted = given.get('static')
    if (wanted === undefined) return { body: {}, notEnforced: [] }
    const columns = { interface_id: owner.id, [`${other}_id`]: id } as Equals<ResourceName>
    const present = writer.first(rows, columns)
    if (wanted === false && present !== undefined) model.delete(writer, rows, present)
    const row =
      wanted === true ? (present ?? model.work(writer).create(rows, columns as Partial<Row>)) : undefined
    const body = shapeOf(writer, association, { interface: owner.id, other: id }, row)
    return { body, notEnforced: row === undefined ? [] : notEnforcedIn(writer, rows, row) }
  }
  const path = `interfaces/:uuid/${specOf(other).collection}/:${parameter}`
  return {
    base: 'interface',
    others: { [parameter]: other },
    operationId: `set_${rows}`,
    summary: `Associate an interface with a ${other.replaceAll('_', ' ')}`,
    answer: { anyOf: [answerOf(other), NOTHING] },
    call: { method: 'PUT', path, signature: signature([STATIC, ...EVERY_WRITE]), perform },
  }
}

const listOf = (association: Association): NestedList => {
  const { other, rows, implied } = association
  return {
    base: 'interface',
    path: `interfaces/:uuid/${specOf(other).collection}`,
    operationId: `list_${rows}`,
    summary: `List the associations of an interface: ${specOf(other).collection.replaceAll('_', ' ')}`,
    answer: answerOf(other),
    list: (reader, _model, owner, page) => {
      const stored = new Map(
        reader
          .where(rows, { interface_id: owner.id } as Equals<ResourceName>)
          .map((row) => [(row as unknown as Cells)[`${other}_id`] as number, row]),
      )
      const ids = [...new Set([...implied(reader, owner.id), ...stored.keys()])].sort((a, b) => a - b)
      const { total, items } = paged(ids, page)
      return {
        total,
        items: items.map((id) =>
          shapeOf(reader, association, { interface: owner.id, other: id }, stored.get(id)),
        ),
      }
    },
  }
}

export const associationCalls = (model: Model): NestedCall[] =>
  ASSOCIATIONS.map((association) => putCall(model, association))
export const associationLists: readonly NestedList[] = ASSOCIATIONS.map(listOf)
