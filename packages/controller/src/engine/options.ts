/** What an engine is told when it is made. */
import type { Logger } from 'pino'
import type { TablesChange } from './desired.ts'
import type { Limits } from './limits.ts'
import type { Feature } from './rule.ts'

export interface EngineOptions {
  readonly features: readonly Feature[]
  readonly log: Logger
  /**
   * Called after a pass for each connected switch whose tables may have changed, and for each that has connected since
   * the pass before.
   */
  readonly onChange: (dpid: string, change: TablesChange) => void
  /** Called after each pass, when `onChange` has been. */
  readonly onPass?: () => void
  /** A pass failed, and with it the changes that it took: nothing is announced until rows are loaded again. */
  readonly onFailure?: () => void
  /** Time after which a pass gives way to the event loop, in milliseconds. */
  readonly slice?: number
  /** Absent: `LIMITS`. */
  readonly limits?: Limits
  /** Milliseconds that only go up; see `Claims`. */
  readonly now?: () => number
}
