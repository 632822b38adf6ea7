/** Short builders of fields; what they leave out has the plain meaning: optional, NULL, not changeable. */
import { type Family, familyOf } from './ip.ts'
import type { Kind } from './kinds/kind.ts'
import type { ReferenceField, Scalar, ValueField } from './resource.ts'

interface Options {
  readonly help: string
  readonly aliases?: readonly string[]
  readonly mutable?: boolean
}

/** POST must carry it. */
export const required = <T extends Scalar>(kind: Kind<T>, options: Options) =>
  ({
    type: 'value',
    kind,
    nullable: false,
    required: true,
    mutable: false,
    ...options,
  }) as const satisfies ValueField<T, false>

/** Stored as NULL when absent. */
export const optional = <T extends Scalar>(kind: Kind<T>, options: Options) =>
  ({
    type: 'value',
    kind,
    nullable: true,
    required: false,
    mutable: false,
    ...options,
  }) as const satisfies ValueField<T, true>

/** Stored as `value` when absent. */
export const defaulted = <T extends Scalar>(kind: Kind<T>, value: NoInfer<T>, options: Options) =>
  ({
    type: 'value',
    kind,
    nullable: false,
    required: false,
    mutable: false,
    default: value,
    ...options,
  }) as const satisfies ValueField<T, false>

/** Never NULL, and computed by the resource's own file when absent. */
export const derived = <T extends Scalar>(kind: Kind<T>, options: Options) =>
  ({
    type: 'value',
    kind,
    nullable: false,
    required: false,
    mutable: false,
    ...options,
  }) as const satisfies ValueField<T, false>

interface ReferenceOptions extends Options {
  readonly onDelete: ReferenceField['onDelete']
}

/** A reference that POST must carry. */
export const requiredReference = (to: string, options: ReferenceOptions) =>
  ({
    type: 'reference',
    to,
    nullable: false,
    required: true,
    mutable: false,
    ...options,
  }) as const satisfies ReferenceField<false>

/** A reference that may be absent. */
export const optionalReference = (to: string, options: ReferenceOptions) =>
  ({
    type: 'reference',
    to,
    nullable: true,
    required: false,
    mutable: false,
    ...options,
  }) as const satisfies ReferenceField<true>

/** A reference that is never NULL and follows from other parameters when absent. */
export const derivedReference = (to: string, options: ReferenceOptions) =>
  ({
    type: 'reference',
    to,
    nullable: false,
    required: false,
    mutable: false,
    ...options,
  }) as const satisfies ReferenceField<false>

/** A reference that only the server sets. */
export const computedReference = (to: string, options: ReferenceOptions) =>
  ({ ...optionalReference(to, options), computed: true }) as const satisfies ReferenceField<true>

/** A reference to a row that the server makes and deletes with this one. */
export const partReference = (to: string, options: ReferenceOptions) =>
  ({ ...computedReference(to, options), part: true }) as const satisfies ReferenceField<true>

/** The same field, stored in a column of another name: what it holds is not tied to one address family. */
export const inColumn = <const C extends string, F extends ValueField>(column: C, field: F) => ({
  ...field,
  column,
})

/**
 * The same field for one address family, in a column that holds either: there is one for each family.
 * @param decider column with the address that tells the family; the column itself when absent
 */
export const ofFamily = <const C extends string, F extends ValueField>(
  family: Family,
  column: C,
  field: F,
  decider: string = column,
) => ({
  ...inColumn(column, field),
  when: (row: Readonly<Record<string, unknown>>) => {
    const address = row[decider]
    return typeof address === 'string' && familyOf(address) === family
  },
})
