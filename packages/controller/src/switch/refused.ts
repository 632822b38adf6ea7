/**
 * What one switch refused: reported once, left out of comparisons, warned of as long as it is wanted, and tried again
 * when something was done since that may have cured it.
 */
import type { Logger } from 'pino'
import type { Tables } from '../pipeline/flow.ts'
import type { Change } from '../reconcile/change.ts'
import type { Quarantine, Scope } from '../reconcile/diff.ts'
import type { Refusal } from '../reconcile/outcome.ts'
import { createQuarantine } from '../reconcile/quarantine.ts'
import { refusalFields, refusalText } from './refusal_text.ts'

const MAX_WARNINGS = 10
/** Which refusals are worth another try after a change of a kind. */
const CURES: Readonly<Partial<Record<Change['kind'], string>>> = {
  group_add: 'OFPBAC_BAD_OUT_GROUP',
  group_modify: 'OFPBAC_BAD_OUT_GROUP',
  flow_delete: 'OFPFMFC_TABLE_FULL',
}

const isDeletion = ({ change }: Refusal) => change.kind === 'flow_delete' || change.kind === 'group_delete'

export class Refused {
  readonly #log: Logger
  readonly #quarantine = createQuarantine()
  /** Errors that what was done since the last try may have cured. */
  readonly #cured = new Set<string>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** For comparing, without what is no longer wanted as it was refused. */
  quarantine(desired: Tables): Quarantine {
    this.#quarantine.prune(desired)
    return this.#quarantine
  }

  /** @throws when a deletion was refused: there is nothing to leave out. */
  add(refusals: readonly Refusal[]): void {
    for (const refusal of refusals) {
      this.#quarantine.add(refusal)
      this.#log.error(refusalFields(refusal), 'refused by the switch')
    }
    const deletion = refusals.find(isDeletion)
    if (deletion !== undefined) throw new Error(refusalText(deletion))
  }

  /** The switch did this. */
  done(change: Change): void {
    const cured = CURES[change.kind]
    if (cured !== undefined) this.#cured.add(cured)
  }

  /** What to compare again because of what was done, if there is something. */
  takeCured(): Scope | undefined {
    if (this.#cured.size === 0) return undefined
    const released = this.#quarantine.release(({ error }) => this.#cured.has(error))
    this.#cured.clear()
    return released.flows.length + released.groups.length > 0 ? released : undefined
  }

  /** All of it, to be compared again. */
  takeAll(): Scope {
    return this.#quarantine.release(() => true)
  }

  /** For people; the first few. */
  warnings(): string[] {
    return this.#quarantine.refusals().slice(0, MAX_WARNINGS).map(refusalText)
  }
}
