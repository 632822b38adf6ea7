/**
 * The port of an interface as the original listed it. An interface has one: what its columns say. POST says it for an
 * interface that has none, DELETE forgets it.
 */
import { RESOURCES, type Scalar, uuid } from '@openvnet/schema'
import type { Shape } from '../crud/behaviour.ts'
import type { Model } from '../crud/model.ts'
import { rowOf, uuidOf } from '../crud/reference.ts'
import { formatTime } from '../crud/shape.ts'
import { argumentError, missingArgument } from '../errors.ts'
import type { JsonSchema } from '../openapi/schemas.ts'
import type { Given } from '../parameters/check.ts'
import { EVERY_WRITE, optional, type Signature, signature } from '../parameters/expected.ts'
import { notEnforcedIn } from '../status/not_enforced.ts'
import type { Stored } from '../store/columns.ts'
import type { Reader, Writer } from '../store/rows.ts'
import { baseOf, type NestedCall, type NestedList, paged } from './nested.ts'

type Interface = Stored<'interface'>

const { port_name, port_number, iface_id, owner_datapath } = RESOURCES.interface.fields
const BINDINGS = { port_name, port_number, iface_id } as const

const SIGNATURE: Signature = signature(
  [
    optional('datapath_uuid', uuid('dp'), owner_datapath.help),
    ...Object.entries(BINDINGS).map(([name, { kind, help }]) => optional(name, kind, help)),
    ...EVERY_WRITE,
  ],
  { obsolete: new Map([['singular', 'an interface is on one bridge at a time']]) },
)

const PATH = 'interfaces/:uuid/ports'
const ANSWER: JsonSchema = {
  type: 'object',
  properties: { interface_uuid: { type: 'string' }, port_name: { type: ['string', 'null'] } },
}

const portOf = (reader: Reader, row: Interface): Shape => ({
  id: row.id,
  interface_id: row.id,
  interface_uuid: row.uuid,
  datapath_id: row.owner_datapath_id,
  datapath_uuid: row.owner_datapath_id === null ? null : uuidOf(reader, 'datapath', row.owner_datapath_id),
  port_name: row.port_name,
  port_number: row.port_number,
  iface_id: row.iface_id,
  singular: true,
  interface_mode: row.mode,
  created_at: formatTime(row.created_at),
  updated_at: formatTime(row.updated_at),
  deleted_at: null,
  is_deleted: 0,
})

const hasPort = (row: Interface): boolean =>
  row.owner_datapath_id !== null ||
  Object.keys(BINDINGS).some((name) => row[name as keyof typeof BINDINGS] !== null)

const portsOf = (reader: Reader, row: Interface): Shape[] => (hasPort(row) ? [portOf(reader, row)] : [])

const isOfWrite = (name: string): boolean => EVERY_WRITE.some((one) => one.name === name)

/** The columns as PUT of the interface takes them. */
const bindingOf = (given: Given): Map<string, Scalar | null> =>
  new Map(
    [...given]
      .filter(([name]) => !isOfWrite(name))
      .map(([name, value]) => [name === 'datapath_uuid' ? 'owner_datapath_uuid' : name, value]),
  )

/** Whether a port is the one that DELETE describes. */
const isMeant = (port: Shape, given: Given): boolean =>
  [...given].every(([name, value]) => isOfWrite(name) || port[name] === value)

export const interfacePortCalls = (model: Model): NestedCall[] => {
  const add = (writer: Writer, row: Interface, given: Given) => {
    const binding = bindingOf(given)
    if (binding.size === 0) throw missingArgument('port_name')
    if (hasPort(row)) {
      throw argumentError('uuid', row.uuid, 'has a port already, and an interface has one; delete that first')
    }
    const changed = model.update(writer, 'interface', row, binding)
    return { body: portOf(writer, changed), notEnforced: notEnforcedIn('interface', changed) }
  }
  const remove = (writer: Writer, row: Interface, given: Given) => {
    const datapath = given.get('datapath_uuid')
    if (datapath !== undefined) rowOf(writer, 'datapath', 'datapath_uuid', String(datapath))
    const ports = portsOf(writer, row).filter((port) => isMeant(port, given))
    const nothing = new Map([...Object.keys(BINDINGS), 'owner_datapath_uuid'].map((name) => [name, null]))
    if (ports.length > 0) model.update(writer, 'interface', row, nothing)
    return { body: ports, notEnforced: [] }
  }
  const described = { base: 'interface', answer: ANSWER } as const
  return [
    {
      ...described,
      operationId: 'add_interface_port',
      summary: 'Say which port an interface is',
      call: {
        method: 'POST',
        path: PATH,
        signature: SIGNATURE,
        perform: (writer, names, given) => add(writer, baseOf(writer, 'interface', names), given),
      },
    },
    {
      ...described,
      operationId: 'remove_interface_port',
      summary: 'Forget which port an interface is',
      answer: { type: 'array', items: ANSWER },
      call: {
        method: 'DELETE',
        path: PATH,
        signature: SIGNATURE,
        perform: (writer, names, given) => remove(writer, baseOf(writer, 'interface', names), given),
      },
    },
  ]
}

export const interfacePortList: NestedList = {
  base: 'interface',
  path: PATH,
  operationId: 'list_interface_ports',
  summary: 'The port of an interface, where one is said',
  answer: ANSWER,
  list: (reader, _model, owner, page) => paged(portsOf(reader, owner as Interface), page),
}
