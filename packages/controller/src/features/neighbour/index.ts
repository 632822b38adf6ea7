import type { Feature } from '../../engine/rule.ts'
import { newsHandler } from './news.ts'
import { neighbourSpeaker } from './refresh.ts'
import { resolutionHandler } from './resolution.ts'
import { neighbourRules } from './rules.ts'
import { createState, MEMORY } from './state.ts'
import { learningTable } from './tables.ts'
import { timesOf } from './times.ts'

/** Where programs find what they remember. */
interface Rememberer {
  of(name: string, create: () => unknown): unknown
}

/** Before anybody else asks for it. @param reachable see `Times` */
export const rememberNeighbours = (memory: Rememberer, reachable: number | undefined): void => {
  memory.of(MEMORY, () => createState(timesOf(reachable)))
}

/** Next hops that no row names: who has their addresses is asked for, and learned. */
export const neighbourFeature: Feature = {
  name: 'neighbour',
  tables: [learningTable],
  rules: neighbourRules,
  handlers: [resolutionHandler, newsHandler],
  speakers: [neighbourSpeaker],
}
