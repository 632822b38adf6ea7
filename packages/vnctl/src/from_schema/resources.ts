/** The resources as the command line sees them: those with a uuid, and relations between two of them. */
import { type Field, RESOURCES, type ReferenceField, type ResourceSpec } from '@openvnet/schema'

export const ALL_RESOURCES: readonly ResourceSpec[] = Object.values(RESOURCES)

/** @throws when the schema refers to a resource that it does not define: a bug there */
export const resourceNamed = (name: string): ResourceSpec => {
  const resource = ALL_RESOURCES.find((candidate) => candidate.name === name)
  if (resource === undefined) throw new Error(`the schema has no resource ${name}`)
  return resource
}

/** Rows that join two resources: `datapath_networks` is `networks` of a datapath. */
export interface Relation {
  readonly join: ResourceSpec
  readonly base: ResourceSpec
  readonly other: ResourceSpec
  /** Parameters of the join that the path carries. */
  readonly given: readonly [string, string]
  /** Last part of the path, e.g. `networks`, and its singular. */
  readonly names: readonly [string, string]
}

const isRequiredReference = (entry: [string, Field]): entry is [string, ReferenceField] =>
  entry[1].type === 'reference' && entry[1].required

/** The relation that a resource without uuid is, or `null`: its first two required references are the path. */
export const relationOf = (join: ResourceSpec): Relation | null => {
  const [base, other] = Object.entries(join.fields).filter(isRequiredReference)
  if (join.prefix !== null || join.placement?.association === true) return null
  if (base === undefined || other === undefined) return null
  const prefix = `${base[0]}_`
  return {
    join,
    base: resourceNamed(base[1].to),
    other: resourceNamed(other[1].to),
    given: [`${base[0]}_uuid`, `${other[0]}_uuid`],
    names: join.placement?.words ?? [join.collection.replace(prefix, ''), join.name.replace(prefix, '')],
  }
}

/** The same relation from its other end, where the schema says that it is there too. */
const reversed = ({ join, base, other, given }: Relation): Relation => ({
  join,
  base: other,
  other: base,
  given: [given[1], given[0]],
  names: [base.collection, base.name],
})

const waysOf = (join: ResourceSpec): Relation[] => {
  const relation = relationOf(join)
  if (relation === null) return []
  return join.placement?.bothWays === true ? [relation, reversed(relation)] : [relation]
}

export const relationsOf = (base: ResourceSpec): Relation[] =>
  ALL_RESOURCES.flatMap(waysOf).filter((relation) => relation.base === base)

/** The resources whose path is below that of another. */
export const childrenOf = (parent: ResourceSpec): ResourceSpec[] =>
  ALL_RESOURCES.filter((resource) => resource.parent === parent.name)

/** A row without uuid that belongs to one other row: the first reference. */
export interface Part {
  readonly resource: ResourceSpec
  readonly base: ResourceSpec
  /** The parameter that the path carries. */
  readonly given: string
  /** Last part of the path, and its other number. */
  readonly names: readonly [string, string]
}

export const partOf = (resource: ResourceSpec): Part | null => {
  const isPart = resource.prefix === null && relationOf(resource) === null && !resource.placement?.association
  const [first] = Object.entries(resource.fields).filter(isRequiredReference)
  if (!isPart || first === undefined) return null
  return {
    resource,
    base: resourceNamed(first[1].to),
    given: `${first[0]}_uuid`,
    names: resource.placement?.words ?? [resource.collection, resource.name],
  }
}

export const partsOf = (base: ResourceSpec): Part[] =>
  ALL_RESOURCES.map(partOf).filter((part): part is Part => part !== null && part.base === base)

/** Two rows that are associated or not. */
export interface Association {
  readonly resource: ResourceSpec
  readonly base: ResourceSpec
  readonly other: ResourceSpec
}

export const associationOf = (resource: ResourceSpec): Association | null => {
  const [base, other] = Object.entries(resource.fields).filter(isRequiredReference)
  if (resource.placement?.association !== true || base === undefined || other === undefined) return null
  return { resource, base: resourceNamed(base[1].to), other: resourceNamed(other[1].to) }
}

export const associationsOf = (base: ResourceSpec): Association[] =>
  ALL_RESOURCES.map(associationOf).filter((one): one is Association => one !== null && one.base === base)
