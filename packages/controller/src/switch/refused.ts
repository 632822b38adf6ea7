/**
 * What one switch or our own encoder refused: reported once, left out of comparisons, warned of as long as it is wanted, and tried again
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
const TABLE_FULL = 'OFPFMFC_TABLE_FULL'
/** What Open vSwitch says of a flow whose meter is not there. */
const NO_METER = 'OFPMMFC_INVALID_METER'
/** Which refusals are worth another try after a change of a kind. */
const CURES: Readonly<Partial<Record<Change['kind'], string>>> = {
  group_add: 'OFPBAC_BAD_OUT_GROUP',
  group_modify: 'OFPBAC_BAD_OUT_GROUP',
  flow_delete: TABLE_FULL,
  meter_add: NO_METER,
  meter_delete: 'OFPMMFC_OUT_OF_METERS',
}

/** These say that the switch holds something else than we know. */
const MISTAKES: ReadonlySet<string> = new Set([
  'OFPGMFC_GROUP_EXISTS',
  'OFPGMFC_UNKNOWN_GROUP',
  'OFPMMFC_METER_EXISTS',
  'OFPMMFC_UNKNOWN_METER',
])

/** Leaving the change out would not help. */
const isHopeless = ({ change, error }: Refusal) =>
  change.kind === 'flow_delete' ||
  change.kind === 'group_delete' ||
  change.kind === 'meter_delete' ||
  MISTAKES.has(error)

/** What is wanted, the same object as long as it is wanted so. */
const subjectOf = (change: Change): object => {
  if (change.kind === 'flow_add') return change.flow
  if ('group' in change) return change.group
  return 'meter' in change ? change.meter : change
}

/** What a status says of refusals. */
export interface RefusalReport {
  /** Number of flows, groups and meters that are left out. */
  readonly refused: number
  /** For people; the first few. */
  readonly warnings: readonly string[]
  /** The last of them. */
  readonly last_error: string | null
}

export class Refused {
  readonly #log: Logger
  readonly #quarantine = createQuarantine()
  /** Errors that what was done since the last try may have cured. */
  readonly #cured = new Set<string>()
  /** Flows and groups of which the log tells already. */
  readonly #told = new WeakSet<object>()
  /** A flow that is tried to find out whether its table is still full. */
  #probe: string | undefined

  constructor(log: Logger) {
    this.#log = log
  }

  /** For comparing, without what is no longer wanted as it was refused. */
  quarantine(desired: Tables): Quarantine {
    this.#quarantine.prune(desired)
    return this.#quarantine
  }

  /** @throws when it would not help to leave something out, as when a deletion was refused. */
  add(refusals: readonly Refusal[]): void {
    for (const refusal of refusals) {
      if (!isHopeless(refusal)) this.#quarantine.add(refusal)
      this.#tell(refusal)
    }
    const hopeless = refusals.find(isHopeless)
    if (hopeless !== undefined) throw new Error(refusalText(hopeless))
  }

  /** Once, however often it is tried again. */
  #tell(refusal: Refusal): void {
    const { change, by } = refusal
    const subject = subjectOf(change)
    if (this.#told.has(subject)) return
    this.#told.add(subject)
    const text = by === 'switch' ? 'refused by the switch' : 'not sent, OpenFlow cannot say it'
    this.#log.error(refusalFields(refusal), text)
  }

  /** Whether something is left out because its table is full. */
  get awaitsRoom(): boolean {
    return this.#quarantine.refusals().some(({ error }) => error === TABLE_FULL)
  }

  /** The switch did this. */
  done(change: Change): void {
    const cured = CURES[change.kind]
    if (cured !== undefined) this.#cured.add(cured)
    if (change.kind === 'flow_add' && change.flow.key === this.#probe) this.#cured.add(TABLE_FULL)
  }

  /** What to compare again because of what was done, if there is something. */
  takeCured(): Scope | undefined {
    if (this.#cured.size === 0) return undefined
    const released = this.#quarantine.release(({ error }) => this.#cured.has(error))
    this.#cured.clear()
    const { flows, groups, meters } = released
    return flows.length + groups.length + meters.length > 0 ? released : undefined
  }

  /** All that the switch refused, to be compared again. */
  takeAll(): Scope {
    return this.#quarantine.release(({ by }) => by === 'switch')
  }

  /** What did not fit into its table, to be compared again: there may be room. */
  takeFull(): Scope {
    return this.#quarantine.release(({ error }) => error === TABLE_FULL)
  }

  /** One of those, to be compared again; should it fit, the others follow. */
  takeProbe(): Scope {
    let found = false
    const probe = this.#quarantine.release(({ error }) => {
      const isFirst = !found && error === TABLE_FULL
      found ||= isFirst
      return isFirst
    })
    this.#probe = probe.flows[0]
    return probe
  }

  report(): RefusalReport {
    const refusals = this.#quarantine.refusals()
    const [last] = refusals.slice(-1).map(refusalText)
    return {
      refused: this.#quarantine.size,
      warnings: refusals.slice(0, MAX_WARNINGS).map(refusalText),
      last_error: last ?? null,
    }
  }
}
