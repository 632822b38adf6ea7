/** JSON Schemas of rows, parameters and errors, derived from `@openvnet/schema` and the table of errors. */
import { type Field, isShared, RESOURCE_NAMES, type ResourceName, uuid } from '@openvnet/schema'
import { ERRORS } from '../errors.ts'
import type { Expected, Signature } from '../parameters/expected.ts'
import { type Column, columnsOf, specOf } from '../store/columns.ts'
import { stateSchemas } from './state_schemas.ts'

export type JsonSchema = { readonly [keyword: string]: unknown }

const nullable = (schema: JsonSchema): JsonSchema =>
  typeof schema['type'] === 'string' && schema['enum'] === undefined
    ? { ...schema, type: [schema['type'], 'null'] }
    : { anyOf: [schema, { type: 'null' }] }

const maybe = (field: Field, schema: JsonSchema): JsonSchema =>
  field.nullable || isShared(field) ? nullable(schema) : schema

const text = (description: string): JsonSchema => ({ type: 'string', description })
const number = (description: string): JsonSchema => ({ type: 'integer', minimum: 0, description })
const identifier: JsonSchema = { type: 'integer', minimum: 1 }
export const ref = (id: string): JsonSchema => ({ $ref: `${id}#` })
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items })

const TIMES: Readonly<Record<string, JsonSchema>> = {
  created_at: { ...text('UTC.'), examples: ['2015-12-18 04:13:28 UTC'] },
  updated_at: { ...text('UTC.'), examples: ['2015-12-18 04:13:28 UTC'] },
}

const DELETION: Readonly<Record<string, JsonSchema>> = {
  deleted_at: { type: 'null', description: 'Always null: what is deleted is gone.' },
  is_deleted: { const: 0 },
}

export const uuidSchema = (prefix: string): JsonSchema => uuid(prefix).jsonSchema

const columnProperties = ({ column, parameter, field }: Column): [string, JsonSchema][] => {
  const description = field.help
  if (field.type === 'value') return [[parameter, maybe(field, { ...field.kind.jsonSchema, description })]]
  const { prefix } = specOf(field.to as ResourceName)
  return [
    [column, maybe(field, identifier)],
    [parameter, maybe(field, { ...uuidSchema(prefix ?? ''), description })],
  ]
}

const plainProperties = (name: ResourceName): Record<string, JsonSchema> => {
  const { prefix } = specOf(name)
  return {
    id: identifier,
    ...(prefix === null ? {} : { uuid: uuidSchema(prefix) }),
    ...Object.fromEntries(columnsOf(name).flatMap(columnProperties)),
    ...TIMES,
    ...DELETION,
  }
}

/** Name of the schema of a resource's columns, which other resources embed. */
const plainId = (name: ResourceName): string => `${specOf(name).model}Columns`

const PREFIX: JsonSchema = { type: 'integer', minimum: 0, maximum: 32 }

const IPV6_PREFIX: JsonSchema = { type: 'integer', minimum: 1, maximum: 128 }

/** The leg of a router in a network. */
const LEG: Readonly<Record<string, JsonSchema>> = {
  ipv4_address: nullable(text('The address of the gateway.')),
  ipv6_address: nullable(text('The IPv6 address of the gateway.')),
  mac_address: nullable(text('Its MAC address.')),
}

