import type { Feature } from '../../engine/rule.ts'
import { puntTable } from './tables.ts'

/** The way to programs: its flows are those of the features that have one. */
export const puntFeature: Feature = { name: 'punt', tables: [puntTable], rules: [] }
