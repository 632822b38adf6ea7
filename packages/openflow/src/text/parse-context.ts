/** What the meaning of an action may depend on. */
import type { Action } from '../types/action.ts'
import type { Match } from '../types/match.ts'
import type { Word } from './parse-error.ts'
import type { TextNumbers } from './parse-value.ts'
import type { Item } from './parse-words.ts'

export interface ActionContext {
  readonly names: TextNumbers
  /** Of the flow: `mod_tp_dst` is of its protocol, `mod_vlan_vid` needs to know whether there is a tag. */
  readonly match: Match
  /** The actions before. */
  readonly before: readonly Action[]
  /** Levels of lists around this one. */
  readonly depth: number
  /** Reads a list within an action. */
  readonly readList: (source: Word, context: ActionContext) => Action[]
}

export type ActionParser = (item: Item, context: ActionContext) => Action | readonly Action[]
