/**
 * A reader for the answers of a page of rows: what they show of other rows is read beforehand, all rows of the page
 * together, so the number of queries does not depend on the length of the page. Anything else is asked as usual.
 */
import { RESOURCE_NAMES, type ResourceName } from '@openvnet/schema'
import { type Cells, columnsOf, type Stored } from '../store/columns.ts'
import type { Reader } from '../store/rows.ts'
import type { Behaviours } from './behaviour.ts'

const cellOf = (row: Stored, column: string): number | null =>
  (row as unknown as Cells)[column] as number | null

/** What was read beforehand. */
const createShelf = (reader: Reader, behaviours: Behaviours) => {
  const rows = new Map<ResourceName, Map<number, Stored>>(RESOURCE_NAMES.map((name) => [name, new Map()]))
  const lists = new Map<string, Map<number, Stored[]>>()
  const of = (name: ResourceName) => rows.get(name) as Map<number, Stored>
  const list = (name: ResourceName, column: string, id: number) => lists.get(`${name}.${column}`)?.get(id)

  const add = (name: ResourceName, found: readonly Stored[]): void => {
    for (const row of found) of(name).set(row.id, row)
  }
  const addList = (name: ResourceName, column: string, ids: readonly number[]): Stored[] => {
    const found = reader.whereIn(name, column, ids)
    const byId = new Map<number, Stored[]>(ids.map((id) => [id, []]))
    for (const row of found) byId.get(cellOf(row, column) as number)?.push(row)
    lists.set(`${name}.${column}`, byId)
    return found
  }
  /** The rows, and those that refer to them and are shown with them; of its own kind a row shows no more than names. */
  const addWithShown = (name: ResourceName, found: readonly Stored[]): void => {
    add(name, found)
    const ids = found.map(({ id }) => id)
    for (const { name: other, column } of behaviours[name]?.shown ?? []) {
      const shown = addList(other, column, ids)
      if (other === name) add(name, shown)
      else addWithShown(other, shown)
    }
  }
  /** What all these refer to: references point backwards in the list of resources, so one pass is enough. */
  const addReferred = (): void => {
    for (const name of RESOURCE_NAMES.toReversed()) {
      for (const { column, field } of columnsOf(name)) {
        if (field.type !== 'reference') continue
        const target = field.to as ResourceName
        const ids = new Set([...of(name).values()].map((row) => cellOf(row, column)))
        const missing = [...ids].filter((id) => id !== null && !of(target).has(id)) as number[]
        if (missing.length > 0) add(target, reader.whereIn(target, 'id', missing))
      }
    }
  }
  return { row: (name: ResourceName, id: number) => of(name).get(id), list, addWithShown, addReferred }
}

/** @param rows the page, all of resource `name` */
export const pageReader = (
  reader: Reader,
  behaviours: Behaviours,
  name: ResourceName,
  rows: readonly Stored[],
): Reader => {
  const shelf = createShelf(reader, behaviours)
  shelf.addWithShown(name, rows)
  shelf.addReferred()

  const listed = <N extends ResourceName>(of: N, equals: object): Stored<N>[] | undefined => {
    const [first, ...others] = Object.entries(equals)
    if (first === undefined || others.length > 0) return undefined
    return shelf.list(of, first[0], first[1]) as Stored<N>[] | undefined
  }
  /** What is shown of others than those is the same for all rows of the page: asked once. */
  const answers = new Map<string, unknown>()
  const once = <T>(question: readonly unknown[], ask: () => T): T => {
    const key = JSON.stringify(question)
    if (!answers.has(key)) answers.set(key, ask())
    return answers.get(key) as T
  }
  return {
    ...reader,
    byId: <N extends ResourceName>(of: N, id: number) =>
      (shelf.row(of, id) as Stored<N> | undefined) ?? reader.byId(of, id),
    where: (of, equals) => listed(of, equals) ?? reader.where(of, equals),
    between: (...question) => once(question, () => reader.between(...question)),
    first: (of, equals) => {
      const found = listed(of, equals)
      return found === undefined ? once([of, equals], () => reader.first(of, equals)) : found[0]
    },
  }
}
