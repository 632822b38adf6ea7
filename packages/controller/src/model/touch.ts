/** What can change and be read: rows, keys of indexes, ports of a name, of a number, of an iface-id, or of one switch, its address, whether it is ours, and that it told of itself. */
import { ENTITY_NAMES, type EntityName } from './entity.ts'
import type { IndexName } from './index_key.ts'

/** The kind of thing; the key within it is a row id, an index key, a port name or number. */
export type CellSpace =
  | `row ${EntityName}`
  | IndexName
  | 'ports'
  | 'port numbers'
  | 'iface-id'
  | 'switch port'
  | 'switch peer'
  | 'served switch'
  | 'described switch'

/** Called for each thing that changed. */
export type Touch = (space: CellSpace, key: string | number) => void

/** The space of the rows of a resource, and of neighbours, by id. */
export const ROW_SPACE = Object.fromEntries(ENTITY_NAMES.map((name) => [name, `row ${name}`])) as {
  readonly [N in EntityName]: `row ${N}`
}
