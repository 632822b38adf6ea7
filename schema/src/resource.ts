/**
 * What a resource is: one definition from which SQL, validation, OpenAPI, `vnctl`, documents and the
 * replica's row types are derived.
 */
import type { Kind } from './kinds/kind.ts'
import { labels } from './kinds/labels.ts'

export type Scalar = string | number | boolean

interface Described {
  /** One sentence for people. */
  readonly help: string
  /** Other names under which the value is accepted. */
  readonly aliases?: readonly string[]
}

/** A column with a value of its own. */
export interface ValueField<T extends Scalar = Scalar, N extends boolean = boolean> extends Described {
  readonly type: 'value'
  readonly kind: Kind<T>
  /** `true`: the column may be NULL. */
  readonly nullable: N
  /** POST must carry it. */
  readonly required: boolean
  /** Stored when POST does not carry it. */
  readonly default?: T
  /** Column name when it differs from the parameter's. */
  readonly column?: string
  /** PUT may change it. */
  readonly mutable: boolean
  /** Only the server sets it: no call takes it. */
  readonly computed?: true
  /** Of several fields that share a column, e.g. one for each address family: which rows have it under this name. */
  readonly when?: (row: Readonly<Record<string, unknown>>) => boolean
}

/** A column `<name>_id` that names another row; the parameter is `<name>_uuid`. */
export interface ReferenceField<N extends boolean = boolean> extends Described {
  readonly type: 'reference'
  /** Name of the resource that it refers to. */
  readonly to: string
  readonly nullable: N
  readonly required: boolean
  readonly mutable: boolean
  /** What the deletion of the other row does to this one; `restrict`: it is refused while this one is there. */
  readonly onDelete: 'cascade' | 'set null' | 'restrict'
  /** Only the server sets it: no call takes it. */
  readonly computed?: true
  /** The row that it names is a part of this one: made and deleted with it. */
  readonly part?: true
}

export type Field = ValueField | ReferenceField

/** An input of POST that is no column: a file of the resource's own says what it does. */
export interface Parameter extends Described {
  readonly kind: Kind<Scalar>
  /** Resource whose uuid it is, when it is one. */
  readonly to?: string
  /** What it is when a row is made again as it was, with rows of its own for what it would make. */
  readonly restored?: Scalar
  /** What changes it later, for people; absent: nothing does. */
  readonly instead?: string
}

/** How rows without uuid are reached: below the row of their first reference. */
export interface Placement {
  /** Last word of the path and its singular, e.g. `underlays` of a topology; of a relation the other resource's when absent. */
  readonly words?: readonly [string, string]
  /** What GET lists; the other resource when absent. */
  readonly lists?: 'rows'
  /** What POST and DELETE answer: `{uuid}` of the base, or the other row; the row itself and `[uuid]` when absent. */
  readonly answers?: 'base' | 'other'
  /** An association that PUT sets and clears with `static`; there is neither POST nor DELETE. */
  readonly association?: true
  /** The same relation is also under the path of the other resource, as older clients have it. */
  readonly bothWays?: true
}

/** An attribute that follows from others. */
export interface Computed {
  /** Of a list of rows: what their uuids are. */
  readonly kind: Kind<Scalar>
  readonly help: string
  readonly nullable: boolean
  /** Tables of vnctl show it where it says something, not only the wide ones. */
  readonly isPlain?: true
}

export interface ResourceSpec {
  /** Singular, e.g. `route_link`; rows of the feed carry it. */
  readonly name: string
  /** Plural: the table, the path, the command, e.g. `route_links`. */
  readonly collection: string
  /** Class name of the original, as its error texts show it. */
  readonly model: string
  /** Prefix of the uuid, or `null` where rows have no uuid (join rows). */
  readonly prefix: string | null
  readonly help: string
  readonly fields: Readonly<Record<string, Field>>
  readonly parameters?: Readonly<Record<string, Parameter>>
  /** Parameters of the original's clients that are accepted and mean nothing here, with the reason. */
  readonly obsolete?: Readonly<Record<string, string>>
  /** What answers say beyond the fields, and vnctl shows in wide tables. */
  readonly computed?: Readonly<Record<string, Computed>>
  readonly placement?: Placement
  /** The reference to the row below whose path its own are: they have no path of their own. */
  readonly parent?: string
  /** What parameters are in canonical form where that depends on others, e.g. a value on its type; without those that are not legal. */
  readonly canonical?: (given: Readonly<Record<string, unknown>>) => Readonly<Record<string, Scalar>>
  /** Columns that are unique together. */
  readonly unique?: readonly (readonly string[])[]
}

type ColumnOf<Name extends string, F> = F extends ReferenceField
  ? `${Name}_id`
  : F extends { column: infer C extends string }
    ? C
    : Name
type TypeOf<F> =
  F extends ReferenceField<infer N>
    ? N extends true
      ? number | null
      : number
    : F extends ValueField<infer T, infer N>
      ? N extends true
        ? T | null
        : T
      : never

/** The stored row of a resource, as the change feed and the replica carry it. */
export type RowOf<R extends ResourceSpec> = {
  readonly id: number
  /** Empty for join rows. */
  readonly uuid: string
  /** In canonical form; none when NULL or absent. */
  readonly labels?: string | null
} & { readonly [K in keyof R['fields'] & string as ColumnOf<K, R['fields'][K]>]: TypeOf<R['fields'][K]> }

/** What every resource has beside its own fields. */
const COMMON = {
  labels: {
    type: 'value',
    kind: labels,
    nullable: true,
    required: false,
    mutable: true,
    help: 'Labels like app=web,tier=front, by which lists and apply choose; keys and values as in Kubernetes.',
  },
} as const satisfies Readonly<Record<string, Field>>

/** A resource as it is defined, with what all have. The types of rows do not ask for the latter. */
export const defineResource = <const R extends ResourceSpec>(resource: R): R => ({
  ...resource,
  fields: { ...resource.fields, ...COMMON },
})

/** Whether PUT may change more of a row than its labels. */
export const hasMutableFields = ({ fields }: ResourceSpec): boolean =>
  Object.entries(fields).some(([name, { mutable }]) => mutable && !Object.hasOwn(COMMON, name))

/** Name of the parameter of a field: `<name>_uuid` for references. */
export const parameterName = (name: string, field: Field): string =>
  field.type === 'reference' ? `${name}_uuid` : name

/** Name of the column of a field. */
export const columnName = (name: string, field: Field): string =>
  field.type === 'reference' ? `${name}_id` : (field.column ?? name)

/** Whether a field shares its column with others, of which a row has one. */
export const isShared = (field: Field): boolean => field.type === 'value' && field.when !== undefined

/** What a row has under the name of a field. @param row by column */
export const cellOf = (row: Readonly<Record<string, unknown>>, name: string, field: Field): unknown =>
  field.type === 'value' && field.when?.(row) === false ? null : (row[columnName(name, field)] ?? null)
