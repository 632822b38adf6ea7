/**
 * Making, changing, deleting and showing rows of any resource by the rules of the schema and of the resource's own
 * file. Everything that writes goes through here; each function runs inside a transaction that the caller opened.
 */
import { randomInt } from 'node:crypto'
import {
  isShared,
  labels,
  RESOURCE_NAMES,
  type ResourceName,
  type Row,
  withLabelChanges,
} from '@openvnet/schema'
import { ApiError, argumentError } from '../errors.ts'
import type { Given } from '../parameters/check.ts'
import { type Cell, columnsOf, type Stored, specOf } from '../store/columns.ts'
import type { Reader, Values, Writer } from '../store/rows.ts'
import type { Behaviour, Behaviours, Draft, Shape, Work } from './behaviour.ts'
import { pageReader } from './page_reader.ts'
import { checkUnreferenced } from './restrict.ts'
import { plainShape } from './shape.ts'
import { checkUnique } from './unique.ts'
import { toValues, withDefaults } from './values.ts'

export interface Model {
  /** Adds to a transaction what makes rows with all that belongs to them. */
  work(writer: Writer): Work
  /** POST. @param fixed columns that the path gives. @throws ApiError */
  create<N extends ResourceName>(writer: Writer, name: N, given: Given, fixed?: Partial<Row<N>>): Stored<N>
  /** PUT. Writes nothing when nothing would change. @throws ApiError */
  update<N extends ResourceName>(writer: Writer, name: N, row: Stored<N>, given: Given): Stored<N>
  /** DELETE, with all that the row owns. @throws ApiError DeleteRestrictionError */
  delete<N extends ResourceName>(writer: Writer, name: N, row: Stored<N>): void
  shape<N extends ResourceName>(reader: Reader, name: N, row: Stored<N>): Shape
  /** The shapes of a page, in a number of queries that does not depend on its length. */
  shapes<N extends ResourceName>(reader: Reader, name: N, rows: readonly Stored<N>[]): Shape[]
}

const UUID_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
const UUID_LENGTH = 8

const randomUuid = (prefix: string): string => {
  const characters = Array.from({ length: UUID_LENGTH }, () => UUID_CHARACTERS[randomInt(36)])
  return `${prefix}-${characters.join('')}`
}

const chooseUuid = (reader: Reader, name: ResourceName, wanted: string | undefined): string => {
  const { prefix } = specOf(name)
  if (prefix === null) return ''
  if (wanted !== undefined) {
    if (reader.byUuid(name, wanted) !== undefined) throw new ApiError('DuplicateUUID', wanted)
    return wanted
  }
  for (;;) {
    const uuid = randomUuid(prefix)
    if (reader.byUuid(name, uuid) === undefined) return uuid
  }
}

const changesOf = (before: object, values: object): Record<string, Cell> =>
  Object.fromEntries(
    Object.entries(values).filter(
      ([column, value]) => (before as Record<string, Cell>)[column] !== value,
    ) as [string, Cell][],
  )

/** Single labels of PUT: those that are not named stay. @throws ApiError ArgumentError when it has too many then */
const relabelled = (row: Stored, given: Given): { labels?: string | null } => {
  const changes = given.get('label')
  if (typeof changes !== 'string') return {}
  const after = withLabelChanges(labelsBefore(row, given), changes)
  const checked = labels.parse(after ?? '')
  if (!checked.ok) throw argumentError('label', changes, checked.reason)
  return { labels: after }
}

const labelsBefore = ({ labels = null }: Stored, given: Given): string | null => {
  const whole = given.get('labels')
  return whole === undefined ? labels : (whole as string | null)
}

/** What the columns alone do not tell: parameters that are none, and those that share one. */
const extraNames = new Map(
  RESOURCE_NAMES.map((name) => {
    const shared = columnsOf(name).filter(({ field }) => isShared(field))
    const parameters = Object.keys(specOf(name).parameters ?? {})
    return [name, new Set([...parameters, ...shared.map(({ parameter }) => parameter)])]
  }),
)

const extraOf = (name: ResourceName, given: Given): Given =>
  new Map([...given].filter(([parameter]) => extraNames.get(name)?.has(parameter)))

export const createModel = (behaviours: Behaviours): Model => {
  const behaviourOf = <N extends ResourceName>(name: N): Behaviour<N> =>
    (behaviours[name] as Behaviour<N> | undefined) ?? {}
  const describe =
    <N extends ResourceName>(reader: Reader, name: N) =>
    (row: Stored<N>): string =>
      behaviourOf(name).describe?.(reader, row) ?? row.uuid

  const insert = <N extends ResourceName>(work: Work, name: N, draft: Draft<N>): Stored<N> => {
    const behaviour = behaviourOf(name)
    const values = { ...draft.values, ...behaviour.complete?.(work, draft) }
    checkUnique(work, name, values, describe(work, name))
    const row = work.insert(name, { ...values, uuid: draft.uuid } as unknown as Values<N>)
    behaviour.created?.(work, row, draft)
    return row
  }
  const toWork = (writer: Writer): Work => {
    const work: Work = {
      ...writer,
      create: (name, values, uuid, extra = new Map()) =>
        insert(work, name, {
          uuid: chooseUuid(work, name, uuid),
          values: withDefaults(name, values),
          extra,
        }),
    }
    return work
  }

  const shape = <N extends ResourceName>(reader: Reader, name: N, row: Stored<N>): Shape => {
    const plain = plainShape(reader, name, row)
    return behaviourOf(name).shape?.(reader, row, plain) ?? plain
  }

  return {
    work: toWork,
    create: (writer, name, given, fixed = {}) => {
      const uuid = given.get('uuid')
      const values = { ...toValues(writer, name, given), ...fixed }
      const wanted = uuid === undefined ? undefined : String(uuid)
      return toWork(writer).create(name, values, wanted, extraOf(name, given))
    },
    update: <N extends ResourceName>(writer: Writer, name: N, row: Stored<N>, given: Given): Stored<N> => {
      const changes = changesOf(row, { ...toValues(writer, name, given), ...relabelled(row, given) })
      if (Object.keys(changes).length === 0) return row
      checkUnique(writer, name, { ...row, ...changes }, describe(writer, name), row.id)
      const changed = writer.update(name, row.id, changes as Partial<Values<N>>)
      behaviourOf(name).updated?.(toWork(writer), changed, row)
      return writer.byId(name, row.id) as Stored<N>
    },
    delete: (writer, name, row) => {
      checkUnreferenced(writer, name, row)
      const behaviour = behaviourOf(name)
      const work = toWork(writer)
      const follow = behaviour.deleting?.(work, row)
      writer.delete(name, row.id)
      follow?.()
    },
    shape,
    shapes: (reader, name, rows) => {
      const page = pageReader(reader, behaviours, name, rows)
      return rows.map((row) => shape(page, name, row))
    },
  }
}