/** What answers show beyond the columns; see the files under `resources/`. */
const EXTRA: { readonly [N in ResourceName]?: Readonly<Record<string, JsonSchema>> } = {
  network: { ipv4_prefix: nullable(PREFIX), ipv6_prefix: nullable(IPV6_PREFIX) },
  interface: {
    mac_address: { type: ['string', 'null'], description: 'That of the first MAC lease.' },
    ipv4_address: { type: ['string', 'null'], description: 'That of the first IP lease of IPv4.' },
    ipv6_address: { type: ['string', 'null'], description: 'That of the first IP lease of IPv6.' },
    mac_leases: listOf({
      type: 'object',
      properties: { ...plainProperties('mac_lease'), ip_leases: listOf(ref(plainId('ip_lease'))) },
    }),
    ip_leases: listOf(ref(plainId('ip_lease'))),
    sub_interfaces: listOf({
      type: 'object',
      properties: {
        uuid: text('Its uuid.'),
        vlan_id: nullable(number('Its VLAN on the port; null behind an edge, where its network says it.')),
      },
    }),
  },
  mac_lease: {
    interface: nullable(ref(plainId('interface'))),
    ip_leases: listOf(ref(plainId('ip_lease'))),
  },
  ip_lease: {
    mac_lease: nullable(ref(plainId('mac_lease'))),
    interface: nullable(ref(plainId('interface'))),
    ip_address: {
      type: 'object',
      properties: {
        network_id: identifier,
        ipv4_address: nullable(text('The address.')),
        ipv6_address: nullable(text('The address, where it is one of IPv6.')),
        network: nullable(ref(plainId('network'))),
      },
    },
  },
  network_service: { interface: nullable(ref(plainId('interface'))) },
  mac_range: {
    begin_mac_address: number('The first address as a number.'),
    end_mac_address: number('The last address as a number.'),
    range: text('Both as text, e.g. 52:54:00:00:00:01-52:54:00:00:00:ff.'),
  },
  ip_range: {
    begin_ipv4_address: nullable(number('The first address as a number.')),
    end_ipv4_address: nullable(number('The last address as a number.')),
    range: text('Both as text, e.g. 10.0.0.10-10.0.0.19.'),
  },
  dns_service: { network_service: ref(plainId('network_service')) },
  dns_record: {
    ipv4_address: nullable(number('The address as a number.')),
    address: nullable(text('The address.')),
  },
  ip_retention: {
    leased_at: { type: ['string', 'null'], description: 'UTC, e.g. 2015-12-18 04:13:28 UTC.' },
    released_at: { type: ['string', 'null'], description: 'UTC, e.g. 2015-12-18 04:13:28 UTC.' },
  },
  filter_static: {
    src_address: { type: 'string', format: 'ipv4', examples: ['10.0.0.0'] },
    src_prefix: PREFIX,
    dst_address: { type: 'string', format: 'ipv4', examples: ['10.0.0.0'] },
    dst_prefix: PREFIX,
    src_port: nullable({ type: 'integer', description: 'null: the protocol has no ports.' }),
    dst_port: nullable({ type: 'integer', description: 'null: the protocol has no ports.' }),
  },
  dhcp_option: { option: number('Its number.') },
  router: {
    mac_address: nullable(text('That of the route link.')),
    networks: listOf({
      type: 'object',
      properties: {
        network_uuid: uuidSchema('nw'),
        interface_uuid: nullable(uuidSchema('if')),
        route_uuid: nullable(uuidSchema('r')),
        ipv6_route_uuid: nullable(uuidSchema('r')),
        ...LEG,
      },
    }),
  },
  router_network: LEG,
  interface_port: {
    singular: nullable({ type: 'boolean', description: 'Of the first port always true.' }),
    interface_mode: text('The mode of the interface.'),
  },
}

const ROUTE_OMITS = [
  'id',
  'interface_id',
  'network_id',
  'route_link_id',
  'router_id',
  ...Object.keys(DELETION),
] as const

const computedProperties = (name: ResourceName): Record<string, JsonSchema> =>
  Object.fromEntries(
    Object.entries(specOf(name).computed ?? {}).map(([key, { kind, help, nullable: isNullable }]) => {
      const schema = { ...kind.jsonSchema, description: help }
      return [key, isNullable ? nullable(schema) : schema]
    }),
  )

const shownProperties = (name: ResourceName): Record<string, JsonSchema> => {
  const properties = { ...plainProperties(name), ...computedProperties(name), ...EXTRA[name] }
  if (name !== 'route') return properties
  const shown = Object.entries(properties).filter(([key]) => !ROUTE_OMITS.includes(key as 'id'))
  return { ...Object.fromEntries(shown), mode: { const: 'gateway' } }
}

