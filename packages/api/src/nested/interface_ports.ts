/**
 * The ports of an interface as the original listed them. The first is what the columns of the interface say; POST says
 * it for an interface that has none. Further ones are rows of their own, stored only. DELETE forgets those that it
 * describes; when the first is forgotten the next takes its place.
 */
import { RESOURCES, type Scalar } from '@openvnet/schema'
import type { Shape } from '../crud/behaviour.ts'
import type { Model } from '../crud/model.ts'
import { rowOf, uuidOf } from '../crud/reference.ts'
import { formatTime } from '../crud/shape.ts'
import { missingArgument } from '../errors.ts'
import { rowSchema } from '../openapi/schemas.ts'
import type { Given } from '../parameters/check.ts'
import { createSignature, EVERY_WRITE, type Signature } from '../parameters/expected.ts'
import { notEnforcedIn } from '../status/not_enforced.ts'
import type { Stored } from '../store/columns.ts'
import type { Reader, Writer } from '../store/rows.ts'
import type { Outcome } from '../writing/call.ts'
import { baseOf, type NestedCall, type NestedList, paged } from './nested.ts'

type Interface = Stored<'interface'>

const BINDINGS = ['port_name', 'port_number', 'iface_id'] as const

const created = createSignature(RESOURCES.interface_port, ['interface', 'labels'])

const SIGNATURE: Signature = {
  ...created,
  aliases: new Map(),
  refused: new Map([['labels', 'a port has none; give them to the interface']]),
}

const PATH = 'interfaces/:uuid/ports'
const answer = rowSchema('interface_port')

/** The port that the columns of the interface say. */
const firstPort = (reader: Reader, row: Interface): Shape => ({
  id: row.id,
  interface_id: row.id,
  interface_uuid: row.uuid,
  datapath_id: row.owner_datapath_id,
  datapath_uuid: row.owner_datapath_id === null ? null : uuidOf(reader, 'datapath', row.owner_datapath_id),
  port_name: row.port_name,
  port_number: row.port_number,
  iface_id: row.iface_id,
  singular: true,
  labels: {},
  interface_mode: row.mode,
  created_at: formatTime(row.created_at),
  updated_at: formatTime(row.updated_at),
  deleted_at: null,
  is_deleted: 0,
})

const hasPort = (row: Interface): boolean =>
  row.owner_datapath_id !== null || BINDINGS.some((name) => row[name] !== null)

const furtherPorts = (reader: Reader, row: Interface): Stored<'interface_port'>[] =>
  reader.where('interface_port', { interface_id: row.id })

const furtherShape = (
  model: Model,
  reader: Reader,
  row: Interface,
  port: Stored<'interface_port'>,
): Shape => ({
  ...model.shape(reader, 'interface_port', port),
  interface_mode: row.mode,
})

const portsOf = (model: Model, reader: Reader, row: Interface): Shape[] => [
  ...(hasPort(row) ? [firstPort(reader, row)] : []),
  ...furtherPorts(reader, row).map((port) => furtherShape(model, reader, row, port)),
]

/** What is no column of the interface. */
const OTHERS = [...EVERY_WRITE.map(({ name }) => name), 'singular']

/** The columns as PUT of the interface takes them. */
const bindingOf = (given: Given): Map<string, Scalar | null> =>
  new Map(
    [...given]
      .filter(([name]) => !OTHERS.includes(name))
      .map(([name, value]) => [name === 'datapath_uuid' ? 'owner_datapath_uuid' : name, value]),
  )

/** Whether a port is the one that DELETE describes. */
const isMeant = (port: object, given: Given): boolean =>
  [...given].every(
    ([name, value]) => OTHERS.includes(name) || ((port as Shape)[name] ?? null) === (value ?? null),
  )

const NOTHING = new Map<string, null>([...BINDINGS, 'owner_datapath_uuid'].map((name) => [name, null]))

/** Under the name that the client gave it. @throws ApiError UnknownUUIDResource */
const checkDatapath = (reader: Reader, given: Given): void => {
  const datapath = given.get('datapath_uuid')
  if (typeof datapath === 'string') rowOf(reader, 'datapath', 'datapath_uuid', datapath)
}

const add = (model: Model, writer: Writer, row: Interface, given: Given): Outcome => {
  const binding = bindingOf(given)
  if ([...binding.values()].every((value) => value === null)) throw missingArgument('port_name')
  checkDatapath(writer, given)
  if (hasPort(row)) {
    const port = model.create(writer, 'interface_port', given, { interface_id: row.id })
    const body = furtherShape(model, writer, row, port)
    return { body, notEnforced: notEnforcedIn(writer, 'interface_port', port) }
  }
  const changed = model.update(writer, 'interface', row, binding)
  return { body: firstPort(writer, changed), notEnforced: notEnforcedIn(writer, 'interface', changed) }
}

/** The oldest of the further ports takes the place of the first. */
const moveUp = (model: Model, writer: Writer, row: Interface): void => {
  const [next] = furtherPorts(writer, row)
  if (next === undefined) return
  const { datapath_id, port_name, port_number, iface_id } = next
  const owner = datapath_id === null ? null : uuidOf(writer, 'datapath', datapath_id)
  model.delete(writer, 'interface_port', next)
  const binding = new Map(Object.entries({ port_name, port_number, iface_id, owner_datapath_uuid: owner }))
  model.update(writer, 'interface', row, binding)
}

const remove = (model: Model, writer: Writer, row: Interface, given: Given): Outcome => {
  checkDatapath(writer, given)
  const first = hasPort(row) ? firstPort(writer, row) : undefined
  const isFirst = first !== undefined && isMeant(first, given)
  const further = furtherPorts(writer, row)
    .map((port) => ({ port, shape: furtherShape(model, writer, row, port) }))
    .filter(({ shape }) => isMeant(shape, given))
  for (const { port } of further) model.delete(writer, 'interface_port', port)
  if (isFirst) moveUp(model, writer, model.update(writer, 'interface', row, NOTHING))
  return { body: [...(isFirst ? [first] : []), ...further.map(({ shape }) => shape)], notEnforced: [] }
}

export const interfacePortCalls = (model: Model): NestedCall[] => [
  {
    base: 'interface',
    operationId: 'add_interface_port',
    summary: 'Say which port an interface is, or a further one',
    answer,
    call: {
      method: 'POST',
      path: PATH,
      signature: SIGNATURE,
      perform: (writer, names, given) => add(model, writer, baseOf(writer, 'interface', names), given),
    },
  },
  {
    base: 'interface',
    operationId: 'remove_interface_port',
    summary: 'Forget the ports of an interface that the parameters describe',
    answer: { type: 'array', items: answer },
    call: {
      method: 'DELETE',
      path: PATH,
      signature: SIGNATURE,
      perform: (writer, names, given) => remove(model, writer, baseOf(writer, 'interface', names), given),
    },
  },
]

export const interfacePortList: NestedList = {
  base: 'interface',
  path: PATH,
  operationId: 'list_interface_ports',
  summary: 'List the ports of an interface',
  answer,
  list: (reader, model, owner, page) => paged(portsOf(model, reader, owner as Interface), page),
}
