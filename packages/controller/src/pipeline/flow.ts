/**
 * What we want in a switch: flows, groups and meters as data, each with the sentence that says why it is there.
 *
 * Identity is the key (table, priority, canonical match), content is the value (cookie, timeouts, flags, canonical
 * instructions): two flows with the same key and value are the same flow, however they came to be. A switch may hold
 * a hundred thousand, so a flow keeps the two strings, and what they say is read from them when somebody asks.
 */
import type { Bucket, Instruction, Match, MeterBand } from '@openvnet/openflow'
import { type FlowContent, type FlowIdentity, readFlowKey, readFlowValue } from './identity.ts'

/** Who can say why a flow or meter is there: whoever computed it computes the sentence when it is asked for. */
export interface Explainer {
  why(what: Flow | Meter): string
}

export class Flow {
  /** See `flowKey`. */
  readonly key: string
  /** See `flowValue`. */
  readonly value: string
  readonly #explainer: Explainer

  constructor(key: string, value: string, explainer: Explainer) {
    this.key = key
    this.value = value
    this.#explainer = explainer
  }

  get table_id(): number {
    return readFlowKey(this.key).table_id
  }

  get priority(): number {
    return readFlowKey(this.key).priority
  }

  /** All that a switch is told. */
  get content(): FlowIdentity & FlowContent {
    return { ...readFlowKey(this.key), ...readFlowValue(this.value) }
  }

  /** In an order that switches accept: prerequisites first. */
  get match(): Match {
    return readFlowKey(this.key).match
  }

  get cookie(): bigint {
    return readFlowValue(this.value).cookie
  }

  /** In order of execution. */
  get instructions(): readonly Instruction[] {
    return readFlowValue(this.value).instructions
  }

  /** One sentence for people: why this flow exists. */
  get why(): string {
    return this.#explainer.why(this)
  }
}

export interface Group {
  readonly group_id: number
  /** OFPGT_ALL 0, SELECT 1, INDIRECT 2, FF 3. */
  readonly group_type: number
  readonly buckets: readonly Bucket[]
  readonly why: string
  /** Content for comparison: see `groupValue`. */
  readonly value: string
}

export interface Meter {
  readonly meter_id: number
  /** Of OFPMF: kilobits or packets, and whether a burst is said. */
  readonly flags: number
  readonly bands: readonly MeterBand[]
  readonly why: string
  /** Content for comparison: see `meterValue`. */
  readonly value: string
}

/** Everything that one switch should hold. Groups and meters are by their ids. */
export interface Tables {
  readonly flows: ReadonlyMap<string, Flow>
  readonly groups: ReadonlyMap<number, Group>
  readonly meters: ReadonlyMap<number, Meter>
}