const objectOf = (id: string, description: string, properties: Record<string, JsonSchema>): JsonSchema => ({
  $id: id,
  type: 'object',
  description,
  properties,
  required: Object.keys(properties),
})

const errorSchema: JsonSchema = {
  $id: 'Error',
  type: 'object',
  properties: {
    error: { type: 'string', enum: Object.keys(ERRORS), examples: ['UnknownUUIDResource'] },
    message: {
      anyOf: [
        { type: 'string' },
        {
          type: 'object',
          properties: {
            error: { const: 'parameter validation failed' },
            parameter: { type: 'string' },
            value: {},
            reason: { type: 'string' },
          },
          required: ['error', 'parameter', 'reason'],
        },
      ],
    },
    code: { type: 'string' },
    operation: {
      type: 'object',
      description: 'Of a batch: the operation that was refused.',
      properties: {
        index: { type: 'integer', minimum: 0 },
        method: { type: 'string' },
        path: { type: 'string' },
      },
      required: ['index', 'method', 'path'],
    },
  },
  required: ['error', 'message', 'code'],
}

/** Every named schema. */
export const namedSchemas = (): JsonSchema[] => [
  errorSchema,
  ...RESOURCE_NAMES.map((name) =>
    objectOf(plainId(name), `The columns of one of: ${specOf(name).collection}.`, plainProperties(name)),
  ),
  ...stateSchemas(),
  ...RESOURCE_NAMES.map((name) => objectOf(specOf(name).model, specOf(name).help, shownProperties(name))),
]

/** One row as answers show it. */
export const rowSchema = (name: ResourceName): JsonSchema => ref(specOf(name).model)

/** An answer that only says which row. */
export const uuidOnlySchema = (name: ResourceName): JsonSchema => ({
  type: 'object',
  properties: { uuid: uuidSchema(specOf(name).prefix ?? '') },
  required: ['uuid'],
})

export const pageSchema = (name: ResourceName): JsonSchema => pageOfSchema(rowSchema(name))

/** @param item one of the page */
export const pageOfSchema = (item: JsonSchema): JsonSchema => ({
  type: 'object',
  properties: {
    total_count: { type: 'integer', minimum: 0 },
    offset: { type: 'integer', minimum: 0 },
    limit: { type: 'integer', minimum: 0 },
    items: listOf(item),
  },
  required: ['total_count', 'offset', 'limit', 'items'],
})

const parameterSchema = ({ kind, help, nullable: mayBeNull }: Expected): JsonSchema => {
  const schema = { ...kind.jsonSchema, description: help }
  return mayBeNull ? nullable(schema) : schema
}

/** Parameters as the properties of one object. */
export const parametersSchema = (parameters: Signature['parameters']): JsonSchema => {
  const required = parameters.filter((parameter) => parameter.required).map(({ name }) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(
      parameters.map((parameter) => [parameter.name, parameterSchema(parameter)]),
    ),
    ...(required.length === 0 ? {} : { required }),
  }
}

/** What is accepted for the sake of old clients. */
const olderProperties = ({ parameters, aliases, obsolete }: Signature): [string, JsonSchema][] => {
  const named = new Set(parameters.map(({ name }) => name))
  const others = [...aliases].filter(([alias, name]) => named.has(name) && !named.has(alias))
  return [
    ...others.map(([alias, name]): [string, JsonSchema] => [
      alias,
      { deprecated: true, description: `Another name of ${name}.` },
    ]),
    ...[...obsolete].map(([name, reason]): [string, JsonSchema] => [
      name,
      { deprecated: true, description: `No effect: ${reason}.` },
    ]),
  ]
}

/** A body, with every name that is accepted: others are refused. */
export const bodySchema = (signature: Signature): JsonSchema => {
  const schema = parametersSchema(signature.parameters)
  const older = Object.fromEntries(olderProperties(signature))
  return {
    ...schema,
    properties: { ...older, ...(schema['properties'] as object) },
    additionalProperties: false,
  }
}
