/**
 * Calls of the API at random, of every resource that the schema has: few names and addresses, so that rows meet. Made from
 * the schema, so that a new resource and a new parameter are among them without being named here.
 */
import { type Kind, parameterName, RESOURCES, type ResourceSpec, type Scalar } from '@openvnet/schema'
import type { Random } from '../../packages/controller/test/random.ts'
import {
  associationOf,
  partOf,
  relationOf,
  resourceNamed,
} from '../../packages/vnctl/src/from_schema/resources.ts'

export interface AnyCall {
  readonly method: 'POST' | 'PUT' | 'DELETE'
  /** Below `/api/1.0/`. */
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

const ALL = Object.values(RESOURCES) as readonly ResourceSpec[]
const NAMES = 3

const uuidOf = (random: Random, prefix: string | null): string => `${prefix}-${random.upTo(NAMES)}`

/** What a value of a kind may be, by the kind's own name. */
const POOLS: Readonly<Record<string, readonly unknown[]>> = {
  mac: ['52:54:00:00:00:01', '52:54:00:00:00:02', '52:54:00:00:00:03', '52:54:00:00:00:04'],
  boolean: [true, false],
  dpid: ['0x1', '0x2'],
  'security rules': ['tcp:22:10.0.0.0/8', 'icmp:-1:0.0.0.0/0'],
  'address family': [4, 6],
  'ovsdb remote': ['tcp:10.0.0.9:6640'],
  'dhcp code': ['mtu', 'ntp-servers', 'dns-servers', '222'],
  'dhcp value': ['1400', '10.0.0.1, 10.0.0.2', 'FD00::1', '0x0A'],
  labels: [{ app: 'web' }, { app: 'db', 'example.com/tier': '' }, {}],
}

/** Values to try where a kind has no pool: those that it takes are in it. */
const CANDIDATES: readonly unknown[] = [
  '10.0.0.0',
  '10.0.0.2',
  '10.0.0.3',
  '10.0.1.0',
  '10.0.1.2',
  '10.0.0.0/24',
  1,
  2,
  24,
  1400,
  'eth0',
  'a b',
  'fd00::1',
  'fd00::',
  'nw-1',
  'nw-1,nw-2=10.0.1.9',
  '52:54:00:00:00:05',
  '52:54:00:00:00:09',
  // Far away, so that nothing is due while the test runs.
  '2099-01-01T00:00:00.000Z',
]

const poolOf = (kind: Kind<Scalar>): readonly unknown[] => {
  const named = POOLS[kind.name]
  if (named !== undefined) return named
  if ('values' in kind) return kind.values as readonly string[]
  return CANDIDATES.filter((value) => kind.parse(value).ok)
}

const parametersOf = (random: Random, resource: ResourceSpec): Record<string, unknown> => {
  const body: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(resource.fields)) {
    if (field.computed === true || (!field.required && random.chance(0.6))) continue
    body[parameterName(name, field)] =
      field.type === 'reference'
        ? uuidOf(random, resourceNamed(field.to).prefix)
        : random.pick(poolOf(field.kind))
  }
  for (const [name, { kind, to }] of Object.entries(resource.parameters ?? {})) {
    if (random.chance(0.5)) continue
    body[name] = to === undefined ? random.pick(poolOf(kind)) : uuidOf(random, resourceNamed(to).prefix)
  }
  return body
}

const pathOf = (random: Random, resource: ResourceSpec): string => {
  const association = associationOf(resource)
  const part = partOf(resource)
  const relation = relationOf(resource)
  const name = (one: ResourceSpec) => uuidOf(random, one.prefix)
  if (association !== null) {
    const { base, other } = association
    return `${base.collection}/${name(base)}/${other.collection}/${name(other)}`
  }
  if (part !== null) return `${part.base.collection}/${name(part.base)}/${part.names[0]}`
  if (relation !== null) {
    const { base, other, names } = relation
    return `${base.collection}/${name(base)}/${names[0]}/${name(other)}`
  }
  if (resource.parent === undefined) return resource.collection
  const parent = resourceNamed(resource.parent)
  return `${parent.collection}/${name(parent)}/${resource.collection}`
}

/** What the path says is no parameter. */
const withoutPath = (resource: ResourceSpec, body: Record<string, unknown>): Record<string, unknown> => {
  const relation = relationOf(resource)
  const given = [
    ...(relation?.given ?? []),
    partOf(resource)?.given,
    resource.parent === undefined ? undefined : `${resource.parent}_uuid`,
  ]
  return Object.fromEntries(Object.entries(body).filter(([name]) => !given.includes(name)))
}

const creation = (random: Random, resource: ResourceSpec): AnyCall => {
  const path = pathOf(random, resource)
  if (associationOf(resource) !== null) return { method: 'PUT', path, body: { static: random.chance(0.8) } }
  const body = withoutPath(resource, parametersOf(random, resource))
  return resource.prefix === null
    ? { method: 'POST', path, body }
    : { method: 'POST', path, body: { uuid: uuidOf(random, resource.prefix), ...body } }
}

const named = ALL.filter(({ prefix, parent }) => prefix !== null && parent === undefined)

const joined = ALL.filter(({ prefix }) => prefix === null)

const change = (random: Random): AnyCall => {
  const resource = random.pick(named)
  const body = parametersOf(random, {
    ...resource,
    fields: Object.fromEntries(Object.entries(resource.fields).filter(([, { mutable }]) => mutable)),
    parameters: {},
  })
  return { method: 'PUT', path: `${resource.collection}/${uuidOf(random, resource.prefix)}`, body }
}

const deletion = (random: Random): AnyCall => {
  const resource = random.pick(named)
  return { method: 'DELETE', path: `${resource.collection}/${uuidOf(random, resource.prefix)}`, body: {} }
}

const renaming = (random: Random): AnyCall => ({
  method: 'PUT',
  path: `interfaces/${uuidOf(random, 'if')}/rename`,
  body: { new_uuid: uuidOf(random, 'if') },
})

/** The next call. */
export const anyCall = (random: Random): AnyCall =>
  random.weighted<() => AnyCall>([
    [30, () => creation(random, random.pick(ALL))],
    [4, () => creation(random, RESOURCES.interface)],
    [4, () => creation(random, RESOURCES.network)],
    [8, () => creation(random, random.pick(joined))],
    [4, () => change(random)],
    [2, () => deletion(random)],
    [1, () => renaming(random)],
  ])()
