/**
 * What a feature gives the engine: pure functions from the view to flows, groups and meters.
 * There are no handlers for added, changed or removed rows: the engine knows what a rule has read.
 */
import type { Bucket, MeterBand } from '@openvnet/openflow'
import type { Entity, EntityName } from '../model/entity.ts'
import type { FeatureName } from '../pipeline/features.ts'
import type { FlowDraft, Table, Why } from '../pipeline/table.ts'
import type { AnyPacketHandler, AnySpeaker } from './packet.ts'
import type { Query, View } from './view.ts'

export interface GroupDraft {
  readonly group_id: number
  readonly group_type: number
  readonly buckets: readonly Bucket[]
  readonly why: string
}

export interface MeterDraft {
  readonly meter_id: number
  /** Of OFPMF. */
  readonly flags: number
  readonly bands: readonly MeterBand[]
  readonly why: Why
}

export interface Compiled {
  readonly flows?: readonly FlowDraft[]
  readonly groups?: readonly GroupDraft[]
  readonly meters?: readonly MeterDraft[]
}

/** One instance for each row of `entity` and each datapath id that `on` names for it. */
export interface Rule<N extends EntityName = EntityName> {
  readonly name: string
  readonly entity: N
  /** Datapath ids of the switches on which the row has an effect, by row id. */
  readonly on: Query<readonly string[]>
  /** The flows, groups and meters that the row means on one switch. Pure: reads nothing but its arguments. */
  readonly compile: (row: Entity<N>, view: View, dpid: string) => Compiled
}

/** A rule of any resource; `rule` makes one from a typed one. */
export interface AnyRule {
  readonly name: string
  readonly entity: EntityName
  readonly on: Query<readonly string[]>
  readonly compile: (row: Entity, view: View, dpid: string) => Compiled
}

export const rule = <N extends EntityName>(spec: Rule<N>): AnyRule => spec as unknown as AnyRule

/** What is known of a switch besides rows and ports. */
export interface Surroundings {
  /** Whether there are bridges of several hosts. */
  readonly hasOthers: boolean
  /** Datapath ids of a few others that connected from the same address, and may be on other hosts all the same. */
  readonly besides: readonly string[]
  /** Whether a switch has no connection to any controller that is known of. */
  readonly isAway: (dpid: string) => boolean
}

export interface Feature {
  readonly name: FeatureName
  readonly tables: readonly Table[]
  readonly rules: readonly AnyRule[]
  /** Programs that answer packets which flows of the feature send to the controller. */
  readonly handlers?: readonly AnyPacketHandler[]
  /** Programs that speak unasked. */
  readonly speakers?: readonly AnySpeaker[]
  /** Flows that every switch holds, whatever the rows say. */
  readonly standing?: readonly FlowDraft[]
  /**
   * What does not work on a switch as its rows say, for people: a sentence each, with the line that mends it. Asked each time
   * that the status of the switch is told, so it looks at what is of this switch, and never at all of them.
   */
  readonly warnings?: (dpid: string, view: View, surroundings: Surroundings) => readonly string[]
}
