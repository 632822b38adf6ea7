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

export const relationsOf = (base: ResourceSpec): Relation[] =>
  ALL_RESOURCES.map(relationOf).filter(
    (relation): relation is Relation => relation !== null && relation.base === base,
  )

/** The resources whose path is below that of another. */
export const childrenOf = (parent: ResourceSpec): ResourceSpec[] =>
  ALL_RESOURCES.filter((resource) => resource.parent === parent.name)
