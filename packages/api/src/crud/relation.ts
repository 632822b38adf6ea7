/**
 * Relations: rows without uuid that join two resources. POST makes the row, GET lists the other resource or the rows,
 * DELETE removes the row (openvnet.md §1.2). They follow from the schema: the first two required references of such a
 * resource are its path.
 */
import {
  type Field,
  hasMutableFields,
  RESOURCE_NAMES,
  type ReferenceField,
  type ResourceName,
} from '@openvnet/schema'
import { type Cells, type Stored, specOf } from '../store/columns.ts'
import type { Reader } from '../store/rows.ts'
import type { Names } from '../writing/call.ts'
import { rowOfPath } from './reference.ts'

export interface Relation {
  /** The resource whose path it is under. */
  readonly base: ResourceName
  readonly other: ResourceName
  /** The resource of the join rows. */
  readonly join: ResourceName
  /** The fields of the join rows that name the two. */
  readonly fields: readonly [base: string, other: string]
  /** Last word of the path. */
  readonly word: string
  readonly lists: 'rows' | 'other'
  readonly answers: 'row' | 'base' | 'other'
  /** Below the path of the second reference. */
  readonly isReversed: boolean
}

const isRequired = (entry: [string, Field]): entry is [string, ReferenceField] =>
  entry[1].type === 'reference' && entry[1].required

const reversed = (relation: Relation): Relation => ({
  ...relation,
  base: relation.other,
  other: relation.base,
  fields: [relation.fields[1], relation.fields[0]],
  word: specOf(relation.base).collection,
  isReversed: true,
})

const relationOf = (join: ResourceName): Relation[] => {
  const { prefix, parent, fields, placement } = specOf(join)
  const [base, other] = Object.entries(fields).filter(isRequired)
  if (prefix !== null || parent !== undefined || placement?.association === true) return []
  if (base === undefined || other === undefined) return []
  const relation: Relation = {
    base: base[1].to as ResourceName,
    other: other[1].to as ResourceName,
    join,
    fields: [base[0], other[0]],
    word: placement?.words?.[0] ?? specOf(other[1].to as ResourceName).collection,
    lists: placement?.lists ?? 'other',
    answers: placement?.answers ?? 'row',
    isReversed: false,
  }
  return placement?.bothWays === true ? [relation, reversed(relation)] : [relation]
}

export const RELATIONS: readonly Relation[] = RESOURCE_NAMES.flatMap(relationOf)

/** Whether the relation says something that PUT may change. */
export const canChange = ({ join }: Relation): boolean => hasMutableFields(specOf(join))

export interface Ends {
  readonly base: Stored
  readonly other: Stored
  /** Columns of the join row that the path gives. */
  readonly columns: Cells
}

/** The rows that a path names. @throws ApiError InvalidUUID, UnknownUUIDResource */
export const endsOf = (reader: Reader, { base, other, fields }: Relation, names: Names): Ends => {
  const parameter = `${fields[1]}_uuid`
  const baseRow = rowOfPath(reader, base, 'uuid', names['uuid'] ?? '')
  const otherRow = rowOfPath(reader, other, parameter, names[parameter] ?? '')
  return {
    base: baseRow,
    other: otherRow,
    columns: { [`${fields[0]}_id`]: baseRow.id, [`${fields[1]}_id`]: otherRow.id },
  }
}

/** Below the path of the API. */
export const relationPath = ({ base, word }: Relation): string => `${specOf(base).collection}/:uuid/${word}`
