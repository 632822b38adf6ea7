/** Drafts become flows, groups and meters: the owner's cookie, key and value. */
import type { Owner } from '../pipeline/cookie.ts'
import { encodeCookie } from '../pipeline/cookie.ts'
import { type Explainer, Flow, type Group, type Meter } from '../pipeline/flow.ts'
import { flowKey, flowValue, groupValue, meterValue } from '../pipeline/identity.ts'
import type { FlowDraft } from '../pipeline/table.ts'
import type { Compiled, GroupDraft, MeterDraft } from './rule.ts'
import { type Contribution, NOTHING } from './switch_tables.ts'

export const keyOf = ({ table_id, priority, match }: FlowDraft): string => flowKey(table_id, priority, match)

const stampFlow = (draft: FlowDraft, cookie: bigint, explainer: Explainer): Flow => {
  const content = {
    cookie,
    instructions: draft.instructions,
    idle_timeout: 0,
    hard_timeout: 0,
    flags: 0,
  }
  return new Flow(keyOf(draft), flowValue(content), explainer)
}

const stampGroup = (draft: GroupDraft): Group => ({ ...draft, value: groupValue(draft) })
/** There may be as many as flows, nearly, and nobody asks for most of their sentences. */
class StampedMeter implements Meter {
  readonly meter_id: number
  readonly flags: number
  readonly bands: Meter['bands']
  readonly value: string
  readonly #explainer: Explainer

  constructor(draft: MeterDraft, explainer: Explainer) {
    this.meter_id = draft.meter_id
    this.flags = draft.flags
    this.bands = draft.bands
    this.value = meterValue(draft)
    this.#explainer = explainer
  }

  get why(): string {
    return this.#explainer.why(this)
  }
}

export const stamp = (
  { flows = [], groups = [], meters = [] }: Compiled,
  owner: Owner,
  explainer: Explainer,
): Contribution => {
  if (flows.length + groups.length + meters.length === 0) return NOTHING
  const cookie = encodeCookie(owner)
  return {
    flows: flows.map((draft) => stampFlow(draft, cookie, explainer)),
    groups: groups.length === 0 ? NOTHING.groups : groups.map(stampGroup),
    meters: meters.length === 0 ? NOTHING.meters : meters.map((draft) => new StampedMeter(draft, explainer)),
  }
}
